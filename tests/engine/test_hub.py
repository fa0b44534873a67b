"""Fetching models from a hub: resumed, verified, refused when altered. The hub is a server of our own."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from huggingface_hub import constants

from generation.engine import hub, production
from generation.engine.production import LISTING, PRODUCTION, HubFile, HubModel, listing, pins
from generation.engine.types import BadModel

COMMIT = "0123456789abcdef0123456789abcdef01234567"
WEIGHTS = bytes(range(256)) * 8192  # 2 MB
CONFIG = b'{"width": 3}'


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


PINNED = HubModel(
    "somebody/model",
    COMMIT,
    "MIT",
    "to be fetched",
    (
        HubFile("unet/weights.safetensors", "unet/weights.safetensors", sha256(WEIGHTS)),
        HubFile("unet/config.json", "config.json", sha256(CONFIG)),
    ),
)
UNKNOWN = HubModel(
    "somebody/other", COMMIT, "MIT", "of unknown sum", (HubFile("other/a.bin", "a.bin", None),)
)


@dataclass
class Hub:
    """What the server holds, what it was asked, and how many bytes it sends before its line goes dead."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, range
    left: int = 1 << 30


@pytest.fixture(autouse=True)
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other tests reach nothing; these reach the server below, in small pieces and without long waits."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1 << 16)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)  # between the library's own five attempts


@pytest.fixture
def server() -> Iterator[Hub]:
    """The hub's layout: /REPOSITORY/resolve/COMMIT/PATH with its headers, ranges and error codes."""
    held = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            asked_range = self.headers.get("Range", "")
            held.asked.append((self.command, self.path, asked_range))
            repository, _, rest = self.path.lstrip("/").partition("/resolve/")
            commit, _, path = rest.partition("/")
            data = held.files.get(f"{repository}/{path}")
            if data is None:
                self.send_response(404)
                self.send_header("X-Error-Code", "EntryNotFound")
                self.send_header("X-Repo-Commit", commit)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            start = int(asked_range.removeprefix("bytes=").rstrip("-") or 0) if body and asked_range else 0
            self.send_response(206 if start else 200)
            self.send_header("ETag", f'"{sha256(data)}"')
            self.send_header("X-Repo-Commit", commit)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(data) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            if body:
                sent = data[start : start + held.left]
                held.left -= len(sent)
                self.wfile.write(sent)

        def log_message(self, *args: object) -> None:
            del args

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.address = f"http://127.0.0.1:{listening.server_port}"
    held.files = {
        "somebody/model/unet/weights.safetensors": WEIGHTS,
        "somebody/model/config.json": CONFIG,
        "somebody/other/a.bin": b"as it is now",
    }
    thread = Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    yield held
    listening.shutdown()
    thread.join()
    listening.server_close()


def fetch(folder: Path, held: Hub, *models: HubModel, pin: bool = False) -> list[str]:
    said: list[str] = []
    hub.fetch(folder, pin=pin, say=said.append, endpoint=held.address, models=models or (PINNED,))
    return said


def test_files_come_to_their_places_with_a_listing_and_are_not_fetched_twice(
    server: Hub, tmp_path: Path
) -> None:
    fetch(tmp_path, server)
    assert (tmp_path / "unet/weights.safetensors").read_bytes() == WEIGHTS
    assert listing(tmp_path) == {
        "unet/weights.safetensors": sha256(WEIGHTS),
        "unet/config.json": sha256(CONFIG),
    }
    assert not (tmp_path / hub.ARRIVING).exists()
    server.asked.clear()
    assert fetch(tmp_path, server) == ["unet/weights.safetensors: ready", "unet/config.json: ready"]
    assert not server.asked


def test_a_download_that_broke_goes_on_where_it_stopped(server: Hub, tmp_path: Path) -> None:
    server.left = 300_000
    with pytest.raises(BadModel, match="what has arrived is kept"):
        fetch(tmp_path, server)
    server.left = 1 << 30
    server.asked.clear()
    fetch(tmp_path, server)
    begun = [asked for method, path, asked in server.asked if method == "GET" and "weights" in path]
    assert begun
    assert all(int(asked.removeprefix("bytes=").rstrip("-")) >= 200_000 for asked in begun)
    assert (tmp_path / "unet/weights.safetensors").read_bytes() == WEIGHTS


