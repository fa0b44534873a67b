"""System checks refuse what would lose data or leak pictures."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import dramatiq
import pytest
from django.conf import LazySettings
from django.core.checks import run_checks

import accounts.tasks
import billing.tasks
from generation import lab, tasks
from generation.engine import cards, production
from headshots import checks
from headshots.broker import broker


def _ids(*tags: str) -> set[str]:
    return {str(message.id) for message in run_checks(tags=list(tags) or None)}


def test_the_embedded_mode_needs_nothing(settings: LazySettings) -> None:
    settings.EMBEDDED = True
    assert not {one for one in _ids() if one.startswith("headshots.E")}


@pytest.mark.parametrize(("missing", "code"), [("MASTER_KEY", "E001"), ("SECRET_KEY", "E005")])
def test_several_hosts_must_be_given_their_secrets(settings: LazySettings, missing: str, code: str) -> None:
    settings.EMBEDDED = False
    settings.GIVEN = {"MASTER_KEY": True, "SECRET_KEY": True, missing: False}
    assert {one for one in _ids() if one.startswith("headshots.E")} == {f"headshots.{code}"}


def test_debug_is_for_a_machine_of_ones_own(settings: LazySettings) -> None:
    settings.DEBUG, settings.EMBEDDED = True, True
    assert "headshots.E002" not in _ids()
    settings.SITE_URL = "https://headshots.example"
    assert "headshots.E002" in _ids()


def test_keys_lie_apart_from_what_they_open(settings: LazySettings) -> None:
    settings.STORAGE_URL, settings.KEYS_URL = "s3://host/pictures", "s3://host/pictures/keys"
    assert "headshots.E003" in _ids()


def test_real_money_is_refused_where_nothing_else_is_real(settings: LazySettings) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS = "sk_live_1", ["whsec_1"]
    assert "headshots.E008" in _ids()
    settings.EMBEDDED, settings.MODEL = False, "/models/sdxl"
    assert "headshots.E008" not in _ids()
    settings.STRIPE_API_BASE = "http://localhost:8001"
    assert "headshots.E008" in _ids()
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert "headshots.W003" in _ids()


@pytest.mark.parametrize(("status", "public"), [(200, True), (403, False)])
def test_a_bucket_that_lists_itself_to_anybody_is_refused(
    settings: LazySettings, status: int, public: bool
) -> None:
    class Bucket(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    Thread(target=server.serve_forever, daemon=True).start()
    options = {"bucket_name": "pictures", "endpoint_url": f"http://127.0.0.1:{server.server_port}"}
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "x", "OPTIONS": options}}
    try:
        assert ("headshots.E004" in _ids(checks.BUCKETS)) is public
    finally:
        server.shutdown()


def test_a_worker_refuses_a_model_of_sdxls_size_without_a_gpu_a_gate_or_unpinned(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "DRIVER", ())  # a host without a card, wherever this runs
    lab.card.cache_clear()
    settings.ENGINE, settings.MODEL = "", str(tmp_path)
    assert not _ids(checks.WORKER)  # the web process loads no model
    settings.IN_WORKER = True
    assert _ids(checks.WORKER) == {"headshots.E006", "headshots.E007", "headshots.E009"}
    sums = "".join(f"{sha256 or '0' * 64}  {place}\n" for place, sha256 in production.pins(tmp_path).items())
    (tmp_path / production.LISTING).write_text(sums)
    assert _ids(checks.WORKER) == {"headshots.E006", "headshots.E009"}
    (tmp_path / "engine.json").write_text("{}")  # a model of another size says how it is shot
    assert _ids(checks.WORKER) == {"headshots.E009"}
    (tmp_path / "gate").mkdir()
    for place in production.GATE:
        (tmp_path / place).touch()
    assert not _ids(checks.WORKER)
    settings.MODEL = "understudy"
    assert not _ids(checks.WORKER)
    lab.card.cache_clear()


def test_every_step_of_ours_is_on_our_broker() -> None:
    """Whatever the start of Django imported first: dramatiq would fall back to RabbitMQ silently."""
    for step in (tasks.train_identity, billing.tasks.settle_event, accounts.tasks.send_message):
        assert step.broker is dramatiq.get_broker() is broker
