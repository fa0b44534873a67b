"""Erase again what a restored backup brought back: the key store remembers what had ended.

Whoever left, took a consent back or closed a company has an empty entry there, as every destroyed key has; it
holds an id that is drawn by chance and nothing else.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Callable, Iterable

from django.db.models import Model

from accounts import companies, keys
from accounts.models import Company, Release, User

from . import leaving, portraits, retention, seats, vault
from .models import Brand, Portrait, Shoot, Status

log = logging.getLogger(__name__)


def again() -> Counter[str]:
    """How much of each kind had to go again; ``left`` counts what a person must look at, named in the log."""
    done: Counter[str] = Counter()
    _each(done, "companies", Company.objects.filter(closed_at=None), lambda one: seats.close(one, by=None))
    _each(done, "people", User.objects.all(), leaving.leave)
    _each(done, "releases", Release.objects.filter(withdrawn_at=None), leaving.withdraw)
    _each(done, "portraits", Portrait.objects.filter(ended_at=None), portraits.take_back)
    shoots = Shoot.objects.exclude(status=Status.PURGED)
    _each(done, "headshots", shoots, retention.purge, kind="headshots")
    _each(done, "inputs", shoots.filter(inputs_gone_at=None), retention.drop_inputs, kind="inputs")
    done["keys of nothing"] = sum(map(_without_owner, list(keys.names())))
    return +done


def _each(
    done: Counter[str],
    what: str,
    rows: Iterable[Model],
    end: Callable[..., object],
    *,
    kind: str = "",
) -> None:
    for row in list(rows):
        name = f"shoot/{row.pk}/{kind}" if kind else f"{what}/{row.pk}"
        if not keys.is_destroyed(name):
            continue
        try:
            end(row)
        except companies.LastOwner as error:
            log.error("%s had left and is back: %s", name, error)
            done["left"] += 1
        else:
            done[what] += 1


def _without_owner(name: str) -> bool:
    """Whether it opened pictures that no row speaks of, which nobody could see and no period ends."""
    parts = name.split("/")
    folder, owner = parts[0], uuid.UUID(parts[1]) if len(parts) > 1 and _is_id(parts[1]) else None
    if owner is None or keys.is_destroyed(name):
        return False
    if folder == "shoot":
        shoot = Shoot.objects.filter(pk=owner).exclude(status=Status.PURGED).first()
        kind: vault.Kind = "inputs" if parts[2] == "inputs" else "headshots"
        if shoot is None or (kind == "inputs" and shoot.inputs_gone_at):
            vault.delete_all(owner, kind)
            return True
    elif folder == "portraits" and not Portrait.objects.filter(pk=owner, erased_at=None).exists():
        vault.delete_all(owner, "portraits")
        return True
    elif folder == "brands" and not Brand.objects.filter(pk=owner).exists():
        vault.delete_all(owner, "brands")
        return True
    return False


def _is_id(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False
