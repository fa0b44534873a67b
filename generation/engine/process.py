"""A Python module as a process of its own: given jobs, watched, stopped, and replaced when it dies.

The parent stays thin: it imports nothing heavy and keeps answering whatever native code does in the
child. Each child is started, read and watched by one thread here (its keeper), so that any number of callers
can share it. The child gets a handful of environment variables and no secret, and it dies with its parent.
"""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from . import types
from .progress import never
from .types import Cancelled, EngineError

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES"),
    *("OMP_NUM_THREADS", "OMP_WAIT_POLICY", "HEADSHOTS_CACHE", "YUNET"),
)
LOOK = 1.0  # seconds between two looks at the caller's cancel button
TICK = 0.5  # seconds between two looks of the keeper at its child
GRACE = 3.5  # seconds to stop a job in good order; with a look and a tick no more than 5

ANSWER, DONE, REFUSED, FAILED, DIED = "answer", "done", "refused", "failed", "died"


class ChildDied(EngineError):
    """The process ended, or said nothing for so long that it was ended."""


class ChildFailed(EngineError):
    """An error that nobody foresaw; ``trace`` is for those who run the site."""

    def __init__(self, words: str, trace: str) -> None:
        super().__init__(words)
        self.trace = trace


def bare_environment() -> dict[str, str]:
    """No secret, and no network in the engine's libraries."""
    named = {name: os.environ[name] for name in ALLOWED if name in os.environ}
    return named | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}


class Child:
    """``python -m module``, started at the first job and again after each death. Thread-safe."""

    def __init__(
        self, module: str, *arguments: str, patience: float, environment: Mapping[str, str] | None = None
    ) -> None:
        self.module, self.arguments = module, arguments
        self.patience = patience
        self.environment = {**bare_environment(), **(environment or {})}
        self._lock = threading.Lock()
        self._life: _Life | None = None

    @property
    def pid(self) -> int | None:
        """The living child's, None where there is none."""
        return self._life.process.pid if self._life and not self._life.over else None

    def ask(
        self, verb: str, cancelled: Callable[[], bool] = never, *, aside: bool = False, **said: Any
    ) -> Iterator[Any]:
        """Do ``verb`` in the child: its answers as they come.

        ``cancelled`` is asked once a second, here, in the caller's thread; then, or when the iterator is left
        early, the child stops within ``GRACE`` or is ended. Of what is done ``aside`` the caller is rid at
        once, and the child when it next looks: others' work is never ended for it. Raises the child's own
        EngineErrors, Cancelled, ChildFailed, and ChildDied.
        """
        life = self._living()
        number, answers = life.begin(verb, said)
        stopped, looked = False, 0.0
        try:
            while True:
                if not stopped and time.monotonic() - looked >= LOOK:
                    looked = time.monotonic()
                    if stopped := cancelled():
                        life.stop(number, by_force=not aside)
                    if stopped and aside:
                        raise Cancelled("The work was stopped.")
                try:
                    kind, value = answers.get(timeout=LOOK)
                except Empty:
                    continue
                if kind == DONE:
                    return
                if kind != ANSWER:
                    raise Cancelled("The work was stopped.") if stopped else _error(kind, value)
                if not stopped:
                    yield value
        finally:
            life.stop(number, by_force=not aside)

    def start(self) -> None:
        """Begin to ``load`` whatever it works with, without waiting."""
        self._living().begin("load", {})

    def replace(self, *arguments: str) -> None:
        """End it at once, and give the next one other arguments; whoever waits for it gets ChildDied."""
        with self._lock:
            if self._life:
                self._life.end("was replaced")
            self._life, self.arguments = None, arguments

    def close(self) -> None:
        """End it at once; whoever waits for it gets ChildDied."""
        with self._lock:
            if self._life:
                self._life.end("was closed")

    def _living(self) -> _Life:
        with self._lock:
            if self._life is None or self._life.over:
                command = (sys.executable, "-X", "faulthandler", "-m", self.module, *self.arguments)
                self._life = _Life(command, self.environment, self.patience)
            return self._life


def _error(kind: str, value: Any) -> EngineError:
    if kind == REFUSED:
        name, words = value
        known: type[EngineError] = getattr(types, name)
        return known(words)
    if kind == FAILED:
        return ChildFailed(*value)
    return ChildDied(f"The engine's process {value}; ask again, and a fresh one goes on.")


