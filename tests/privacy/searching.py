"""Where a canary can sing: the database's own files, the queue's dump, the buckets, temp, logs, as bytes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from tests import dumps
from tests.privacy.life import CANARIES

CONTEXT = re.compile(
    rb"[^\x00-\x1f]{0,40}(?:" + b"|".join(map(re.escape, CANARIES)) + rb")[^\x00-\x1f]{0,30}"
)


def everywhere(data: Path, temp: Path, log: Path) -> dict[str, list[str]]:
    """By place, what can be read there of a canary; PostgreSQL's write-ahead log is a place of its own."""
    places: dict[str, Iterable[tuple[str, bytes]]] = {
        "temp": files(temp),
        "log": files(log),
        "rows": [("dump", dumps.everything().encode())],
        "stores": (*stored("default"), *stored("keys")),
    }
    if connection.vendor == "sqlite":
        places["database files"] = files(data, only="*sqlite3*")
    else:
        folder = postgres_folder()
        places["database files"] = (one for one in files(folder) if "pg_wal" not in one[0])
        places["write-ahead log"] = files(folder / "pg_wal")
    if settings.REDIS_URL:
        places["queue"] = files(redis_dump())
    return {place: sung(found) for place, found in places.items()}


def sung(found: Iterable[tuple[str, bytes]]) -> list[str]:
    """Where and beside which words, for whoever has to find out how it came there."""
    return [
        f"{name}: {match.group().decode(errors='replace')}"
        for name, data in found
        if any(bird in data for bird in CANARIES)
        for match in CONTEXT.finditer(data)
    ]


def files(place: Path, only: str = "*") -> Iterator[tuple[str, bytes]]:
    for path in [place] if place.is_file() else sorted(place.rglob(only)):
        if path.is_file():
            yield str(path.relative_to(place.parent)), path.read_bytes()


def postgres_folder() -> Path:
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return Path(cursor.fetchone()[0])


def settle() -> None:
    """What databases do in their own time: deleted rows leave the files, memory goes to the disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM FULL")
            cursor.execute("CHECKPOINT")


def redis_dump() -> Path:
    """Written as Redis itself saves it, uncompressed, so that words in it can be read."""
    import redis

    with redis.Redis.from_url(settings.REDIS_URL, decode_responses=True) as client:
        client.config_set("rdbcompression", "no")
        client.save()
        return Path(client.config_get("dir")["dir"]) / client.config_get("dbfilename")["dbfilename"]


def stored(which: str) -> Iterator[tuple[str, bytes]]:
    """Every object of a store with its name, old versions and unfinished uploads included."""
    url = settings.STORAGE_URL if which == "default" else settings.KEYS_URL
    if not url.startswith("s3:"):
        for name, data in files(Path(urlsplit(url).path)):
            yield name, name.encode() + data
        return
    client, bucket = s3(which)
    for one in client.list_object_versions(Bucket=bucket).get("Versions", []):
        body = client.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])["Body"].read()
        yield one["Key"], one["Key"].encode() + body
    for one in client.list_multipart_uploads(Bucket=bucket).get("Uploads", []):
        yield one["Key"], one["Key"].encode()


def s3(which: str) -> tuple[Any, str]:
    import boto3

    options = settings.STORAGES[which]["OPTIONS"]
    client = boto3.client(
        "s3",
        endpoint_url=options["endpoint_url"],
        region_name="us-east-1",
        aws_access_key_id=options["access_key"],
        aws_secret_access_key=options["secret_key"],
    )
    return client, options["bucket_name"]


def overwrite(name: str, data: bytes) -> None:
    """Put a file of the store of pictures back, as a restored backup would."""
    if settings.STORAGE_URL.startswith("s3:"):
        client, bucket = s3("default")
        client.put_object(Bucket=bucket, Key=name, Body=data)
        return
    path = Path(urlsplit(settings.STORAGE_URL).path) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def postgres_backup(file: Path) -> None:
    with file.open("wb") as out:
        subprocess.run(["pg_dump", "--format=custom", _url()], stdout=out, check=True)


def _url() -> str:
    known = connection.settings_dict
    return f"postgres://{known['USER']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
