"""No template needs what browsers are told to forbid, and Django's own check of a deployment is content."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

# The policy would keep a browser from running or applying any of these.
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)|<style|\sstyle=|\son[a-z]+=", re.I
)
TAG = re.compile(r"{%.*?%}", re.S)  # Django's, which never reach a browser


def test_no_template_has_script_or_style_of_its_own(root: Path) -> None:
    mails = ("emails",)  # their readers know no policy, and no style sheet either
    pages = [path for path in (root / "templates").rglob("*.html") if not set(mails) & set(path.parts)]
    assert len(pages) > 50
    assert not [str(path) for path in pages if INLINE.search(TAG.sub("", path.read_text()))]


def test_deployed_settings_pass_djangos_check(root: Path, tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=root,
        env={
            "PATH": os.environ["PATH"],  # and no more of ours: a browser's driver lowers Django's guard
            "DATA_DIR": str(tmp_path),
            "SITE_URL": "https://headshots.example",
            "ALLOWED_HOSTS": "headshots.example",
            "MASTER_KEY": secrets.token_urlsafe(48),
            "SECRET_KEY": secrets.token_urlsafe(48),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
