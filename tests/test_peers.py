"""The servers that tests talk to are the real ones."""

from __future__ import annotations

import psycopg
import redis


def test_postgresql_answers(postgres_server: str) -> None:
    with psycopg.connect(postgres_server) as connection:
        row = connection.execute("select current_setting('server_encoding')").fetchone()
    assert row == ("UTF8",)


def test_redis_answers(redis_server: str) -> None:
    with redis.Redis.from_url(redis_server) as client:
        assert client.ping()
