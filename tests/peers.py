"""The real servers that tests talk to, each on a port and in a folder of its own, gone with the tests.

``python -m tests.peers COMMAND`` runs a command with the installation distributed over all three.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

HOST = "127.0.0.1"
PATIENCE = 60  # seconds until a server must answer; they take 0.1 to 4
_PR_SET_PDEATHSIG = 1


class Absent(RuntimeError):
    """The server's program is not on this machine."""


@dataclass(frozen=True)
class S3:
    """An S3 server over HTTP that counts every key as good."""

    port: int

    @cached_property
    def client(self) -> Any:
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=f"http://{HOST}:{self.port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def bucket(self, *, versioned: bool = False) -> str:
        """Make a bucket; returns its URL for STORAGE_URL or KEYS_URL."""
        name = f"test-{secrets.token_hex(6)}"
        self.client.create_bucket(Bucket=name)
        if versioned:
            self.client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return f"s3://test:test@{HOST}:{self.port}/{name}?insecure=1"


@contextmanager
def s3() -> Iterator[S3]:
    port = free_port()
    with _server([sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)], port):
        yield S3(port)


@contextmanager
def redis() -> Iterator[str]:
    """A Redis server's URL."""
    program, port = shutil.which("redis-server"), free_port()
    if program is None:
        raise Absent("redis-server is not installed; apt-get install redis-server brings it.")
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        options = {"port": str(port), "bind": HOST, "save": "", "appendonly": "no", "dir": folder}
        command = [program, *(word for name, value in options.items() for word in (f"--{name}", value))]
        with _server(command, port):
            yield f"redis://{HOST}:{port}/0"


@contextmanager
def postgres() -> Iterator[str]:
    """An empty database's URL, on a PostgreSQL server that forgets everything."""
    programs, port = _postgres_programs(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # in the system's folder: a root-only home is unreadable
    try:
        who = _unprivileged(folder)
        data = str(folder / "data")
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "headshots", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **who,
        )
        options = {"listen_addresses": HOST, "unix_socket_directories": str(folder), "fsync": "off"}
        command = [str(programs / "postgres"), "-D", data, "-p", str(port)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        # SIGINT is its fast shutdown; SIGTERM waits for the clients.
        with _server(command, port, farewell=signal.SIGINT, cwd=folder, **who):
            _await_rows(programs, port)
            subprocess.run(
                [programs / "createdb", "-h", HOST, "-p", str(port), "-U", "headshots", "headshots"],
                check=True,
            )
            yield f"postgres://headshots@{HOST}:{port}/headshots"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def prometheus(folder: Path) -> Iterator[str]:
    """A Prometheus with the ``prometheus.yml`` of that folder, where it keeps its data, too."""
    program, port = shutil.which("prometheus"), free_port()
    if program is None:
        raise Absent("prometheus is not installed; apt-get install prometheus brings it.")
    options = {"config.file": "prometheus.yml", "storage.tsdb.path": "data"}
    command = [program, *(f"--{name}={folder / value}" for name, value in options.items())]
    with _server([*command, f"--web.listen-address={HOST}:{port}"], port):
        _await_ready(address := f"http://{HOST}:{port}")
        yield address


def distributed(*, s3: S3, postgres: str, redis: str) -> dict[str, str]:
    """The environment of an installation over these servers."""
    return {
        "DATABASE_URL": postgres,
        "REDIS_URL": redis,
        "STORAGE_URL": s3.bucket(),
        "KEYS_URL": s3.bucket(versioned=True),
        "MASTER_KEY": secrets.token_urlsafe(48),
        "SECRET_KEY": secrets.token_urlsafe(48),
    }


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    with s3() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    with ExitStack() as stack:
        yield _or_skip(stack, redis)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with ExitStack() as stack:
        yield _or_skip(stack, postgres)


def _or_skip(stack: ExitStack, server: Callable[[], Any]) -> str:
    try:
        url: str = stack.enter_context(server())
    except Absent as absent:
        pytest.skip(str(absent))
    return url


@contextmanager
def _server(command: list[str], port: int, *, farewell: int = signal.SIGTERM, **how: Any) -> Iterator[None]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, preexec_fn=lambda: _die_with_parent(farewell), **how
        )
        try:
            _await(process, port, log)
            yield
        finally:
            process.send_signal(farewell)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(process: subprocess.Popen[bytes], port: int, log: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.02)
    log.seek(0)
    raise RuntimeError(f"{process.args!r} does not answer:\n{log.read().decode(errors='replace')}")


def _await_rows(programs: Path, port: int) -> None:
    """PostgreSQL opens its port before it takes anybody in."""
    deadline, ask = time.monotonic() + PATIENCE, [programs / "pg_isready", "-q", "-h", HOST, "-p", str(port)]
    while subprocess.run(ask, check=False).returncode:
        if time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL does not finish its start; what does its log say?")
        time.sleep(0.02)


def _await_ready(address: str) -> None:
    """Prometheus opens its port before it answers questions."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(f"{address}/-/ready", timeout=PATIENCE).close()
            return
        except urllib.error.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _die_with_parent(farewell: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, farewell)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _postgres_programs() -> Path:
    """Debian keeps them in a folder per version, outside PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[-3])
    if versions:
        return versions[-1].parent
    program = shutil.which("initdb")
    if program is None:
        raise Absent("PostgreSQL is not installed; apt-get install postgresql brings it.")
    return Path(program).resolve().parent


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: hand the folder to another user and say how to become that one."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name for user in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _main(command: list[str]) -> int:
    with s3() as files, postgres() as database, redis() as queue:
        environment = os.environ | distributed(s3=files, postgres=database, redis=queue)
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
