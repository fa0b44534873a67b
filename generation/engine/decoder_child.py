"""Where strangers' files are decoded: a server that forks one child a photo, with nothing to gain inside.

Started by ``decoder`` with an empty environment; the server itself never reads a file. A child may open no
file and no socket, has only so much memory and time, and answers in JSON and encoded pictures, never in
pickles: who takes it over writes that answer.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import selectors
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from time import monotonic
from typing import NoReturn

import c2pa  # noqa: F401 -- a child cannot import any more: it can open no file
import pi_heif
from PIL import ExifTags, Image, ImageCms

from . import intake
from .decoder import CONNECTED, CRASHED, DONE, HEAD, ISOLATED, REQUEST, TOO_LONG
from .types import BadInput

# A crop of half the picture still fills the 1024 pixels that the largest model trains on, and a 12-megapixel
# phone photo (4000 or 4032 pixels) can be decoded at half size, in half the time.
LONGEST, SMALL = 2000, 400  # pixels; a tile of the upload page is at most 200 CSS pixels wide
# 48 megapixels of HEIC, the largest that phones make, take 550 MB of address space and 3 s on a busy core.
MEMORY = 768 << 20  # bytes
CPU, WALL = 8, 25  # seconds
NOBODY = 65534
NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000  # linux/sched.h
DIE_WITH_PARENT, DUMPABLE, NO_NEW_PRIVILEGES = 1, 4, 38  # linux/prctl.h


@dataclass
class Child:
    """A photo being decoded: where its answer goes and when its time is up."""

    line: socket.socket
    deadline: float
    late: bool = False


def serve(control: socket.socket) -> None:
    """Fork a child for each connection handed over on ``control``, until that closes."""
    wake, woken = socket.socketpair()
    woken.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken.fileno())
    children: dict[int, Child] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(wake, selectors.EVENT_READ)
        while True:
            nearest = min((child.deadline for child in children.values() if not child.late), default=None)
            ready = selector.select(None if nearest is None else max(0.0, nearest - monotonic()))
            sources = [key.fileobj for key, _ in ready]
            if wake in sources:
                wake.recv(4096)
            _end_late(children)
            _reap(children)
            if control in sources and not _start(control, children):
                break
    for pid in children:
        _kill(pid)


def _start(control: socket.socket, children: dict[int, Child]) -> bool:
    """Whether somebody is still there to hand photos over."""
    message, lines, _, _ = socket.recv_fds(control, 1, 1)
    if not message:
        return False
    line = socket.socket(fileno=lines[0])
    pid = os.fork()
    if pid == 0:
        _decode_one(line)
    children[pid] = Child(line, monotonic() + WALL)
    return True


def _end_late(children: dict[int, Child]) -> None:
    for pid, child in children.items():
        if child.deadline <= monotonic() and not child.late:
            child.late = True
            _kill(pid)


def _kill(pid: int) -> None:
    """The child and whatever it started."""
    for kill in (os.kill, os.killpg):
        with suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def _reap(children: dict[int, Child]) -> None:
    """Close each ended child's connection with one byte that says how it ended."""
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        child = children.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        out_of_time = child.late or code in (-signal.SIGXCPU, -signal.SIGALRM)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # what it may have left behind
        with suppress(OSError), child.line:
            ending = DONE if code == 0 else TOO_LONG if out_of_time else CRASHED
            child.line.send(ending, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)


def _decode_one(line: socket.socket) -> NoReturn:
    """The child: shut everything, read one photo, answer, end."""
    try:
        _confine(line)
        named, length = REQUEST.unpack(_exactly(line, REQUEST.size))
        name = _exactly(line, named).decode()
        line.sendall(_answer(_exactly(line, length), name))
        os._exit(0)
    except BaseException:
        os._exit(1)


def _confine(line: socket.socket) -> None:
    os.setsid()
    _become_nobody()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    prctl(DIE_WITH_PARENT, signal.SIGKILL)
    signal.alarm(WALL + 1)
    own = line.fileno()  # the other photos' connections are closed
    os.closerange(3, own)
    os.closerange(own + 1, 4096)
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),  # RLIMIT_NPROC is left alone: the HEIC codec needs threads
        (resource.RLIMIT_NOFILE, 0),  # what is open stays open; nothing else can be opened or connected to
    ):
        resource.setrlimit(limit, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))


def _exactly(line: socket.socket, length: int) -> bytes:
    """``length`` bytes from the other end, which sends no fewer."""
    data = bytearray(length)
    view = memoryview(data)
    while view:
        count = line.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return bytes(data)


def _answer(data: bytes, name: str) -> bytes:
    try:
        photo = intake.open_photo(data, name, LONGEST)
    except BadInput as refusal:
        return _packed({"error": str(refusal)})
    picture = photo.image
    jpeg = _encoded(picture, "JPEG", quality=95, subsampling=0)  # 4:4:4: fine edges of hair keep their colour
    small = picture.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    facts = {"width": picture.width, "height": picture.height, "month": photo.month, "ai_made": photo.ai_made}
    return _packed({**facts, "jpeg": len(jpeg)}, jpeg, _encoded(small, "WEBP", quality=80, method=2))


def _encoded(picture: Image.Image, kind: str, **options: int) -> bytes:
    stream = BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def _packed(facts: dict[str, object], *pictures: bytes) -> bytes:
    head = json.dumps(facts).encode()
    return b"".join((HEAD.pack(len(head)), head, *pictures))


def isolate() -> bool:
    """Leave the network behind, if the kernel allows it; whether it did."""
    prctl(NO_NEW_PRIVILEGES, 1)
    prctl(DUMPABLE, 0)  # a child may not look into the server, which still sees the other photos
    return _unshare(NEW_NETWORK) or _unshare(NEW_USER | NEW_NETWORK)


def _become_nobody() -> None:
    """Root may signal everybody, and a child of the server's own user the server."""
    if os.geteuid() == 0:
        with suppress(PermissionError):
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)


def _unshare(flags: int) -> bool:
    with suppress(AttributeError):  # not on Linux
        return bool(ctypes.CDLL(None).unshare(flags) == 0)
    return False


def prctl(option: int, value: int) -> None:
    with suppress(AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _warm() -> None:
    """Decode once what loads its modules late; every child then has them."""
    pi_heif.register_heif_opener(thumbnails=False)
    pi_heif.options.DECODE_THREADS = 2
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    for kind in ("JPEG", "PNG", "WEBP"):
        stream = BytesIO()
        mode = "RGBA" if kind == "PNG" else "RGB"
        Image.new(mode, (256, 256)).save(stream, kind, icc_profile=profile, exif=exif)
        _answer(stream.getvalue(), "")


def main(control: socket.socket) -> None:
    """Get ready, say whether the network is out of reach, serve."""
    _warm()
    gc.freeze()
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), 2)  # what codecs print about a stranger's file is in no log
    control.sendall(ISOLATED if isolate() else CONNECTED)
    serve(control)


if __name__ == "__main__":
    main(socket.socket(fileno=int(os.environ.pop("CONTROL"))))
