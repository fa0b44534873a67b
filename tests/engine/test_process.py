"""A child process: shared by callers, stopped in time, watched, replaced, and gone with its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from generation.engine.process import Child, ChildDied, ChildFailed
from generation.engine.types import BadInput, Cancelled

MODULE = "tests.engine.echo_child"
PROMISED = 5.0  # seconds until a cancelled job is over
PARENT = """
import sys, time
from generation.engine.process import Child
child = Child("tests.engine.echo_child", patience=60)
for begun in child.ask("deaf", seconds=600):
    print(child.pid, flush=True)
"""


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child(MODULE, patience=60)
    yield child
    child.close()


class Button:
    """A cancel button that is pressed between its first and its second look."""

    def __init__(self) -> None:
        self.looked, self.pressed = False, 0.0

    def __call__(self) -> bool:
        if self.looked and not self.pressed:
            self.pressed = time.monotonic()
        self.looked = True
        return bool(self.pressed)


def gone(pid: int, within: float) -> bool:
    """Whether a process ends in time; a zombie has ended."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] in "ZX":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_answers_come_in_order_and_the_process_stays(child: Child) -> None:
    assert child.pid is None
    assert list(child.ask("count", upto=3)) == [0, 1, 2]
    first = child.pid
    assert list(child.ask("count", upto=2)) == [0, 1]
    assert child.pid == first


def test_what_is_asked_aside_is_answered_between_the_steps_of_long_work(child: Child) -> None:
    long, order = child.ask("count", upto=200, pause=0.02), list[str]()
    order += ["long" for _ in [next(long)]]

    def aside() -> None:
        for _ in child.ask("aside", aside=True, upto=3):
            order.append("aside")

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(aside)
        order += ["long" for _ in long]
        done.result()
    assert order.count("long") == 200
    assert order.count("aside") == 3
    assert order[-1] == "long"


def test_two_jobs_wait_for_each_other(child: Child) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda upto: list(child.ask("count", upto=upto)), (5, 7)))
    assert both == [list(range(5)), list(range(7))]


def test_a_refusal_is_raised_and_the_process_stays(child: Child) -> None:
    with pytest.raises(BadInput, match="send another"):
        list(child.ask("wrong", how="refused"))
    first = child.pid
    assert list(child.ask("count", upto=1)) == [0]
    assert child.pid == first


def test_an_error_nobody_foresaw_costs_the_process_unless_it_was_asked_aside(child: Child) -> None:
    with pytest.raises(ChildFailed, match="ZeroDivisionError") as failed:
        list(child.ask("aside_wrong", aside=True, how=""))
    assert "echo_child" in failed.value.trace
    first = child.pid
    with pytest.raises(ChildFailed, match="ZeroDivisionError"):
        list(child.ask("wrong", how=""))
    assert first
    assert gone(first, PROMISED)


@pytest.mark.parametrize(("verb", "aside"), [("count", False), ("aside", True)])
def test_a_cancelled_job_stops_in_good_order(child: Child, verb: str, aside: bool) -> None:
    list(child.ask("count", upto=1))
    first, button = child.pid, Button()
    with pytest.raises(Cancelled):
        list(child.ask(verb, cancelled=button, aside=aside, upto=10_000, pause=0.05))
    assert time.monotonic() - button.pressed < PROMISED
    assert list(child.ask("count", upto=1)) == [0]
    assert child.pid == first


def test_a_job_that_does_not_hear_is_ended_within_the_promised_time(child: Child) -> None:
    list(child.ask("count", upto=1))
    first, button = child.pid, Button()
    with pytest.raises(Cancelled):
        list(child.ask("deaf", cancelled=button, seconds=600))
    assert time.monotonic() - button.pressed < PROMISED
    assert first
    assert gone(first, 1)


def test_what_is_more_than_the_pipe_holds_keeps_nobody_from_cancelling(child: Child) -> None:
    work, button = child.ask("deaf", seconds=600), Button()
    assert next(work) == "begun"
    with pytest.raises(Cancelled):
        list(child.ask("count", cancelled=button, upto=1, photos=bytes(10_000_000)))
    assert time.monotonic() - button.pressed < PROMISED


def test_a_job_that_is_left_stops_by_itself(child: Child) -> None:
    work = child.ask("count", upto=10_000, pause=0.05)
    assert next(work) == 0
    work.close()  # type: ignore[attr-defined]
    assert list(child.ask("count", upto=1)) == [0]  # waits for the first, which would take 500 s


def test_a_try_that_nobody_wants_any_more_costs_the_work_beside_it_nothing(child: Child) -> None:
    work = child.ask("count", upto=2, pause=6)  # its steps are longer than the grace
    tried = child.ask("aside", aside=True, upto=10_000)
    with ThreadPoolExecutor(1) as pool:
        whole = pool.submit(lambda: list(work))
        assert next(tried) == 0
        tried.close()  # type: ignore[attr-defined]
        assert whole.result() == [0, 1]
    assert list(child.ask("aside", aside=True, upto=1)) == [0]


def test_a_job_that_waits_its_turn_is_cancelled_without_ending_the_one_before(child: Child) -> None:
    button = Button()
    with ThreadPoolExecutor(1) as pool:
        work = child.ask("count", upto=2, pause=6)
        assert next(work) == 0
        whole = pool.submit(lambda: list(work))
        with pytest.raises(Cancelled):
            list(child.ask("count", cancelled=button, upto=10))
        assert whole.result() == [1]


def test_a_hung_process_is_noticed_and_replaced() -> None:
    child = Child(MODULE, patience=2)
    begun = time.monotonic()
    with pytest.raises(ChildDied, match="said nothing"):
        list(child.ask("deaf", seconds=600))
    assert time.monotonic() - begun < 30
    child.patience = 60
    assert list(child.ask("count", upto=1)) == [0]
    child.close()


def test_silence_without_work_is_no_hang() -> None:
    child = Child(MODULE, patience=1)
    list(child.ask("count", upto=1))
    first = child.pid
    time.sleep(2)  # the silence itself
    assert list(child.ask("count", upto=1)) == [0]
    assert child.pid == first
    child.close()


def test_everybody_hears_of_a_crash_and_the_next_call_has_a_fresh_process(child: Child) -> None:
    with ThreadPoolExecutor(1) as pool:
        work, beside = (child.ask(verb, upto=10_000, pause=0.05) for verb in ("count", "aside"))
        assert next(work) == next(beside) == 0
        other = pool.submit(lambda: list(beside))
        assert child.pid
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(ChildDied, match="signal 9"):
            list(work)
        assert isinstance(other.exception(), ChildDied)
    assert list(child.ask("count", upto=1)) == [0]


def test_a_crash_of_its_own_names_the_signal(child: Child) -> None:
    with pytest.raises(ChildDied, match=f"signal {signal.SIGSEGV.value}"):
        list(child.ask("wrong", how="signal"))


def test_it_sees_no_secret(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "canary")
    child = Child(MODULE, patience=60)
    (seen,) = child.ask("environment")
    assert "canary" not in str(seen)
    assert "PATH" in seen
    child.close()


def test_it_dies_with_its_parent_even_deaf(root: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=root, stdout=subprocess.PIPE)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert gone(pid, 5)
