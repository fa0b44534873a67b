"""Where files live, as one URL each: ``file:///folder`` or ``s3://key:secret@host[:port]/bucket``."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def s3_options(url: str) -> dict[str, Any]:
    """django-storages' options for an ``s3://`` URL.

    ``?insecure=1`` speaks plain HTTP, ``?region=`` names a region. Without a host it is
    Amazon's own: ``s3:///bucket`` takes the credentials from the environment.
    """
    parts = urlsplit(url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {
        "bucket_name": parts.path.strip("/"),
        "default_acl": "private",
        "file_overwrite": True,
        "querystring_auth": True,
        "client_config": _patient("path" if parts.hostname else None),
    }
    if parts.username:
        options |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password or "")}
    if parts.hostname:
        scheme = "http" if asked.get("insecure") else "https"
        port = f":{parts.port}" if parts.port else ""
        options["endpoint_url"] = f"{scheme}://{parts.hostname}{port}"
    if region := asked.get("region"):
        options["region_name"] = region
    return options


def _patient(addressing: str | None) -> Any:
    """A store may be silent this long: the library's minute, five times over, would outlast any outage."""
    from botocore.config import Config  # not needed where files lie in a folder

    return Config(
        signature_version="s3v4",  # the default of django-storages is version 2
        s3={"addressing_style": addressing},
        connect_timeout=5,
        read_timeout=15,
        retries={"total_max_attempts": 3, "mode": "standard"},
    )


def file_storage(url: str) -> dict[str, Any]:
    """Django's storage setting for such a URL. Raises ValueError for any other scheme."""
    scheme = urlsplit(url).scheme
    if scheme == "s3":
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": s3_options(url)}
    if scheme == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": unquote(urlsplit(url).path), "file_permissions_mode": 0o600},
        }
    raise ValueError(f"{url!r} is no place for files: use file:///folder or s3://key:secret@host/bucket.")
