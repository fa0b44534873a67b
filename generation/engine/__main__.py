"""The command line: ``shoot`` makes a gallery from a folder of photos, ``try`` headshots from one selfie."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from .disk import photo_files, sentences
from .looks import CATALOGUE, KEEP_WORDS, chosen_looks, keep_list
from .types import BadInput, Cancelled, EngineError, Look
from .weights import check_face_models

ROOT = Path(__file__).resolve().parents[1]
PHOTOS = ROOT / "photos"  # a rendered person, so that the first command needs nothing
MODEL = ROOT / "understudy" / "weights"
FOUR_LOOKS = ("studio-grey", "clean-white", "boardroom", "deep-teal")
MOST_HEADSHOTS = 200
WRONG, STOPPED = 2, 130  # exit codes


def main(arguments: Sequence[str] | None = None) -> int:
    said = _parser().parse_args(arguments)
    stop = threading.Event()
    signal.signal(signal.SIGINT, lambda number, frame: _interrupt(stop, frame))
    try:
        with sentences(said.out):
            return int(said.run(said, stop))
    except Cancelled:
        print("\nStopped. Run the same command again: it goes on where it stopped.", file=sys.stderr)
        return STOPPED
    except KeyboardInterrupt:
        print("\nStopped at once. What was saved is kept; run the same command again.", file=sys.stderr)
        return STOPPED
    except EngineError as error:
        print(f"\n{error}", file=sys.stderr)
        return WRONG


def _interrupt(stop: threading.Event, frame: FrameType | None) -> None:
    """The first Ctrl-C saves and stops, the second stops at once."""
    if stop.is_set():
        raise KeyboardInterrupt
    stop.set()
    print("\nStopping after this step … (Ctrl-C again stops at once)", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generation.engine", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="shoot|try")
    shoot = verbs.add_parser("shoot", help="photos of one person in, a ranked gallery out")
    shoot.add_argument("--photos", type=Path, default=PHOTOS, help="folder of 1 to 20 photos of one person")
    shoot.add_argument("--count", type=int, default=40, help="headshots (default 40)")
    shoot.add_argument("--keep", default="", metavar="WORDS", help=f"traits to keep: {', '.join(KEEP_WORDS)}")
    shoot.set_defaults(run=_shoot)
    once = verbs.add_parser("try", help="one selfie in, four headshots out, without training")
    once.add_argument("--photo", type=Path, default=None, help="one photo of one person")
    once.set_defaults(run=_try)
    for verb in (shoot, once):
        verb.add_argument("--out", type=Path, required=True, help="folder for the gallery")
        verb.add_argument("--looks", default="", metavar="A,B", help=f"out of: {', '.join(CATALOGUE)}")
        verb.add_argument("--seed", type=int, default=0)
        verb.add_argument("--model", type=Path, default=MODEL, help="model folder in the hub layout")
    return parser


def _words(said: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in said.split(",") if word.strip())


def _looks(said: argparse.Namespace) -> tuple[Look, ...]:
    return chosen_looks(_words(said.looks) or FOUR_LOOKS)


# What needs torch is imported inside the verbs: a wrong argument is answered at once, not after 8 seconds.
def _shoot(said: argparse.Namespace, stop: threading.Event) -> int:
    looks, keep, files = _looks(said), keep_list(_words(said.keep)), photo_files(said.photos)
    if not 1 <= said.count <= MOST_HEADSHOTS:
        raise BadInput(f"A count of {said.count} cannot be made; ask for 1 to {MOST_HEADSHOTS}.")
    check_face_models()
    from .portions import smaller_and_smaller
    from .session import Session

    def work(split: int) -> int:
        session = Session(said.out, said.model, stop.is_set, split=split)
        return session.from_photos(files, looks, said.count, said.seed, keep)

    return smaller_and_smaller(work)


def _try(said: argparse.Namespace, stop: threading.Event) -> int:
    begun = time.monotonic()
    looks = _looks(said)
    photo = said.photo or photo_files(PHOTOS)[0]
    check_face_models()
    from .portions import smaller_and_smaller
    from .session import Session

    def work(split: int) -> int:
        return Session(said.out, said.model, stop.is_set, split=split).from_selfie(
            photo, looks, said.seed, begun
        )

    return smaller_and_smaller(work)


if __name__ == "__main__":
    sys.exit(main())
