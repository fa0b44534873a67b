"""Run the stand-in from the command line: `python -m billing.standin --webhook URL --secret whsec_…`."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path

from billing.standin.server import StandIn


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m billing.standin", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--state", type=Path, help="JSON file that keeps everything")
    parser.add_argument("--webhook", help="where events are sent")
    parser.add_argument("--secret", default="whsec_standin", help="what signs them")
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # of all threads: the main one waits for them
    with StandIn(**vars(parser.parse_args())) as it:
        print(it.url, flush=True)
        signal.sigwait(signals)


if __name__ == "__main__":
    main()
