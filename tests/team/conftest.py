"""What tests around a company share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts import company_tokens

from .world import Team


@pytest.fixture
def team(db: None) -> Team:
    cache.clear()
    return Team()


@pytest.fixture
def program(team: Team) -> Callable[..., Client]:
    """A client of Acme's with a token of these scopes; of all without any."""

    def made(*scopes: str) -> Client:
        hana = team.user("hana")
        secret = company_tokens.make(team.company, "test", scopes or list(company_tokens.SCOPES), hana)
        return Client(headers={"authorization": f"Bearer {secret}"})

    return made
