"""What keeps things: the database, Redis, the pictures' and the keys' places, and all their clocks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, storages
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from accounts import keys, signing
from accounts.files import place

from .findings import Said, ok, warn, wrong

OLDEST = 14  # of PostgreSQL's versions: what Django takes
SKEW, FAR = 5.0, 60.0  # seconds: leases and events of Stripe's (300 s) bear a few of them
GUARDED = ("billing_entry", "accounts_auditentry")  # tables whose triggers refuse changes


def database() -> Iterator[Said]:
    try:
        connection.ensure_connection()
    except Error as error:
        first = str(error).strip().splitlines()[0]
        yield wrong(f"The database does not answer ({first}). Check DATABASE_URL and whether it runs.")
        return
    yield from _kind()
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in waiting[:3])
        yield wrong(f"Migrations wait ({len(waiting)}: {names} …). Run manage.py migrate.")
        return
    yield ok("All migrations are applied.")
    if bare := [table for table in GUARDED if not _triggers(table)]:
        yield wrong(f"Nothing keeps {', '.join(bare)} from being changed: a trigger is gone. Restore it.")


def _kind() -> Iterator[Said]:
    if connection.vendor == "sqlite":
        yield ok("SQLite: for one machine with one worker.")
        return
    version = connection.cursor().connection.info.server_version // 10_000
    say = ok if version >= OLDEST else wrong
    yield say(f"PostgreSQL {version} answers{'' if version >= OLDEST else f'; take {OLDEST} or newer'}.")


def _triggers(table: str) -> bool:
    asked = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'D' AND tgrelid = to_regclass(%s)",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor], [table])
        return bool(cursor.fetchone()[0])


def redis() -> Iterator[Said]:
    if not settings.REDIS_URL:
        yield ok("None: workers look into the database once a second.")
        return
    from redis import Redis, RedisError

    server = Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5)
    try:
        server.ping()
    except RedisError as error:
        yield wrong(f"Redis does not answer ({error}). Check REDIS_URL; pages fail at their limits.")
        return
    try:
        policy = server.config_get("maxmemory-policy")["maxmemory-policy"]
    except RedisError:
        yield warn("Redis answers, but hides its settings: see that maxmemory-policy is noeviction.")
        return
    if policy == "noeviction":
        yield ok("Redis answers, and never drops messages for want of room.")
    else:
        yield wrong(f"Redis drops what it likes when it is full ({policy}). Set maxmemory-policy noeviction.")


def storage() -> Iterator[Said]:
    yield from _keeps("default", "STORAGE_URL")


def key_store() -> Iterator[Said]:
    yield from _keeps("keys", "KEYS_URL")
    try:
        keys.get(signing.KEY)
        yield ok("MASTER_KEY opens its keys.")
    except keys.Missing:
        yield ok("No key was made yet; the first receipt makes one.")
    except ImproperlyConfigured as error:
        yield wrong(str(error))
    where = [settings.STORAGES[alias].get("OPTIONS", {}) for alias in ("default", "keys")]
    buckets = [(one.get("endpoint_url"), one.get("bucket_name")) for one in where]
    if buckets[0][1] and buckets[0] == buckets[1]:
        yield wrong("Keys and pictures share a bucket, and so a backup. Give KEYS_URL one of its own.")
    elif all(one.get("access_key") for one in where) and where[0]["access_key"] == where[1]["access_key"]:
        yield warn("One password opens pictures and keys. Give KEYS_URL credentials of its own.")


def _keeps(alias: str, setting: str) -> Iterator[Said]:
    """Write, take once only, read and remove a file of ours; nobody else may list the place."""
    name = f"doctor/{secrets.token_hex(8)}"
    try:
        here = place(alias)
        here.put(name, name.encode())
        kept = here.get(name) == name.encode() and not here.put_once(name, b"")
        here.erase_under("doctor")
        left = here.exists(name)
    except Exception as error:  # boto3's and the system's have no common parent
        yield wrong(f"Nothing can be stored ({error}). Check {setting}, its credentials and its rights.")
        return
    if not kept:
        yield wrong(f"{setting} does not give back what was written, or lets a taken name be written again.")
    elif left:
        yield wrong(f"{setting} keeps what is deleted: look for an object lock or missing rights.")
    else:
        yield ok("Writes, reads and deletes.")
    yield from _seen_by_others(alias, setting)


def _seen_by_others(alias: str, setting: str) -> Iterator[Said]:
    """Of folders; the system checks ask buckets."""
    store = storages[alias]
    if isinstance(store, FileSystemStorage):
        folder = place(alias).root  # type: ignore[attr-defined]
        if folder.is_dir() and folder.stat().st_mode & 0o007:
            yield warn(f"Every user of this machine may look into {folder} ({setting}): chmod 700 it.")


def clocks() -> Iterator[Said]:
    for whose, then in _others_time():
        off = (then - datetime.now(UTC)).total_seconds()
        if abs(off) > FAR:
            yield wrong(f"{whose} is {off:+.0f} s off this host: leases and periods suffer. Run NTP on both.")
        elif abs(off) > SKEW:
            yield warn(f"{whose} is {off:+.0f} s off this host. Run NTP on both.")
        else:
            yield ok(f"{whose} agrees with this host within {SKEW:.0f} s.")


def _others_time() -> Iterator[tuple[str, datetime]]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            yield "The database's clock", cursor.fetchone()[0]
    for alias, setting in (("default", "STORAGE_URL"), ("keys", "KEYS_URL")):
        store: Any = storages[alias]
        if not isinstance(store, FileSystemStorage):
            answer = store.connection.meta.client.head_bucket(Bucket=store.bucket_name)
            date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
            if date:
                yield f"The clock of {setting}", parsedate_to_datetime(date)