def test_an_altered_byte_is_thrown_away(server: Hub, tmp_path: Path) -> None:
    server.files["somebody/model/unet/weights.safetensors"] = b"\1" + WEIGHTS[1:]
    with pytest.raises(BadModel, match="is not the file that is pinned"):
        fetch(tmp_path, server)
    assert not list(tmp_path.rglob("*.safetensors"))
    server.files["somebody/model/unet/weights.safetensors"] = WEIGHTS
    fetch(tmp_path, server)
    assert (tmp_path / "unet/weights.safetensors").read_bytes() == WEIGHTS


def test_a_file_that_was_altered_here_is_fetched_anew(server: Hub, tmp_path: Path) -> None:
    fetch(tmp_path, server)
    (tmp_path / "unet/config.json").write_bytes(b"{}")
    assert fetch(tmp_path, server)[1] == "unet/config.json: from somebody/model"
    assert (tmp_path / "unet/config.json").read_bytes() == CONFIG


def test_a_listing_that_was_lost_is_written_anew_without_fetching(server: Hub, tmp_path: Path) -> None:
    fetch(tmp_path, server)
    before = (tmp_path / LISTING).read_text()
    (tmp_path / LISTING).unlink()
    server.asked.clear()
    fetch(tmp_path, server)
    assert (tmp_path / LISTING).read_text() == before
    assert not server.asked


def test_a_file_that_is_gone_from_the_hub_is_said(server: Hub, tmp_path: Path) -> None:
    del server.files["somebody/model/config.json"]
    with pytest.raises(BadModel, match=r"somebody/model has no config\.json at 0123456789ab"):
        fetch(tmp_path, server)
    assert (tmp_path / "unet/weights.safetensors").is_file()


def test_without_network_nothing_is_half_written(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="check the network and fetch again"):
        fetch(tmp_path, Hub(address="http://127.0.0.1:9"))
    assert not listing(tmp_path)


def test_what_nobody_can_pin_waits_for_the_operators_word(server: Hub, tmp_path: Path) -> None:
    with pytest.raises(BadModel, match=r"known of other/a\.bin: run `manage\.py fetch_models --pin`"):
        fetch(tmp_path, server, PINNED, UNKNOWN)
    assert not server.asked  # said before hours of downloading
    fetch(tmp_path, server, PINNED, UNKNOWN, pin=True)
    assert pins(tmp_path, (UNKNOWN,)) == {"other/a.bin": sha256(b"as it is now")}


def test_a_pin_is_for_ever(server: Hub, tmp_path: Path) -> None:
    fetch(tmp_path, server, UNKNOWN, pin=True)
    (tmp_path / "other/a.bin").unlink()
    server.files["somebody/other/a.bin"] = b"another one"
    with pytest.raises(BadModel, match="is not the file that is pinned"):
        fetch(tmp_path, server, UNKNOWN, pin=True)
    assert (tmp_path / LISTING).read_text() == f"{sha256(b'as it is now')}  other/a.bin\n"


def test_the_manifest_says_of_every_model_where_it_comes_from_and_what_may_be_done() -> None:
    places = [file.place for model in PRODUCTION for file in model.files]
    assert len(places) == len(set(places))
    for model in PRODUCTION:
        assert len(model.revision) == 40
        assert model.licence in {"MIT", "Apache-2.0", "CreativeML Open RAIL++-M"}
        assert model.use
        assert all(file.sha256 is None or len(file.sha256) == 64 for file in model.files)


def test_a_folder_loads_only_when_every_file_is_listed_with_its_sum(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match=r"controlnet/diffusion_pytorch_model\.safetensors.*--pin"):
        production.check(tmp_path)
    sums = {place: sha256 or "0" * 64 for place, sha256 in pins(tmp_path).items()}

    def listed(**changed: str) -> None:
        lines = "".join(f"{sha256}  {place}\n" for place, sha256 in (sums | changed).items())
        (tmp_path / LISTING).write_text(lines)

    listed()
    production.check(tmp_path)
    listed(**{"unet/config.json": "1" * 64})
    with pytest.raises(
        BadModel, match=r"unet/config\.json, or has another version: run `manage\.py fetch_models"
    ):
        production.check(tmp_path)
