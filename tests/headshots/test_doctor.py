"""The doctor names each fault that is planted, and what to do about it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from django.conf import LazySettings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from accounts import signing
from accounts.append_only import unguard
from headshots.doctor import examine, hosts
from headshots.models import Worker
from headshots.places import file_storage
from tests.certificates import certified
from tests.peers import HOST, S3, free_port

Plant = Callable[..., str]
GOOD = {
    **{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"},
    **{"X-Frame-Options": "DENY"},
}


def said(what: str, state: str = "wrong") -> str:
    return "\n".join(one.said for one in examine((what,)) if one.state == state)


@pytest.mark.django_db
def test_migrations_that_wait() -> None:
    assert not said("database")
    MigrationRecorder.Migration.objects.filter(app="headshots").delete()
    assert "headshots.0001_initial …). Run manage.py migrate." in said("database")


@pytest.mark.django_db
def test_a_log_that_could_be_changed() -> None:
    with connection.cursor() as cursor:
        for line in unguard("accounts_auditentry", connection.vendor):
            cursor.execute(line)
    assert "Nothing keeps accounts_auditentry from being changed" in said("database")


def test_redis_away_or_forgetful(settings: LazySettings, redis_server: str) -> None:
    import redis

    settings.REDIS_URL = f"redis://{HOST}:{free_port()}/0"
    assert "Check REDIS_URL" in said("redis")
    settings.REDIS_URL = redis_server
    assert not said("redis")
    server = redis.Redis.from_url(redis_server)
    server.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert "(allkeys-lru). Set maxmemory-policy noeviction." in said("redis")
    finally:
        server.config_set("maxmemory-policy", "noeviction")


def stored(settings: LazySettings, **urls: str) -> None:
    settings.STORAGES = {**settings.STORAGES, **{name: file_storage(url) for name, url in urls.items()}}


@pytest.mark.parametrize("alias", ["default", "keys"])
def test_places_that_take_nothing(settings: LazySettings, alias: str) -> None:
    stored(settings, **{alias: "file:///dev/null/files"})
    place = {"default": "storage", "keys": "keys"}[alias]
    assert "Nothing can be stored" in said(place)


def test_pictures_and_keys_in_one_bucket(settings: LazySettings, s3_server: S3) -> None:
    bucket, other = s3_server.bucket(), s3_server.bucket(versioned=True)
    stored(settings, default=bucket, keys=other)
    assert not said("storage") + said("keys")
    assert "credentials of its own" in said("keys", "warn")
    stored(settings, default=bucket, keys=bucket)
    assert "share a bucket" in said("keys")
    stored(settings, keys=bucket.rpartition("/")[0] + "/nobody-made-it?insecure=1")
    assert "Check KEYS_URL" in said("keys")


def test_another_master_key(settings: LazySettings, tmp_path: Path) -> None:
    stored(settings, keys=f"file://{tmp_path}")
    assert "No key was made yet" in said("keys", "ok")
    signing.sign({})
    assert "MASTER_KEY opens its keys." in said("keys", "ok")
    settings.MASTER_KEY = "another"
    assert "was made under another MASTER_KEY" in said("keys")


def test_a_clock_that_is_off(settings: LazySettings, s3_server: S3) -> None:
    stored(settings, default=s3_server.bucket(), keys=s3_server.bucket())
    assert not said("clock")
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert "The clock of STORAGE_URL is -1" in said("clock")
        assert "Run NTP" in said("clock")


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not said("disk")
    monkeypatch.setattr(hosts, "SCARCE", 1 << 70)
    assert "Make room." in said("disk")


def test_static_files_of_another_release(settings: LazySettings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    hashed = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": hashed}}
    assert "No static files are collected." in said("static")
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.STORAGES = {**settings.STORAGES}  # what it was told when it was made is read anew
    assert not said("static")
    (tmp_path / "css" / "headshots.css").write_text("old")
    assert "(css/headshots.css …). Run manage.py collectstatic" in said("static")


def test_a_model_that_is_not_the_pinned_one(settings: LazySettings, tmp_path: Path) -> None:
    settings.ENGINE = ""
    settings.MODEL = str(tmp_path / "nowhere")
    assert "is not here" in said("model", "warn")
    (tmp_path / "nowhere").mkdir()
    assert "gate" in said("model")
    settings.ENGINE = "tests.faults.engine"
    assert "only pretends" in said("model", "warn")


@pytest.mark.django_db
def test_no_worker() -> None:
    late = Worker.objects.create(samples=1, seen_at=timezone.now() - timedelta(minutes=1))
    assert "Start manage.py work." in said("worker")
    Worker.objects.filter(pk=late.pk).update(seen_at=timezone.now())
    assert "1 at work." in said("worker", "ok")


@pytest.fixture
def answering(settings: LazySettings) -> Iterator[Plant]:
    """A site that answers as it is told; returns its address."""
    servers = []

    def plant(
        status: int, headers: list[tuple[str, str]], *, metrics: int = 404, tls: Path | None = None
    ) -> str:
        class Site(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(metrics if self.path == "/metrics" else status)
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer((HOST, 0), Site)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        settings.SITE_URL = f"http{'s' if tls else ''}://{HOST}:{server.server_port}"
        return str(settings.SITE_URL)

    yield plant
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_site_that_answers_as_it_should(answering: Plant) -> None:
    address = answering(200, [*GOOD.items()])
    assert said("site", "ok") == f"{address} answers."
    assert not said("site")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (400, "pass the Host header on"),
        (502, "no web process runs"),
        (500, "answers 500; the web process's log"),
    ],
)
def test_a_site_that_answers_wrongly(answering: Plant, status: int, sentence: str) -> None:
    answering(status, [])
    assert sentence in said("site")


def test_a_proxy_that_hides_the_scheme(answering: Plant) -> None:
    headers = list[tuple[str, str]]()
    headers.append(("Location", f"{answering(301, headers)}/"))
    assert "X-Forwarded-Proto" in said("site")


def test_headers_twice_or_not_at_all(answering: Plant) -> None:
    answering(200, [*GOOD.items(), ("X-Frame-Options", "SAMEORIGIN")])
    assert said("site") == "x-frame-options comes 2 times: take it out of the proxy, the site sets it."
    answering(200, [("X-Frame-Options", "DENY")], metrics=200)
    assert "content-security-policy does not arrive" in said("site")
    assert "/metrics opens to anybody" in said("site")


def test_settings_that_do_not_fit_the_address(settings: LazySettings) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = f"http://headshots.invalid:{free_port()}", ["localhost"]
    assert "headshots.invalid is not in ALLOWED_HOSTS" in said("site")
    assert "SITE_URL is http://" in said("site")
    assert "cannot be asked from here" in said("site", "warn")
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://headshots.invalid", ["*"]
    assert "PROXIES is 0" in said("site")
    assert "ALLOWED_HOSTS is *" in said("site")


def test_a_certificate_that_nobody_signed(
    answering: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = certified(tmp_path, HOST)
    answering(200, [*GOOD.items()], tls=both)
    assert "Browsers refuse the certificate" in said("tls")
    monkeypatch.setenv("SSL_CERT_FILE", str(both))
    assert not said("tls")
    assert "Renew it" in said("tls", "warn")  # it lives for a day


def test_mail_that_nobody_takes(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, free_port()
    assert "Check EMAIL_URL and the firewall" in said("mail")
    server = Controller(Sink(), hostname=HOST, port=settings.EMAIL_PORT)
    server.start()
    try:
        assert said("mail", "ok") == f"{HOST}:{settings.EMAIL_PORT} takes mail."
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("key", "secrets", "sentence"),
    [
        ("pk_live_1", [], "is no secret key"),
        ("sk_test_1", ["whsec_1", "sk_test_1"], "1 of STRIPE_WEBHOOK_SECRETS"),
        ("rk_live_1", ["whsec_1"], "A live key needs a site with TLS"),
    ],
)
def test_keys_of_stripe_in_the_wrong_place(
    settings: LazySettings, key: str, secrets: list[str], sentence: str
) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS = key, secrets
    assert sentence in said("stripe")


def test_a_token_that_can_be_guessed(settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "secret"
    assert "can be guessed" in said("metrics")
    settings.METRICS_TOKEN = "x" * 20
    assert not said("metrics")


def test_system_checks_speak_through_it(settings: LazySettings) -> None:
    settings.STORAGE_URL, settings.KEYS_URL = "file:///pictures", "file:///pictures/keys"
    assert "KEYS_URL lies in STORAGE_URL." in said("settings")


@pytest.mark.django_db
def test_the_command_fails_where_something_is_wrong(settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "secret"
    with pytest.raises(CommandError, match=r"1 to be mended\."):
        call_command("doctor", "metrics", "redis", stdout=(out := StringIO()))
    assert out.getvalue().splitlines()[0].startswith("wrong  metrics   METRICS_TOKEN can be guessed")
    settings.METRICS_TOKEN = ""
    call_command("doctor", "metrics", stdout=StringIO())


def test_a_check_that_breaks_is_a_finding(settings: LazySettings) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "no.such.module"}}
    assert "InvalidStorageError" in said("disk")