@dataclass
class _Life:
    """One process from start to end, with the jobs that it has not finished."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    patience: float
    jobs: dict[int, SimpleQueue[tuple[str, Any]]] = field(default_factory=dict)
    deadlines: dict[int, float] = field(default_factory=dict)  # of stopped jobs
    over: bool = False
    cause: str = ""
    heard: float = 0.0  # when the child last said something, or began to have work

    def __post_init__(self) -> None:
        self._lock, self._sending, self._count = threading.Lock(), threading.Lock(), 0
        self._outbox: SimpleQueue[bytes] = SimpleQueue()  # pickled; nothing is the end
        self._started = threading.Event()
        self._failure: OSError | None = None
        threading.Thread(target=self._keep, name="engine-keeper", daemon=True).start()
        self._started.wait()
        if self._failure:
            raise ChildDied(f"The engine's process cannot be started ({self._failure}).")
        threading.Thread(target=self._send, name="engine-sender", daemon=True).start()

    def begin(self, verb: str, said: Mapping[str, Any]) -> tuple[int, SimpleQueue[tuple[str, Any]]]:
        """Hand the child a job; its number and where its answers will be."""
        answers: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        with self._lock:
            self._count += 1
            number = self._count
            if self.over:
                answers.put((DIED, self.cause))
                return number, answers
            if not self.jobs:
                self.heard = time.monotonic()
            self.jobs[number] = answers
        self._outbox.put(pickle.dumps((number, verb, said)))
        return number, answers

    def stop(self, number: int, *, by_force: bool) -> None:
        """Ask the child to leave a job; nothing where it has ended or was asked before."""
        with self._lock:
            if number not in self.jobs or number in self.deadlines:
                return
            self.deadlines[number] = time.monotonic() + GRACE if by_force else math.inf
        self._outbox.put(pickle.dumps((number, "", {})))

    def end(self, cause: str) -> None:
        self.cause = self.cause or cause
        self.process.kill()

    def _send(self) -> None:
        """Photos are more than the pipe holds: who wrote them would be deaf until the child has read."""
        with suppress(OSError):  # it has died: the keeper tells everybody
            while message := self._outbox.get():
                with self._sending:
                    self.pipe.send_bytes(message)

    def _keep(self) -> None:
        """Start the child, hear it out and bury it.

        The kernel ends the child with the thread that started it: it must be this one, which lives as long.
        """
        self.pipe, theirs = Pipe()
        try:
            self.process = self._spawn(theirs)
        except OSError as error:
            self._failure, self.over = error, True
            return
        finally:
            theirs.close()
            self._started.set()
        try:
            while True:
                if self.pipe.poll(TICK):
                    self._hear(*self.pipe.recv())
                self._watch()
        except (EOFError, OSError):
            self._bury()

    def _spawn(self, theirs: Connection) -> subprocess.Popen[bytes]:
        end = theirs.fileno()
        return subprocess.Popen(
            [*self.command, str(end), str(os.getpid())],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            pass_fds=[end],
            process_group=0,  # a Ctrl-C at the worker is the worker's business
        )

    def _hear(self, number: int, kind: str, value: Any) -> None:
        with self._lock:
            self.heard = time.monotonic()
            answers = self.jobs.get(number)
            if kind in (DONE, REFUSED, FAILED):
                self.jobs.pop(number, None)
                self.deadlines.pop(number, None)
        if answers:
            answers.put((kind, value))

    def _watch(self) -> None:
        """End a child that leaves a stopped job too late, or that has work and says nothing."""
        now = time.monotonic()
        with self._lock:
            late = any(now > deadline for deadline in self.deadlines.values())
            hung = bool(self.jobs) and now - self.heard > self.patience
        if late:
            self.end("did not stop in time")
        elif hung:
            self.end(f"said nothing for {self.patience:.0f} s")

    def _bury(self) -> None:
        self.process.kill()
        code = self.process.wait()
        self._outbox.put(b"")
        with self._sending:  # its number may soon be another file's
            self.pipe.close()
        with self._lock:
            self.over = True
            self.cause = self.cause or (f"was ended by signal {-code}" if code < 0 else f"ended ({code})")
            waiting = list(self.jobs.values())
        for answers in waiting:
            answers.put((DIED, self.cause))
