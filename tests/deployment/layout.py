"""The processes of deploy/README.md: the proxy by its own template, web processes on one socket, workers."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from tests.peers import HOST, Absent, free_port

ROOT = Path(__file__).resolve().parents[2]
FOLDER, SITE = Path(os.environ["DATA_DIR"]), os.environ["SITE_URL"]
PROBE = "/readyz"
PATIENCE = 120.0  # seconds for anything to begin, on busy cores


def until(there: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not there():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} in {patience:.0f} s; the logs: {logs()}")
        time.sleep(0.2)


def logs() -> str:
    return "\n".join(
        f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-8:])
        for log in sorted((FOLDER / "logs").glob("*.log"))
    )


def start(name: str, *command: str, passing: tuple[int, ...] = (), **own: str) -> subprocess.Popen[bytes]:
    (FOLDER / "logs").mkdir(exist_ok=True)
    with (FOLDER / "logs" / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, pass_fds=passing, env={**os.environ, **own}
        )


def manage(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def listening() -> socket.socket:
    """What systemd holds for both releases: connections wait in it while nobody accepts."""
    held = socket.socket()
    held.bind((HOST, 0))
    held.listen(1024)
    return held


def web(name: str, shared: socket.socket) -> tuple[subprocess.Popen[bytes], int]:
    """A release's web process on the shared socket and on one of its own; returns when it is ready."""
    own = listening()
    binds = [word for one in (shared, own) for word in ("--bind", f"fd://{one.fileno()}")]
    command = ("-m", "gunicorn", "--config", "headshots/serving.py", "--graceful-timeout", "30")
    passing = (shared.fileno(), own.fileno())
    process = start(name, sys.executable, *command, *binds, "headshots.wsgi", passing=passing)
    port = own.getsockname()[1]
    own.close()  # the process has it now
    until(lambda: _answers(port), f"{name} was not ready")
    return process, port


def _answers(port: int) -> bool:
    there = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        there.request("GET", PROBE, headers={"Host": urlsplit(SITE).netloc, "X-Forwarded-Proto": "https"})
        return there.getresponse().status == 200
    except OSError:
        return False
    finally:
        there.close()


def worker(name: str) -> subprocess.Popen[bytes]:
    return start(name, sys.executable, "manage.py", "work")


def nginx(upstream: int) -> subprocess.Popen[bytes]:
    """By deploy/nginx.conf.template, as deploy/render fills it in."""
    program = shutil.which("nginx")
    if program is None:
        raise Absent("nginx is not installed; apt-get install nginx-light brings it.")
    run = FOLDER / "run"
    run.mkdir(exist_ok=True)
    words = {
        **{"RUN": str(run), "LOG": str(FOLDER / "logs" / "access.log"), "SITE_URL": SITE},
        **{"HTTP": f"{HOST}:{free_port()}", "HTTPS": f"{HOST}:{urlsplit(SITE).port}", "HOST": "localhost"},
        **{"WEB": f"{HOST}:{upstream}", "STATIC_PARENT": str(FOLDER), "MONITOR": "192.0.2.1"},
        **dict.fromkeys(("CERTIFICATE", "CERTIFICATE_KEY"), os.environ["SSL_CERT_FILE"]),
    }
    command = [ROOT / "deploy" / "render", ROOT / "deploy" / "nginx.conf.template"]
    filled = subprocess.run(command, env=os.environ | words, capture_output=True, text=True, check=True)
    (FOLDER / "nginx.conf").write_text(filled.stdout)
    begun = start("nginx", program, "-c", str(FOLDER / "nginx.conf"), "-p", str(run), "-g", "daemon off;")
    until(lambda: begun.poll() is not None or _open(int(urlsplit(SITE).port or 443)), "nginx did not begin")
    assert begun.poll() is None, logs()
    return begun


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def end(process: subprocess.Popen[bytes], patience: float = 60) -> int:
    process.terminate()
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
