"""Fetching the production models: resumed where it stopped, shown, verified before anything may load them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from huggingface_hub import get_hf_file_metadata, hf_hub_url
from huggingface_hub.errors import (  # type: ignore[attr-defined]  # HTTPError is its HTTP client's
    EntryNotFoundError,
    HTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import http_get

from . import marking
from .production import LISTING, PRODUCTION, HubFile, HubModel, listing, pins, require_pins
from .types import BadModel
from .weights import digest

ARRIVING = ".arriving"  # in the model folder: unfinished files, continued by the next fetch


def fetch(
    folder: Path,
    *,
    pin: bool = False,
    say: Callable[[str], None],
    endpoint: str | None = None,
    models: tuple[HubModel, ...] = PRODUCTION,
) -> None:
    """Bring every file of ``models`` into ``folder``; ``endpoint`` is a hub other than the public one.

    Files that are there and have the right bytes are left alone. With ``pin``, a file whose sha256 nobody
    knew is taken as the hub sends it and written down, once for ever. Raises BadModel with what to do.
    """
    wanted: Mapping[str, str | None] = pins(folder, models) if pin else require_pins(folder, models)
    for model in models:
        for file in model.files:
            there, sha256 = folder / file.place, wanted[file.place]
            if there.is_file() and digest(there) == sha256:
                say(f"{file.place}: ready")
            else:
                say(f"{file.place}: from {model.hub_id}")
                sha256 = _take(_download(model, file, folder, endpoint), there, sha256, model)
            _write_down(folder, file.place, sha256)
    shutil.rmtree(folder / ARRIVING, ignore_errors=True)


def _download(model: HubModel, file: HubFile, folder: Path, endpoint: str | None) -> Path:
    """The library's own ``hf_hub_download`` begins every file anew, which is long with 5 GB."""
    part = folder / ARRIVING / file.place
    url = hf_hub_url(model.hub_id, file.path, revision=model.revision, endpoint=endpoint)
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        size = get_hf_file_metadata(url).size
        with part.open("ab") as out:
            http_get(url, out, resume_size=out.tell(), expected_size=size, displayed_filename=file.place)
    except (RepositoryNotFoundError, RevisionNotFoundError, EntryNotFoundError) as error:
        raise BadModel(
            f"{model.hub_id} has no {file.path} at {model.revision[:12]}; please report this fault of ours."
        ) from error
    except HTTPError as error:
        raise BadModel(
            f"The hub did not send all of {file.place} ({error}): check the network and fetch again;"
            " what has arrived is kept."
        ) from error
    except OSError as error:
        raise BadModel(
            f"Cannot write {file.place} to {folder} ({error.strerror or error}): make room there and fetch"
            " again; what has arrived is kept."
        ) from error
    return part


def _take(arrived: Path, there: Path, sha256: str | None, model: HubModel) -> str:
    """Move a file to its place, if it is the one; returns its sha256."""
    found = digest(arrived)
    if sha256 is not None and found != sha256:
        arrived.unlink()
        raise BadModel(
            f"{there.name} of {model.hub_id} is not the file that is pinned (its sha256 differs): it was"
            " altered on its way or at its source. It was thrown away; fetch again, tell us if it repeats."
        )
    there.parent.mkdir(parents=True, exist_ok=True)
    arrived.replace(there)
    return found


def _write_down(folder: Path, place: str, sha256: str) -> None:
    known = listing(folder)
    if known.get(place) == sha256:
        return
    known[place] = sha256
    lines = "".join(f"{known[name]}  {name}\n" for name in sorted(known))
    marking.write(folder / LISTING, lines.encode())
