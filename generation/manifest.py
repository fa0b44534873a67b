"""Every model that this installation may load: where it comes from, and which of its bytes are pinned."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from . import lab
from .engine import production, weights


@dataclass(frozen=True)
class Model:
    """One row of the manifest."""

    name: str
    revision: str
    licence: str
    use: str
    files: tuple[tuple[str, str], ...]  # name and sha256, which is empty where nothing pins it
    in_use: bool

    @property
    def pinned(self) -> int:
        return sum(bool(sha256) for _name, sha256 in self.files)


def models() -> Iterator[Model]:
    """Those in use first."""
    embedded = settings.MODEL == "understudy"
    yield from sorted(
        (*_faces(), _understudy(embedded), *_production(embedded)), key=lambda one: not one.in_use
    )


def _faces() -> Iterator[Model]:
    for model in weights.FACE_MODELS.values():
        files = ((model.name, model.sha256),)
        yield Model(model.name, weights.WHEEL, model.licence, model.use, files, in_use=True)
    yunet = (("face_detection_yunet_2023mar.onnx", weights.YUNET_SHA256),)
    used = bool(os.environ.get("YUNET"))
    yield Model("YuNet", "2023mar", "MIT", "detect faces, where YUNET names its file", yunet, in_use=used)


def _understudy(used: bool) -> Model:
    """Its bytes come with this release, which lists them."""
    files = tuple(production.listing(lab.UNDERSTUDY).items())
    return Model("understudy", _("this release"), "Apache-2.0", _("embedded preview engine"), files, used)


def _production(embedded: bool) -> Iterator[Model]:
    """Where the model folder of this installation pinned what the release could not, that counts."""
    pins = production.pins(Path(settings.MODEL))
    for model in production.PRODUCTION:
        files = tuple((file.place, pins[file.place] or "") for file in model.files)
        yield Model(model.hub_id, model.revision, model.licence, model.use, files, in_use=not embedded)
