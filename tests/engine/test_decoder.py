"""Uploads are decoded elsewhere: whatever they hold, the web process stays whole, small and in the clear."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from generation.engine import decoder
from generation.engine.types import BadInput

from . import corpus, test_ai_marks

MEGABYTE = 1 << 20
PART = 160  # of the mutated files; `make corpus` takes them all


def fate(case: corpus.Case) -> str:
    try:
        decoder.decode(case.data, case.name)
        return "accepted"
    except BadInput:
        return "refused"


def server() -> int:
    """The decoding server's process id; it is started if need be."""
    decoder.network_isolated()
    assert decoder._server
    return decoder._server.process.pid


def spent() -> float:
    """Seconds of processor time that finished children took: unlike the clock, the same on a busy machine."""
    fields = Path(f"/proc/{server()}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def growth(work: Callable[[], object]) -> float:
    """By how many MB this process was larger than before, at any moment of ``work``."""
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): resets the high-water mark
    before = _kilobytes("VmRSS")
    work()
    return (_kilobytes("VmHWM") - before) / 1024


def _kilobytes(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


@pytest.mark.parametrize("kind", corpus.KINDS)
def test_a_photo_comes_back_upright_small_and_encoded_anew(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to see it upright
    exif.get_ifd(0x8769)[0x9003] = "2025:07:19 10:11:12"
    photo = decoder.decode(corpus.saved(corpus.scene(2100, 1400), kind, exif=exif.tobytes()), "me")
    picture = Image.open(BytesIO(photo.jpeg))
    assert picture.format == "JPEG"
    assert picture.size == (photo.width, photo.height) == (1333, 2000)
    assert photo.month == (2025, 7)
    assert not photo.ai_made
    small = Image.open(BytesIO(photo.thumbnail))
    assert (small.format, max(small.size)) == ("WEBP", 400)


def test_a_small_photo_keeps_its_size() -> None:
    photo = decoder.decode(corpus.whole("JPEG"), "me.jpg")
    assert (photo.width, photo.height) == corpus.scene().size


def test_a_signed_ai_picture_is_told_by_the_child() -> None:
    assert decoder.decode(test_ai_marks.signed("trainedAlgorithmicMedia"), "drawn.jpg").ai_made
    assert not decoder.decode(test_ai_marks.signed("digitalCapture"), "taken.jpg").ai_made


def test_the_corpus_gets_its_verdicts_in_time() -> None:
    server()
    for case in corpus.cases(PART):
        before = spent()
        given = fate(case)
        assert case.fate in (given, "either"), (case.name, given)
        assert spent() - before <= 2, case.name


def test_bombs_leave_this_process_as_small_as_it_was() -> None:
    server()
    for case in corpus.bombs():
        assert growth(lambda case=case: fate(case)) < 2, case.name


def test_a_large_photo_costs_this_process_its_answer_alone() -> None:
    data = corpus.saved(corpus.scene(3000, 2000), "JPEG", quality=90)
    assert growth(lambda: decoder.decode(data, "large.jpg")) < 12


def test_threads_may_decode_at_once() -> None:
    names = [f"{number}.jpg" for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        photos = list(pool.map(lambda name: decoder.decode(corpus.whole("JPEG"), name), names))
    assert len({photo.jpeg for photo in photos}) == 1


def test_a_forked_process_has_a_server_of_its_own() -> None:
    """As gunicorn's workers do when the application was loaded before the fork."""
    ours = server()
    pid = os.fork()
    if pid == 0:
        good = fate(corpus.Case("forked.jpg", corpus.whole("JPEG"), "accepted")) == "accepted"
        other = server() != ours
        decoder._close()
        os._exit(0 if good and other else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert server() == ours
    assert decoder.decode(corpus.whole("JPEG"), "parent.jpg").jpeg


def test_a_server_that_died_is_replaced() -> None:
    before = server()
    os.kill(before, signal.SIGKILL)
    assert decoder.decode(corpus.whole("JPEG"), "next.jpg").jpeg
    assert server() != before


def test_no_child_outlives_the_process_that_asked(root: Path) -> None:
    code = (
        "import os; from generation.engine import decoder; decoder.network_isolated();"
        "print(decoder._server.process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    asked = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    child = Path("/proc", asked.stdout.strip())
    ended = (_gone(child) for _ in range(500))
    assert any(ended)


def _gone(process: Path) -> bool:
    """Whether it has ended; looked at again after 10 ms where not."""
    if not process.exists() or ") Z " in (process / "stat").read_text():
        return True
    select.select([], [], [], 0.01)
    return False
