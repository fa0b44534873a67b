"""What a copy of database and queue says: every row of every table, every value of every key, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection


def everything() -> str:
    """Both, with sessions decoded, since their rows hold them packed."""
    sessions = [repr(session.get_decoded()) for session in Session.objects.all()]
    return "\n".join([*_database(), *sessions, *_queue()])


def _database() -> Iterator[str]:
    """As sqlite's and PostgreSQL's own dumps have the rows."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        yield from connection.connection.iterdump()
        return
    for table in connection.introspection.table_names():
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {connection.ops.quote_name(table)} TO STDOUT") as rows,
        ):
            yield table + "\n" + b"".join(bytes(row) for row in rows).decode()


def _queue() -> Iterator[str]:
    """Rate limits, sessions' caches and messages. Redis' own DUMP would pack them beyond recognition."""
    if not settings.REDIS_URL:
        return
    import redis

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter("*"):
            yield f"{key!r} {_value(client, key)!r}"


def _value(client: Any, key: bytes) -> Any:
    match client.type(key):
        case b"string":
            return client.get(key)
        case b"list":
            return client.lrange(key, 0, -1)
        case b"hash":
            return client.hgetall(key)
        case b"set":
            return client.smembers(key)
        case b"zset":
            return client.zrange(key, 0, -1, withscores=True)
        case b"stream":
            return client.xrange(key)
    return client.dump(key)
