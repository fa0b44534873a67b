"""The child's side of ``process``: hears jobs at any moment, works on one, draws tries between its steps."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from .process import ANSWER, DONE, FAILED, REFUSED
from .types import Cancelled, EngineError

STOPPED = "The work was stopped."
BEAT = 1.0  # seconds between two signs of life
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of linux/prctl.h


@dataclass(eq=False)
class Job:
    """One request of the parent, and how its work reports while it is under way."""

    desk: Desk
    number: int
    verb: str
    said: Mapping[str, Any]
    aside: bool
    stopped: bool = False

    def say(self, value: object) -> None:
        """Answer before the work is done."""
        self.desk.send(self.number, ANSWER, value)

    def cancelled(self) -> bool:
        """The engine's cancel button, looked at between two steps; what waits aside is served there."""
        self.desk.beat()
        if not self.aside:
            self.desk.serve_aside()
        return self.stopped


Verb = Callable[..., Iterator[Any]]  # (job, **said) -> answers


class Desk:
    """One main thread works; a second one only listens, so that the parent never waits to be heard."""

    def __init__(self, verbs: Mapping[str, Verb], aside: Collection[str] = ()) -> None:
        """The last two arguments of the command line are the pipe and the parent's process id."""
        self.verbs, self.aside_verbs = verbs, aside
        self.pipe = Connection(int(sys.argv[-2]))
        _confine(int(sys.argv[-1]))
        self.jobs: dict[int, Job] = {}
        self.waiting, self.aside = deque[Job](), deque[Job]()
        self.drawing: tuple[Job, Iterator[Any]] | None = None
        self.news, self.sending, self.beaten = threading.Condition(), threading.Lock(), 0.0
        threading.Thread(target=self._listen, daemon=True).start()

    def serve(self) -> None:
        """Work until the parent is gone."""
        while True:
            with self.news:
                self.news.wait_for(lambda: self.waiting or self.aside or self.drawing)
                job = self.waiting.popleft() if self.waiting else None
            if job is None:
                self.serve_aside()
                continue
            work = self._open(job)
            while self._advance(job, work):
                pass

    def serve_aside(self) -> None:
        """One answer of the oldest job that is served aside: a picture, which takes a few seconds."""
        if self.drawing is None:
            with self.news:
                job = self.aside.popleft() if self.aside else None
            self.drawing = (job, self._open(job)) if job else None
        if self.drawing and not self._advance(*self.drawing):
            self.drawing = None

    def beat(self) -> None:
        """Tell the parent that the main thread is alive."""
        if time.monotonic() - self.beaten > BEAT:
            self.beaten = time.monotonic()
            self.send(0, ANSWER, None)

    def send(self, number: int, kind: str, value: object) -> None:
        with self.sending:
            self.pipe.send((number, kind, value))

    def _open(self, job: Job) -> Iterator[Any]:
        return self.verbs[job.verb](job, **job.said)

    def _advance(self, job: Job, work: Iterator[Any]) -> bool:
        """Send the job's next answer; False when it is over."""
        try:
            if job.stopped:
                raise Cancelled(STOPPED)
            self.send(job.number, ANSWER, next(work))
        except StopIteration:
            self._over(job, DONE, None)
        except EngineError as error:
            self._over(job, REFUSED, (type(error).__name__, str(error)))
        except Exception as error:
            last = traceback.format_exception_only(error)[-1].strip()
            self._over(job, FAILED, (last, traceback.format_exc()))
            if not job.aside:  # who knows what it left on the model: a fresh process is sure
                sys.exit(1)
        else:
            return True
        return False

    def _over(self, job: Job, kind: str, value: object) -> None:
        self.jobs.pop(job.number, None)
        self.send(job.number, kind, value)

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                number, verb, said = self.pipe.recv()
                self._note(number, verb, said)
        os._exit(0)  # the parent is gone, and with it everybody who wanted this

    def _note(self, number: int, verb: str, said: Mapping[str, Any]) -> None:
        with self.news:
            if not verb:
                self._stop(number)
                return
            job = Job(self, number, verb, said, verb in self.aside_verbs)
            self.jobs[number] = job
            (self.aside if job.aside else self.waiting).append(job)
            self.news.notify()

    def _stop(self, number: int) -> None:
        """What waits its turn is over at once; what is under way hears of it between two steps."""
        if job := self.jobs.get(number):
            job.stopped = True
            for line in (self.waiting, self.aside):
                if job in line:
                    line.remove(job)
                    self._over(job, REFUSED, (Cancelled.__name__, STOPPED))


def _confine(parent: int) -> None:
    """Leave no core dump, which would hold faces, and die with the parent even inside native code."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):  # not Linux: the end of the pipe tells, a little later
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
