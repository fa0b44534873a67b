"""Decode one uploaded photo outside this process, where a hostile file can neither harm nor reach anything.

The web process only passes bytes: ``decoder_child`` runs as a server of its own, started at the first photo
and again after a fork, and decodes each photo in a new child. Safe to call from any number of threads.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .intake import admitted, safe_name
from .types import BadInput, Month

AT_ONCE = max(2, os.cpu_count() or 2)  # children; each may take 768 MB, and more would only share the cores
PATIENCE = 60  # seconds without a byte from a child that the server ends after 25: the server itself is stuck
MOST_ANSWER = 16 << 20  # bytes; 2000 x 2000 pixels of noise are 9 MB
MOST_HEAD = 4096
PROGRAM = ("-m", "generation.engine.decoder_child")
ROOT = Path(__file__).resolve().parents[2]
# What both sides of the socket agree on; ``decoder_child`` is not imported here, it loads every codec.
REQUEST = struct.Struct(">HI")  # bytes of the name, bytes of the file
HEAD = struct.Struct(">I")  # bytes of the answer's JSON, which the pictures follow
DONE, TOO_LONG, CRASHED = b"0", b"T", b"C"  # the last byte of every answer, written by the server
ISOLATED, CONNECTED = b"N", b"-"  # its first byte: whether it has left the network
# Nothing of ours is handed on. One thread: a process with more than one must not fork.
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "LANG": "C.UTF-8",
}


@dataclass(frozen=True)
class Decoded:
    """A photo fit to be stored: upright, sRGB, without any byte of the file that was uploaded."""

    jpeg: bytes
    width: int
    height: int
    month: Month | None  # of capture
    ai_made: bool  # the file declares itself made by a model
    thumbnail: bytes  # WebP


class Server:
    """One ``decoder_child`` process and the socket that photos are handed over on."""

    def __init__(self) -> None:
        self.control, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, *PROGRAM],
                env={**ENVIRONMENT, "CONTROL": str(theirs.fileno())},
                cwd="/",
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the web process, which then closes the socket
            )
        self.control.settimeout(PATIENCE)
        self.isolated = self.control.recv(1) == ISOLATED

    def close(self) -> None:
        self.control.close()  # it ends by itself, and its children with it
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)


_lock = threading.Lock()
_places = threading.BoundedSemaphore(AT_ONCE)
_server: Server | None = None


def decode(data: bytes, name: str) -> Decoded:
    """The photo ``data`` re-encoded as an upright sRGB JPEG of at most 2000 pixels a side, and a thumbnail.

    ``name`` is what the person calls the file; ``safe_name`` of it is in every message. Raises BadInput, in
    words for that person, for all that ``intake.open_photo`` refuses and for what takes too long to read.
    """
    label = safe_name(name)
    admitted(data, label)
    with _places:
        answer, ending = _ask(data, label)
    if ending == TOO_LONG:
        raise BadInput(f"{label} took too long to read: save a smaller copy of it.")
    broken = BadInput(f"{label} is damaged or incomplete; upload the original file again.")
    if ending != DONE:
        raise broken
    try:
        return _unpacked(answer)
    except (ValueError, LookupError, TypeError, struct.error):  # nothing that a child says is believed
        raise broken from None


def network_isolated() -> bool:
    """Whether files are decoded where no network can be reached; this depends on the host's kernel."""
    with _lock:
        return _running().isolated


def _running() -> Server:
    """The server, started if need be. The caller holds the lock."""
    global _server
    if _server is None:
        _server = Server()
    return _server


def _ask(data: bytes, name: str) -> tuple[bytes, bytes]:
    """A child's answer and how it ended; a server that is gone is replaced once."""
    for _ in range(2):
        ours, theirs = socket.socketpair()
        with ours:
            server = _hand_over(theirs)
            answer = _exchange(ours, data, name)
        if answer:
            return answer[:-1], answer[-1:]
        _forget(server)
    raise BadInput(f"{name} could not be read just now; upload it again.")


def _hand_over(line: socket.socket) -> Server:
    with line, _lock:
        server = _running()
        with suppress(OSError):  # it is gone: then nobody answers
            socket.send_fds(server.control, [b"p"], [line.fileno()])
        return server


def _exchange(line: socket.socket, data: bytes, name: str) -> bytes:
    """Everything that comes back, the server's last byte included; nothing where the server died."""
    line.settimeout(PATIENCE)
    title = name.encode()
    answer = bytearray()
    try:
        with suppress(ConnectionError):  # a child may die before it has read everything
            line.sendall(REQUEST.pack(len(title), len(data)) + title)
            line.sendall(data)
        with suppress(ConnectionError):
            while len(answer) <= MOST_ANSWER and (part := line.recv(1 << 20)):
                answer += part
    except TimeoutError:
        return b""
    return bytes(answer)


def _forget(server: Server) -> None:
    """Let the next photo start a new server, unless another thread has done so already."""
    global _server
    with _lock:
        if _server is server:
            _server = None
            server.close()


def _unpacked(answer: bytes) -> Decoded:
    """What a child sent, checked: whoever took it over may have written anything."""
    (length,) = HEAD.unpack_from(answer)
    if length > MOST_HEAD:
        raise ValueError("a head of that length is none of ours")
    facts = json.loads(answer[HEAD.size : HEAD.size + length])
    if "error" in facts:
        raise BadInput(str(facts["error"]))
    start = HEAD.size + length
    end = start + int(facts["jpeg"])
    jpeg, thumbnail = answer[start:end], answer[end:]
    if jpeg[:3] != b"\xff\xd8\xff" or thumbnail[8:12] != b"WEBP":
        raise ValueError("these are not the pictures that were asked for")
    month = facts["month"] and (int(facts["month"][0]), int(facts["month"][1]))
    return Decoded(
        jpeg, int(facts["width"]), int(facts["height"]), month or None, facts["ai_made"] is True, thumbnail
    )


def _close() -> None:
    if _server:
        _server.close()


def _start_afresh() -> None:
    """After a fork: the parent's server, lock and places are the parent's."""
    global _lock, _places, _server
    _lock, _places = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)
    if _server:
        _server.control.close()
        _server.process.returncode = 0  # not our child: nothing to wait for
        _server = None


atexit.register(_close)
os.register_at_fork(after_in_child=_start_afresh)
