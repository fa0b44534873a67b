"""What the schema allows, and what it does not, sent to every address: nothing breaks or is undocumented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from accounts import company_tokens, tokens
from headshots.wsgi import application
from tests import cast

from .world import Team

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
same_each_time = settings(
    max_examples=4, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def site(db: None) -> Iterator[Any]:
    """The schema as it is served. The end of a request would close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi(reverse("api:schema"), application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known(db: None) -> dict[str, str]:
    """What there is, by its name in the addresses, and who may ask for it."""
    team = Team()
    emil, hana = team.user("emil"), team.user("hana")
    shoot = cast.ready(emil, 1)
    portrait = cast.portrait(team.member, {})
    found = {
        "person": f"Bearer {tokens.make(emil, 'test')}",
        "company": f"Bearer {company_tokens.make(team.company, 'test', company_tokens.SCOPES, hana)}",
        "shoot": shoot.pk,
        "photo": shoot.photos.get().pk,
        "headshot": shoot.headshots.get().pk,
        "id": shoot.release_id,
        "member": team.member.pk,
        "portrait": portrait.pk,
    }
    return {name: str(value) for name, value in found.items()}


def test_every_address_keeps_to_its_schema(
    site: Any, known: dict[str, str], subtests: pytest.Subtests
) -> None:
    for operation in site.get_all_operations():
        for mode in GenerationMode:
            with subtests.test(operation.ok().label, mode=mode.value):
                _try(operation.ok(), mode, known)


def _try(operation: Any, mode: GenerationMode, known: dict[str, str]) -> None:
    """Each case as it was made up, and once more for what there is; whatever it did is taken back."""

    @same_each_time
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        real = {name: known[name] for name in case.path_parameters if name in known}
        for parameters in ({}, {} if erases else real):
            case.path_parameters = {**case.path_parameters, **parameters}
            with transaction.atomic():
                cache.clear()
                answer = case.call(headers={"Authorization": known[who]})
                transaction.set_rollback(True)
            case.validate_response(answer, checks=CHECKS)

    who = "company" if "/company/" in operation.path else "person"
    erases = operation.method == "delete" and who == "person"  # files, which do not come back
    ask()
