"""What a file that takes over its decoder could still do: next to nothing, and only to itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from generation.engine import decoder
from generation.engine.types import BadInput

from . import corpus

# The server as it is, but for what a child does with its file, and with shorter limits.
TAKEN_OVER = """
import os, pathlib, signal, socket, sys, time
from generation.engine import decoder_child as child

def attack(data, name):
    {attack}

def say(value):
    return child._packed(dict(error=str(value)))

child._warm()
child._warm = lambda: None
child._answer = attack
child.CPU, child.WALL = 1, 3
child.main(socket.socket(fileno=int(os.environ.pop("CONTROL"))))
"""

Attack = Callable[[str], str]


@pytest.fixture
def outcome(monkeypatch: pytest.MonkeyPatch) -> Iterator[Attack]:
    """What becomes of a photo whose decoder runs a line of the attacker's: the sentence of its refusal."""

    def attacked(line: str) -> str:
        monkeypatch.setattr(decoder, "PROGRAM", ("-c", TAKEN_OVER.format(attack=line)))
        restart()
        with pytest.raises(BadInput) as refusal:
            decoder.decode(corpus.whole("JPEG"), "me.jpg")
        return str(refusal.value)

    yield attacked
    monkeypatch.undo()
    restart()


def restart() -> None:
    if decoder._server:
        decoder._forget(decoder._server)


@pytest.mark.parametrize(
    "attack",
    [
        "open('/etc/hostname')",
        "open('/tmp/taken', 'w')",
        "socket.socket()",
        "socket.create_connection(('127.0.0.1', 80))",
        "os.pipe()",
        "os.close(0); os.open('/etc/hostname', os.O_RDONLY)",
        "child.resource.setrlimit(child.resource.RLIMIT_NOFILE, (64, 64)); os.pipe()",
        "bytearray(1 << 30)",
        "os.kill(os.getpid(), signal.SIGSEGV)",
        "return b''",
        "return b'\\xff' * 5000",
        "return child._packed(dict(width=1, height=1, month=None, ai_made=False, jpeg=9), b'<html></html>')",
        "return child._packed(dict(jpeg=-1))",
        "return b'x' * (40 << 20)",
    ],
)
def test_it_can_neither_reach_nor_return_anything(attack: str, outcome: Attack) -> None:
    sentence = outcome(attack)
    assert sentence == "me.jpg is damaged or incomplete; upload the original file again."


@pytest.mark.parametrize(
    "attack", ["while True: pass", "time.sleep(60)", "signal.alarm(0); os.fork(); os.fork(); time.sleep(60)"]
)
def test_it_cannot_last(attack: str, outcome: Attack) -> None:
    assert outcome(attack) == "me.jpg took too long to read: save a smaller copy of it."


def test_it_finds_no_secret_in_its_environment(outcome: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_canary")
    found = outcome("return say(dict(os.environ))")
    assert "PYTHONPATH" in found
    assert "canary" not in found


def test_it_sees_no_network_where_the_kernel_allows_that(outcome: Attack) -> None:
    if not decoder.network_isolated():
        pytest.skip("this kernel gives no network namespace")
    assert outcome("return say(os.stat('/proc/self/ns/net').st_ino)") != str(
        os.stat("/proc/self/ns/net").st_ino
    )


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give the child another user")
def test_it_cannot_harm_its_server(outcome: Attack) -> None:
    assert "harmed" not in outcome("os.kill(os.getppid(), 9); return say('harmed')")
    assert decoder._server
    assert decoder._server.process.poll() is None


def test_it_runs_as_nobody_where_the_web_process_is_root(outcome: Attack) -> None:
    assert outcome("return say(os.getuid())") == str(os.getuid() or 65534)
