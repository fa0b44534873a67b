"""Bytes under a name, in a folder or an S3 bucket: written whole, made at most once, erased wholly."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from django.core.files.storage import FileSystemStorage, storages


class Place(Protocol):
    """What Django's storages lack; names are ours, never a user's."""

    def get(self, name: str) -> bytes | None:
        """The bytes, None where there are none."""

    def exists(self, name: str) -> bool: ...

    def put(self, name: str, data: bytes) -> None:
        """Write whole or not at all, over what was there."""

    def put_once(self, name: str, data: bytes) -> bool:
        """Write unless the name is taken; of many at once exactly one is told True."""

    def replace(self, name: str, data: bytes) -> None:
        """Write over what was there, its older versions and the disk's blocks included."""

    def bury(self, name: str) -> None:
        """Erase, and leave an empty file behind, so that ``put_once`` never fills the name again."""

    def names(self) -> Iterator[str]:
        """Of all files."""

    def erase(self, name: str) -> None:
        """Remove the file, its older versions and what broken writes left of it."""

    def erase_under(self, folder: str) -> None:
        """The same for everything in a folder."""


def place(alias: str) -> Place:
    """The place that ``settings.STORAGES`` names so."""
    storage = storages[alias]
    return Folder(storage) if isinstance(storage, FileSystemStorage) else Bucket(storage)


class Folder:
    """Files on a disk; a file that is being written is hidden beside its place and then moved onto it."""

    def __init__(self, storage: FileSystemStorage) -> None:
        self.root = Path(storage.location)
        self._path = storage.path  # refuses names that lead out of the folder

    def get(self, name: str) -> bytes | None:
        try:
            return Path(self._path(name)).read_bytes()
        except FileNotFoundError:
            return None

    def exists(self, name: str) -> bool:
        return Path(self._path(name)).is_file()

    def put(self, name: str, data: bytes) -> None:
        with self._written(name, data) as (part, path):
            part.replace(path)

    def put_once(self, name: str, data: bytes) -> bool:
        with self._written(name, data) as (part, path):
            try:
                os.link(part, path)  # unlike a rename it fails where the name is taken
            except FileExistsError:
                return False
        return True

    def bury(self, name: str) -> None:
        self.replace(name, b"")

    def replace(self, name: str, data: bytes) -> None:
        old = None
        with suppress(FileNotFoundError):
            old = open(self._path(name), "r+b")  # noqa: SIM115 (it must be open before the name moves on)
        self.put(name, data)
        if old is not None:
            with old:
                old.write(bytes(os.fstat(old.fileno()).st_size))
                old.flush()
                os.fsync(old.fileno())

    def names(self) -> Iterator[str]:
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(self.root).as_posix()

    def erase(self, name: str) -> None:
        path = Path(self._path(name))
        for part in path.parent.glob(f".{path.name}.*.part"):
            part.unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def erase_under(self, folder: str) -> None:
        top = Path(self._path(folder))
        for path in top.rglob("*"):
            if not path.is_dir():
                path.unlink(missing_ok=True)
        folders = [path for path in top.rglob("*") if path.is_dir()]
        for empty in [*sorted(folders, reverse=True), top, *top.parents]:
            if self.root not in empty.parents:
                break
            with suppress(OSError):  # it is not there, or holds something else
                empty.rmdir()

    @contextmanager
    def _written(self, name: str, data: bytes) -> Iterator[tuple[Path, Path]]:
        path = Path(self._path(name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield part, path
            _sync(path.parent)
        finally:
            part.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """The name itself must survive a power cut too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Bucket:
    """Objects of an S3 bucket through django-storages' connection; one PUT each, so none stays half sent."""

    def __init__(self, storage: Any) -> None:
        self._client = storage.connection.meta.client
        self._bucket = {"Bucket": storage.bucket_name}

    def get(self, name: str) -> bytes | None:
        try:
            data: bytes = self._client.get_object(**self._bucket, Key=name)["Body"].read()
        except self._client.exceptions.NoSuchKey:
            return None
        return data

    def exists(self, name: str) -> bool:
        found = self._client.list_objects_v2(**self._bucket, Prefix=name, MaxKeys=1).get("Contents", [])
        return any(entry["Key"] == name for entry in found)

    def put(self, name: str, data: bytes) -> None:
        self._client.put_object(**self._bucket, Key=name, Body=data)

    def put_once(self, name: str, data: bytes) -> bool:
        try:
            self._client.put_object(**self._bucket, Key=name, Body=data, IfNoneMatch="*")
        except self._client.exceptions.ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 412:
                raise
            return False
        return True

    def bury(self, name: str) -> None:
        self.replace(name, b"")

    def replace(self, name: str, data: bytes) -> None:
        self.put(name, data)
        self._remove(
            entry for entry in self._versions(name) if entry["Key"] == name and not entry["IsLatest"]
        )

    def names(self) -> Iterator[str]:
        for page in self._client.get_paginator("list_objects_v2").paginate(**self._bucket):
            yield from (entry["Key"] for entry in page.get("Contents", []))

    def erase(self, name: str) -> None:
        self._remove(entry for entry in self._versions(name) if entry["Key"] == name)
        self._abort(name, whole=True)

    def erase_under(self, folder: str) -> None:
        self._remove(self._versions(f"{folder}/"))
        self._abort(f"{folder}/", whole=False)

    def _versions(self, prefix: str) -> Iterator[dict[str, Any]]:
        """Every version under a prefix, and the marks that say "deleted" and hide older ones."""
        for page in self._client.get_paginator("list_object_versions").paginate(
            **self._bucket, Prefix=prefix
        ):
            yield from page.get("Versions", [])
            yield from page.get("DeleteMarkers", [])

    def _remove(self, entries: Iterator[dict[str, Any]]) -> None:
        doomed = [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in entries]
        for start in range(0, len(doomed), 1000):  # S3's limit of one call
            asked = {"Objects": doomed[start : start + 1000], "Quiet": True}
            # Refusals of single objects, by an object lock for one, come inside an answer of success.
            for refused in self._client.delete_objects(**self._bucket, Delete=asked).get("Errors", []):
                raise OSError(f"The bucket keeps {refused['Key']}: {refused.get('Message', refused['Code'])}")

    def _abort(self, prefix: str, *, whole: bool) -> None:
        """Uploads in parts that never ended hold data that no listing of files shows."""
        for page in self._client.get_paginator("list_multipart_uploads").paginate(
            **self._bucket, Prefix=prefix
        ):
            for upload in page.get("Uploads", []):
                if not whole or upload["Key"] == prefix:
                    self._client.abort_multipart_upload(
                        **self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )
