"""Half an hour of a busy house in which things die at random, while everything is counted."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from generation import shoots
from generation.models import Letter, Lost, Shoot, Status

from .postgres import Reader, live
from .stage import CHANCE, Worker, draft, kept, over, submitted, until

SHOOTS = 2_000  # in half an hour
MOST_WAITING = 24
CANCELLED = 0.02  # of the shoots, by their people
LIVES = (5.0, 25.0)  # seconds between two kills
ASKED = 2
DRIFT = 0.05


def play(seconds: int) -> dict[str, Any]:
    steady, mortal = Worker("steady"), Worker("mortal")
    sizes, mine, stopped = list[tuple[float, int]](), list[Shoot](), 0
    reader_of = draft("reader", ASKED)
    with live() as (web, site), steady.running(), mortal.running():
        reader = Reader(site, reader_of)
        reader.start()
        begun, killed, next_kill, wanted = time.monotonic(), 0, 5.0, SHOOTS * seconds / 1800
        while (now := time.monotonic() - begun) < seconds:
            if len(mine) < wanted * now / seconds and _waiting(mine) < MOST_WAITING:
                mine.append(submitted(f"soak-{len(mine)}", ASKED))
                stopped += CHANCE.random() < CANCELLED and _cancel(mine[-1])
            if now > next_kill:
                mortal.kill()
                killed, next_kill = killed + 1, now + CHANCE.uniform(*LIVES)
            if not sizes or now - sizes[-1][0] > 2:
                sizes.append((now, _memory(steady.process.pid) + _memory(web)))
                print(f"{now:.0f} s: {len(mine)} shoots, {killed} kills, {sizes[-1][1]} MB", file=sys.stderr)
            time.sleep(0.05)
        until(lambda: all(over(shoot) for shoot in mine), every=1)
        until(lambda: not Letter.objects.filter(sent_at=None).exists())
        reader.ended.set()
    held = kept(mine)
    lost = held.pop("not finished") - stopped
    drift = _drift([size for _, size in sizes])
    return {
        "seconds": seconds,
        "killed": killed,
        "cancelled": stopped,
        "lost": lost,
        **held,
        "pages read": reader.read,
        "pages failed": reader.failed,
        "memory, MB, in the second and in the last fifth": _ends([size for _, size in sizes]),
        "memory drift": drift,
        "holds": not lost
        and not any(value for name, value in held.items() if name != "shoots")
        and drift <= DRIFT
        and not reader.failed,
    }


def _waiting(mine: list[Shoot]) -> int:
    return Shoot.objects.working().filter(pk__in=[shoot.pk for shoot in mine[-4 * MOST_WAITING :]]).count()


def _cancel(shoot: Shoot) -> bool:
    try:
        shoots.cancel(shoot)
    except Lost:  # it took a step meanwhile
        return False
    return shoot.status == Status.FAILED


def _memory(pid: int) -> int:
    """Megabytes of a process and all beneath it that are its own."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        try:
            total += int(Path(f"/proc/{one}/smaps_rollup").read_text().partition("Pss:")[2].split()[0])
            todo += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except (OSError, IndexError):  # it has just ended
            continue
    return total // 1024


def _ends(sizes: list[int]) -> list[float]:
    fifth = max(1, len(sizes) // 5)
    return [median(sizes[fifth : 2 * fifth] or sizes), median(sizes[-fifth:])]


def _drift(sizes: list[int]) -> float:
    """How much more the steady ones hold in the last fifth than in the second; the first warms up."""
    before, after = _ends(sizes)
    return round(after / before - 1, 3)
