"""One worker to a GPU: a card is held by one process at a time, and free again however that one ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generation.engine import cards
from generation.engine.types import BadModel

HOLDER = """
import sys
from pathlib import Path
from generation.engine.cards import first_free
print(first_free(sys.argv[2:], [Path(sys.argv[1])]).device, flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(folder: Path, *uuids: str) -> Iterator[str]:
    """Another worker, which dies without a chance to tidy up; what it got."""
    command = [sys.executable, "-c", HOLDER, str(folder), *uuids]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        try:
            yield other.stdout.readline().strip()
        finally:
            other.kill()


def test_each_worker_has_the_next_free_card_and_the_last_is_told_that_none_is_left(tmp_path: Path) -> None:
    with holder(tmp_path, "a", "b") as first:
        second = cards.first_free(["a", "b"], [tmp_path])
        assert (first, second.device) == ("cuda:0", "cuda:1")
        with pytest.raises(BadModel, match=r"already \(a, b\): end one first, or name another"):
            cards.first_free(["a", "b"], [tmp_path])
        second.close()


def test_a_card_is_free_again_once_its_worker_was_killed(tmp_path: Path) -> None:
    with holder(tmp_path, "a"), pytest.raises(BadModel, match="The GPU of this host has a worker already"):
        cards.first_free(["a"], [tmp_path])
    freed = cards.first_free(["a"], [tmp_path])
    assert freed.device == "cuda:0"
    freed.close()
    cards.first_free(["a"], [tmp_path]).close()


def test_a_card_goes_by_its_own_name_whatever_number_it_has(tmp_path: Path) -> None:
    with holder(tmp_path, "a", "b"):  # has a; a worker that sees b alone calls it cuda:0
        other = cards.first_free(["b"], [tmp_path])
        assert other.device == "cuda:0"
        other.close()


def test_where_locks_cannot_be_made_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="check their rights"):
        cards.first_free(["a"], [tmp_path / "missing", tmp_path / "none"])


def test_without_a_gpu_nothing_is_locked() -> None:
    assert cards.visible() == ()
    assert cards.claim() is None


@pytest.mark.parametrize(
    ("device", "seen", "expected"),
    [
        ("cuda:1", None, ("cuda", {"CUDA_VISIBLE_DEVICES": "1", "OMP_NUM_THREADS": "3"})),
        ("cuda:1", "3,GPU-5a", ("cuda", {"CUDA_VISIBLE_DEVICES": "GPU-5a", "OMP_NUM_THREADS": "3"})),
        ("cpu", "3", ("cpu", {})),
        ("", None, ("", {})),
    ],
)
def test_the_engines_process_sees_its_own_card_alone(
    device: str, seen: str | None, expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second worker's training fails on an H200 pair where it sees both cards (measured)."""
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    if seen is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", seen)
    assert cards.only(device) == expected
