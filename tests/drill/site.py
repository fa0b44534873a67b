"""The scratch site of the drill: people with pictures, and what an operator looks at between the steps."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "headshots.settings"
django.setup()

from django.contrib.sessions.models import Session  # noqa: E402
from django.core.exceptions import ImproperlyConfigured  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from accounts import tokens  # noqa: E402
from accounts.models import ApiToken, User  # noqa: E402
from generation import leaving, vault  # noqa: E402
from generation.models import Headshot  # noqa: E402
from tests import cast  # noqa: E402

PEOPLE = 20


def seed() -> dict[str, Any]:
    """People with a gallery, signed in, a program each; the names of one's files are what was stolen."""
    call_command("migrate", verbosity=0)
    stolen = []
    for number in range(PEOPLE):
        user = cast.person(f"person-{number}", password=None)
        Client().force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        tokens.make(user, "phone")
        shoot = cast.ready(user, 2)
        if number < 3:
            stolen.append(f"shoots/{shoot.pk}/headshots/{shoot.headshots.all()[0].pk}.full")
    return {"stolen": stolen, **standing()}


def standing() -> dict[str, Any]:
    """What opens at this moment."""
    found = Headshot.objects.select_related("shoot__subject")
    opened = [one.shoot.subject.email for one in found if one.shoot.subject and _opens(one)]
    return {
        "sessions": Session.objects.count(),
        "tokens": ApiToken.objects.count(),
        "pictures": len(opened),
        "people": sorted(set(opened)),
    }


def _opens(headshot: Headshot) -> bool:
    try:
        return bool(vault.get(headshot.shoot_id, "headshots", f"{headshot.pk}.full"))
    except (vault.Gone, vault.Missing, ImproperlyConfigured):
        return False


def erase() -> dict[str, Any]:
    """One of them deletes the account."""
    leaving.leave(User.objects.get(email="person-0@example.com"))
    return standing()


if __name__ == "__main__":
    print(json.dumps({"seed": seed, "standing": standing, "erase": erase}[sys.argv[1]]()))
