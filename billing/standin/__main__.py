"""Run the stand-in from the command line: `python -m billing.standin --webhook URL --secret whsec_…`."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from threading import Event

from billing.standin.server import StandIn


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m billing.standin", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--state", type=Path, help="JSON file that keeps everything")
    parser.add_argument("--webhook", help="where events are sent")
    parser.add_argument("--secret", action="append", help="signing secret; give two while they rotate")
    given = parser.parse_args()
    secrets = given.secret or ["whsec_standin"]
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with StandIn(
        webhook=given.webhook, secret=secrets, state=given.state, host=given.host, port=given.port
    ) as it:
        print(it.url, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
