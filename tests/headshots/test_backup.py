"""A backup brings back what is wanted, and nothing of whoever left since."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from accounts import keys
from accounts.models import Company, Release, User
from generation import erasing, leaving, seats, vault
from generation.models import Shoot, Status
from headshots import backup
from headshots.places import file_storage
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
YESTERDAY = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def places(tmp_path: Path, settings: Any) -> Path:
    """Pictures and keys of this test alone; returns the folder of both."""
    urls = {"default": f"file://{tmp_path}/files", "keys": f"file://{tmp_path}/keys"}
    settings.STORAGES = {**settings.STORAGES, **{name: file_storage(url) for name, url in urls.items()}}
    return tmp_path


def picture(shoot: Shoot) -> bytes:
    one = shoot.headshots.first()
    assert one is not None
    return vault.get(shoot.pk, "headshots", f"{one.pk}.full")


def taken(folder: Path, now: datetime = YESTERDAY) -> tuple[Path, Path]:
    return backup.take(folder / "backup", folder / "keys-backup", now)


def a_new_database(folder: Path) -> dict[str, str]:
    """The environment of an installation that has nothing but these places and their secrets."""
    own = {
        **{"DATA_DIR": str(folder / "new"), "MASTER_KEY": settings.MASTER_KEY, "SECRET_KEY": "new"},
        **{"STORAGE_URL": f"file://{folder}/files", "KEYS_URL": f"file://{folder}/keys"},
    }
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS restored")
            cursor.execute("CREATE DATABASE restored")
        own["DATABASE_URL"] = os.environ["DATABASE_URL"].rpartition("/")[0] + "/restored"
    return {**os.environ, **own}


def manage(root: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


ASK = """
from accounts.models import Company, Release, User
from generation.models import Shoot
print(sorted(User.objects.values_list("email", flat=True)))
print(sorted(Shoot.objects.values_list("status", flat=True)))
print(Release.objects.filter(withdrawn_at=None).count(), Company.objects.filter(closed_at=None).count())
"""


def test_yesterdays_backup_brings_back_nobody_who_left_since(root: Path, places: Path) -> None:
    ivy, emil, zoe = (cast.person(name, password=None) for name in ("ivy", "emil", "zoe"))
    hers, his, zoes = cast.ready(ivy, 1), cast.ready(emil, 1), cast.ready(zoe, 1)
    cast.company(emil)
    copy, _ = taken(places)
    shutil.copytree(places / "files", places / "files-backup")
    leaving.leave(ivy)
    leaving.withdraw(zoes.release)
    for company in Company.objects.all():
        seats.close(company, by=None)
    shutil.rmtree(places / "files")
    shutil.move(places / "files-backup", places / "files")  # the pictures' copy comes back, too
    lost = next((places / "files" / "shoots" / str(his.pk) / "inputs").iterdir())
    lost.unlink()  # but for one
    new = a_new_database(places)
    done = manage(root, new, "restore", str(copy))
    assert f"missing: shoots/{his.pk}/inputs/{lost.name}" in done.stdout, done.stderr
    assert "1 pictures are missing; 0 who had left are back." in done.stderr
    assert "{'companies': 1, 'people': 1, 'releases': 1}" in done.stdout
    said = manage(root, new, "shell", "--verbosity", "0", "--command", ASK).stdout.splitlines()
    assert said == ["['emil@example.com', 'zoe@example.com']", "['purged', 'purged', 'ready']", "1 0"]
    assert picture(his)
    for shoot in (hers, zoes):
        with pytest.raises(vault.Gone):
            vault.get(shoot.pk, "inputs", "identity")


def test_a_lost_key_store_comes_back_without_what_was_erased_since(places: Path) -> None:
    ivy, emil = cast.person("ivy", password=None), cast.person("emil", password=None)
    hers, his = cast.ready(ivy, 1), cast.ready(emil, 1)
    _, kept = taken(places)
    leaving.withdraw(hers.release)
    shutil.rmtree(places / "keys")
    done = backup.restore(None, kept)
    assert done.erased["keys of nothing"] == 2  # her photos' and her headshots'
    assert picture(his)
    assert all(keys.is_destroyed(f"shoot/{hers.pk}/{kind}") for kind in ("inputs", "headshots"))


def test_a_key_that_was_destroyed_stays_so(places: Path) -> None:
    shoot = cast.ready(cast.person("ivy", password=None), 1)
    _, kept = taken(places)
    vault.delete_all(shoot.pk, "headshots")
    assert backup.restore(None, kept).keys == 0
    assert keys.is_destroyed(f"shoot/{shoot.pk}/headshots")
    shoot.refresh_from_db()
    assert shoot.status == Status.PURGED  # its row went after its key


def test_a_database_with_anything_in_it_is_left_alone(places: Path) -> None:
    copy, _ = taken(places)
    with pytest.raises(backup.Refused, match="not empty"):
        backup.restore(copy, None)


def test_copies_of_keys_live_for_three_days(places: Path) -> None:
    cast.ready(cast.person("ivy", password=None), 1)
    first = taken(places)
    second = taken(places, YESTERDAY + timedelta(days=2))
    third = taken(places, YESTERDAY + timedelta(days=4))
    assert [copy.exists() for _, copy in (first, second, third)] == [False, True, True]
    assert first[0].is_dir()  # of databases the operator decides


def test_neither_copy_opens_to_others_nor_holds_the_other(places: Path) -> None:
    shoot = cast.ready(cast.person("ivy", password=None), 1)
    copy, kept = taken(places)
    wrapped = (places / "keys" / "shoot" / str(shoot.pk) / "headshots").read_bytes()
    assert not [file for file in copy.iterdir() if wrapped in file.read_bytes()]
    assert kept.stat().st_mode & 0o077 == copy.stat().st_mode & 0o077 == 0
    database = next(copy.glob("database.*"))
    assert database.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("inner", ["backup", "backup/keys"])
def test_keys_beside_the_rest_are_refused(places: Path, inner: str) -> None:
    with pytest.raises(CommandError, match="a place of their own"):
        call_command("backup", str(places / "backup"), str(places / inner))


def test_the_last_owner_who_had_left_is_named(caplog: pytest.LogCaptureFixture) -> None:
    hana = cast.person("hana")
    cast.company(hana)
    keys.destroy(f"people/{hana.pk}")
    assert erasing.again() == {"left": 1}
    assert f"people/{hana.pk} had left and is back" in caplog.text


def test_what_stands_is_left_alone() -> None:
    """Nothing goes from an installation that lost nothing."""
    cast.ready(cast.person("ivy", password=None), 1)
    cast.portrait(cast.member(cast.company(cast.person("hana")), cast.person("emil")), {"full": b"x"})
    assert erasing.again() == {}
    assert User.objects.count() == 3
    assert Release.objects.filter(withdrawn_at=None).count() == 2
