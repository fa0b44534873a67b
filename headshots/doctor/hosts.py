"""What this host brings: settings that fit, room, static files, the model; and a worker somewhere."""

from __future__ import annotations

import filecmp
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.checks import ERROR, run_checks
from django.core.files.storage import FileSystemStorage, storages
from django.utils import timezone

from generation import lab
from generation.alarms import alarms
from generation.engine import production, weights
from generation.engine.types import BadModel

from ..heartbeat import ALIVE
from ..models import Worker
from .findings import Said, ok, warn, wrong

GB = 1_000_000_000
COLLECT = "Run manage.py collectstatic, then restart the web process."
SCARCE, LOW = 1 * GB, 10 * GB  # a shoot in work needs 0.3 GB of scratch, its files less


def system_checks() -> Iterator[Said]:
    """Django's and ours, those for a deployment included."""
    found = run_checks(include_deployment_checks=settings.SITE_URL.startswith("https://"))
    for message in found:
        hint = f" {message.hint}" if message.hint else ""
        say = wrong if message.level >= ERROR else warn
        yield say(f"{message.msg}{hint} ({message.id})")
    if not found:
        yield ok("The settings fit together.")


def disk() -> Iterator[Said]:
    for folder in sorted(_folders()):
        free = shutil.disk_usage(folder).free
        left = f"{free / GB:.1f} GB are free at {folder}"
        if free < SCARCE:
            yield wrong(f"{left}: uploads and shoots will fail. Make room.")
        elif free < LOW:
            yield warn(f"{left}. Make room soon.")
        else:
            yield ok(f"{left}.")


def _folders() -> set[Path]:
    """Where this host writes, one folder for each file system."""
    asked = [settings.DATA_DIR, Path(tempfile.gettempdir())]
    stores = [storages[alias] for alias in ("default", "keys")]
    asked += [Path(store.location) for store in stores if isinstance(store, FileSystemStorage)]
    there = [next(one for one in (folder, *folder.parents) if one.is_dir()) for folder in asked]
    return set({folder.stat().st_dev: folder for folder in there}.values())


def static_files() -> Iterator[Said]:
    """Everything collected, and from this release: the copies are what the sources are."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        yield warn("Static files have no hashes in their names; set STORAGES as headshots/settings.py does.")
        return
    root, hashed = Path(settings.STATIC_ROOT), staticfiles_storage.load_manifest()[0]
    if not hashed:
        yield wrong(f"No static files are collected. {COLLECT}")
        return
    old = [name for name, source in _sources() if name not in hashed or _differs(source, root / name)]
    if old:
        said = f"{len(old)} static files are missing or of another release ({old[0]} …)"
        yield wrong(f"{said}. {COLLECT}")
    else:
        yield ok(f"{len(hashed)} static files are collected.")


def _sources() -> Iterator[tuple[str, Path]]:
    seen = set()
    for finder in get_finders():
        for name, store in finder.list([]):
            if name not in seen:
                seen.add(name)
                yield name, Path(store.path(name))


def _differs(source: Path, copy: Path) -> bool:
    return not copy.is_file() or not filecmp.cmp(source, copy, shallow=False)


def model() -> Iterator[Said]:
    """Of a host with a worker; elsewhere no model need lie."""
    folder = lab.model_folder()
    if settings.ENGINE:
        yield warn(f"ENGINE is {settings.ENGINE}, which only pretends. Unset it.")
        return
    try:
        if weights.cache_dir().is_dir():
            weights.check_face_models()
        else:
            yield warn(f"{weights.cache_dir()} has no face models; where a worker runs, run make setup.")
        if not folder.is_dir():
            yield warn(f"MODEL names {folder}, which is not here; a worker on this host would not start.")
            return
        production.check_gate(folder)
        if not (folder / "engine.json").is_file():
            production.check(folder)
            if gone := [name for name in production.listing(folder) if not (folder / name).is_file()]:
                yield wrong(f"{folder} lacks {gone[0]}. Run manage.py fetch_models.")
                return
    except BadModel as error:
        yield wrong(str(error))
        return
    said = "The understudy draws: a preview" if settings.MODEL == "understudy" else f"{folder} is as pinned"
    yield ok(f"{said}.")


def worker() -> Iterator[Said]:
    alive = Worker.objects.filter(seen_at__gt=timezone.now() - ALIVE).count()
    if alive:
        yield ok(f"{alive} at work.")
    else:
        yield wrong("No worker was seen in the last 20 s: nothing is drawn or deleted. Start manage.py work.")
    for sentence in alarms():
        yield warn(f"{sentence} The worker's log says why.")
