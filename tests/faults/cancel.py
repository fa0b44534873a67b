"""People stop their shoots, or take their consent back, while a worker is at them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from accounts.models import Release
from generation import leaving, shoots, vault
from generation.models import Shoot, Status

from .stage import CHANCE, Worker, kept, submitted, until

STOPS, GOES = 5.0, 60.0  # seconds to the end of the work, and of the files after a withdrawal
SEEN = 6.0  # seconds that a stopped shoot is watched for


def touches() -> list[tuple[str, float]]:
    """Whose photos or identity the engine was at, and when."""
    file = Path(os.environ["TOUCHES"])
    lines = file.read_text().splitlines() if file.is_file() else []
    return [(shoot, float(at)) for shoot, at in (line.split() for line in lines)]


def play(count: int) -> dict[str, Any]:
    """In turn; what each person leaves to be worked at is 15 headshots, so no work ends by itself."""
    stopped, gone = list[float](), list[float]()
    mine = list[Shoot]()
    with Worker().running():
        for number in range(count):
            shoot = submitted(f"stops-{number}", 15)
            mine.append(shoot)
            until(lambda shoot=shoot: any(name == str(shoot.pk) for name, _ in touches()))
            time.sleep(CHANCE.uniform(0, 3))
            withdraws = number % 2 == 1
            asked = time.time()
            _act(shoot, shoots.cancel if not withdraws else _withdraw)
            if withdraws:
                gone.append(time.time() - asked)
                assert not vault.exists(shoot.pk, "inputs", "identity")
            time.sleep(SEEN)
            last = max(at for name, at in touches() if name == str(shoot.pk))
            stopped.append(round(max(0.0, last - asked), 1))
    held = kept(mine)
    wanted = sum(shoot.status == (Status.PURGED if n % 2 else Status.FAILED) for n, shoot in enumerate(mine))
    back = sum(shoot.credit_id is None for shoot in mine)
    return {
        "cancelled or withdrawn": count,
        "ended as asked": wanted,
        "credits back": back,
        "faults of the journal": held["faults of the journal"],
        "seconds until the engine stopped, worst": max(stopped),
        "seconds until the files of a withdrawal were gone, worst": round(max(gone, default=0.0), 1),
        "holds": wanted == back == count
        and not held["faults of the journal"]
        and max(stopped) <= STOPS
        and max(gone, default=0.0) <= GOES,
    }


def _act(shoot: Shoot, how: Callable[[Shoot], object]) -> None:
    shoot.refresh_from_db()
    how(shoot)


def _withdraw(shoot: Shoot) -> None:
    leaving.withdraw(Release.objects.get(pk=shoot.release_id))
