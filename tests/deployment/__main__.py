"""The layout of deploy/ as plain processes, from an empty folder to a gallery: ``make deployment``.

PostgreSQL, Redis, an S3 server, a mail server, nginx with TLS, gunicorn and two workers: the doctor finds
nothing wrong, and a shoot goes through nginx by the API while a second release takes over. ``pretended`` as
the only word lets the engine pretend: two minutes, and nothing is noted in benchmarks/results.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from benchmarks.made_on import made_on
from tests import peers
from tests.certificates import certified

RESULT = Path("benchmarks/results/deployment.json")
ENGINES = {
    "small": {"SHOOT_SIZE": "small"},
    "pretended": {"ENGINE": "tests.faults.engine", "SHOOT_SIZE": "small"},
}

GATE = """
pid {run}/pid; error_log stderr crit; events {{}}
http {{
    access_log off; client_body_temp_path {run}; proxy_temp_path {run}; client_max_body_size 0;
    fastcgi_temp_path {run}; uwsgi_temp_path {run}; scgi_temp_path {run};
    server {{
        listen 127.0.0.1:{port};
        if ($http_authorization = "") {{ return 403; }}
        location / {{ proxy_pass http://127.0.0.1:{behind}; proxy_set_header Host $http_host; }}
    }}
}}
"""


def main(engine: str) -> int:
    made = made_on("deployment")
    with peers_of_its_own() as own:
        command = [sys.executable, "-m", "tests.deployment.story"]
        environment = {**os.environ, **own, **ENGINES[engine]}
        said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1]) if said.strip() else {"holds": False}
    print(json.dumps(found, indent=1))
    if engine == "small":
        RESULT.write_text(json.dumps({**made, **found}, indent=1) + "\n")
    return 0 if found["holds"] else 1


@contextmanager
def peers_of_its_own() -> Iterator[dict[str, str]]:
    """What the site stands on; yields its environment, as docs/settings.md names it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="deployment-")))
        folder.chmod(0o755)  # nginx's own user reads the static files
        s3 = stack.enter_context(private(stack.enter_context(peers.s3()), folder))
        database, queue = stack.enter_context(peers.postgres()), stack.enter_context(peers.redis())
        post = Controller(Sink(), hostname=peers.HOST, port=peers.free_port())
        post.start()
        stack.callback(post.stop)
        https = peers.free_port()
        yield {
            **peers.distributed(s3=s3, postgres=database, redis=queue),
            "KEYS_URL": s3.bucket(versioned=True).replace("test:test@", "keys:keys@"),
            "DATA_DIR": str(folder),
            "SITE_URL": f"https://localhost:{https}",
            "ALLOWED_HOSTS": "localhost",
            "PROXIES": "1",
            "EMAIL_URL": f"smtp://{peers.HOST}:{post.port}",
            "DEFAULT_FROM_EMAIL": "Headshots <hello@headshots.example>",
            "OPERATOR": "Headshots, 1 Example Street",
            "METRICS_TOKEN": secrets.token_urlsafe(32),
            "SSL_CERT_FILE": str(certified(folder, "localhost", days=90)),
            "LOG_LEVEL": "WARNING",
            "OMP_NUM_THREADS": "1",
        }


@contextmanager
def private(open_to_all: peers.S3, folder: Path) -> Iterator[peers.S3]:
    """moto shows its buckets to everybody; before it stands what refuses requests without a signature."""
    port, run = peers.free_port(), folder / "gate"
    run.mkdir()
    (run / "nginx.conf").write_text(GATE.format(run=run, port=port, behind=open_to_all.port))
    command = ["nginx", "-c", str(run / "nginx.conf"), "-p", str(run), "-g", "daemon off;"]
    with peers._server(command, port, farewell=signal.SIGQUIT):
        yield peers.S3(port)


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["small"])))
