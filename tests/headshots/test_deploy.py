"""What deploy/ has is whole: nginx reads the template, units name what is there, scripts can be read."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.certificates import certified


@pytest.fixture
def deploy(root: Path) -> Path:
    return root / "deploy"


@pytest.fixture
def filled(deploy: Path, tmp_path: Path) -> dict[str, str]:
    both = str(certified(tmp_path, "headshots.example"))
    return {
        **{"RUN": str(tmp_path), "LOG": str(tmp_path / "log"), "SITE_URL": "https://headshots.example"},
        **{"HTTP": "127.0.0.1:8080", "HTTPS": "127.0.0.1:8443", "HOST": "headshots.example"},
        **{"WEB": "127.0.0.1:8000", "STATIC_PARENT": str(tmp_path), "MONITOR": "192.0.2.1"},
        **{"CERTIFICATE": both, "CERTIFICATE_KEY": both},
    }


def render(deploy: Path, words: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [deploy / "render", deploy / "nginx.conf.template"]
    own = {"PATH": os.environ["PATH"], **words}
    return subprocess.run(command, env=own, capture_output=True, text=True, check=False)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="needs nginx: apt-get install nginx-light")
def test_the_proxys_template_is_one_that_nginx_reads(
    deploy: Path, tmp_path: Path, filled: dict[str, str]
) -> None:
    made = render(deploy, filled)
    assert made.returncode == 0, made.stderr
    (tmp_path / "nginx.conf").write_text(made.stdout)
    command = ["nginx", "-t", "-q", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_name_that_is_not_given_is_asked_for(deploy: Path, filled: dict[str, str]) -> None:
    made = render(deploy, {name: word for name, word in filled.items() if name != "MONITOR"})
    assert made.returncode == 1
    assert made.stderr.startswith("Set MONITOR")
    assert not made.stdout


def test_the_proxy_says_nothing_of_persons(deploy: Path) -> None:
    """Neither who asked nor for what: a path may hold a token."""
    text = (deploy / "nginx.conf.template").read_text()
    (form,) = re.findall(r"log_format \w+ '([^']*)'", text)
    personal = ("addr", "uri", "request ", "args", "referer", "agent", "user", "forwarded", "cookie")
    assert not [word for word in personal if word in form.replace("request_", "")]
    assert re.findall(r"access_log \S+ (\S+);", text) == ["nobody"]


def test_units_and_the_rollout_name_what_is_there(deploy: Path, root: Path) -> None:
    units = sorted((deploy / "systemd").iterdir())
    named = re.findall(r"headshots-[a-z-]+(?=@|\.socket)", (deploy / "rollout").read_text())
    assert {*named, "headshots-web-own"} <= {unit.name.partition("@")[0].partition(".")[0] for unit in units}
    for unit in units:
        parsed = configparser.RawConfigParser(strict=False)
        parsed.optionxform = str  # type: ignore[assignment,method-assign]
        parsed.read(unit)
        for line in re.findall(r"ExecStart=(.*)", unit.read_text()):
            assert re.search(r"manage\.py (check|migrate|collectstatic|work)|headshots\.wsgi", line), line
            for file in re.findall(r" (headshots/\S+\.py|manage\.py)", line):
                assert (root / file).is_file()


@pytest.mark.parametrize("script", ["render", "rollout"])
def test_scripts_can_be_read(deploy: Path, script: str) -> None:
    done = subprocess.run(["bash", "-n", deploy / script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_rollout_knows_two_places(deploy: Path) -> None:
    done = subprocess.run([deploy / "rollout", "red"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "blue or green" in done.stderr
