"""A store that is there, gone, slow or broken, as a file says: a thin proxy before a real S3 server."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.peers import HOST, free_port

SLOW = 2.0  # seconds before each answer
ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def unreliable(behind: int, mood: Path) -> Iterator[int]:
    """The port of the proxy; ``mood`` holds ok, down, slow or broken."""
    mood.write_text("ok")
    port = free_port()
    with socket.create_server((HOST, port), backlog=128) as door:
        threading.Thread(target=_serve, args=(door, behind, mood), daemon=True).start()
        yield port


def _serve(door: socket.socket, behind: int, mood: Path) -> None:
    with suppress(OSError):  # the door is closed: the scenario is over
        while True:
            caller, _ = door.accept()
            threading.Thread(target=_answer, args=(caller, behind, mood), daemon=True).start()


def _answer(caller: socket.socket, behind: int, mood: Path) -> None:
    with suppress(OSError), caller, socket.create_connection((HOST, behind)) as server:
        threading.Thread(target=_carry, args=(server, caller), daemon=True).start()
        while asked := caller.recv(1 << 16):
            now = mood.read_text()
            if now == "down":
                caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return  # a reset, also of connections that were kept open
            if now == "broken":
                caller.sendall(ERROR)
                return
            if now == "slow":
                time.sleep(SLOW)
            server.sendall(asked)


def _carry(server: socket.socket, caller: socket.socket) -> None:
    with suppress(OSError):
        while answer := server.recv(1 << 16):
            caller.sendall(answer)
        caller.shutdown(socket.SHUT_RDWR)  # the server ended it: so do we
