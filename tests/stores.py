"""The stores of files and of keys, fresh for each test: in folders, on S3, on S3 that keeps old versions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from headshots.places import file_storage

from .peers import S3


@dataclass(frozen=True)
class Store:
    """What an intruder with the disk or the bucket's password sees."""

    url: str
    server: S3 | None

    @property
    def _bucket(self) -> str:
        return urlsplit(self.url).path.strip("/")

    @property
    def _folder(self) -> Path:
        return Path(urlsplit(self.url).path)

    def everything(self) -> list[tuple[str, bytes]]:
        """Name and content of every file, old versions and unfinished uploads included."""
        if self.server is None:
            return [
                (str(path.relative_to(self._folder)), path.read_bytes() if path.is_file() else b"")
                for path in self._folder.rglob("*")
                if path.is_file() or not any(path.iterdir())
            ]
        client, bucket = self.server.client, self._bucket
        seen = client.list_object_versions(Bucket=bucket)
        uploads = client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
        return [
            *(
                (
                    one["Key"],
                    client.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])[
                        "Body"
                    ].read(),
                )
                for one in seen.get("Versions", [])
            ),
            *((one["Key"], b"") for one in [*seen.get("DeleteMarkers", []), *uploads]),
        ]

    def overwrite(self, name: str, data: bytes) -> None:
        if self.server is None:
            (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self._folder / name).write_bytes(data)
        else:
            self.server.client.put_object(Bucket=self._bucket, Key=name, Body=data)

    def break_off(self, name: str) -> None:
        """Leave what a writer that dies in the middle leaves."""
        if self.server is None:
            path = self._folder / name
            path.with_name(f".{path.name}.0000.part").write_bytes(b"half")
        else:
            client, bucket = self.server.client, self._bucket
            upload = client.create_multipart_upload(Bucket=bucket, Key=name)["UploadId"]
            client.upload_part(Bucket=bucket, Key=name, UploadId=upload, PartNumber=1, Body=b"half")


@dataclass(frozen=True)
class Stores:
    files: Store
    keys: Store


@pytest.fixture(params=["folder", "bucket", "versioned bucket"])
def stores(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Stores:
    if request.param == "folder":
        both = Stores(Store(f"file://{tmp_path}/files", None), Store(f"file://{tmp_path}/keys", None))
    else:
        server: S3 = request.getfixturevalue("s3_server")
        files, keys = (server.bucket(versioned=request.param == "versioned bucket") for _ in range(2))
        both = Stores(Store(files, server), Store(keys, server))
    settings.STORAGES = {
        **settings.STORAGES,
        "default": file_storage(both.files.url),
        "keys": file_storage(both.keys.url),
    }
    return both
