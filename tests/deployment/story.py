"""One deployment from nothing: set up, looked over, a shoot through the proxy, a new release meanwhile."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import uuid
from collections import Counter
from contextlib import ExitStack
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import django
from urllib3 import encode_multipart_formdata

os.environ["DJANGO_SETTINGS_MODULE"] = "headshots.settings"
django.setup()

from django.conf import settings  # noqa: E402

from accounts import tokens  # noqa: E402
from billing import ledger  # noqa: E402
from generation import cast, demo, tries  # noqa: E402
from generation.models import Photo, Shoot, Status, Verdict  # noqa: E402
from headshots.models import Worker  # noqa: E402

from . import layout  # noqa: E402

PHOTOS = 6
LONG = 3600.0  # seconds, beyond which something is stuck
BESIDE = 20  # shoots of others, where the engine pretends
AFTER = 3.0  # seconds that pages are asked for once the old release has gone


def main() -> dict[str, Any]:
    began = time.monotonic()
    with ExitStack() as stack:
        for words in (("migrate", "--no-input"), ("collectstatic", "--no-input")):
            done = layout.manage(*words)
            assert done.returncode == 0, done.stderr
        shared = stack.enter_context(layout.listening())
        blue, _ = layout.web("web-blue", shared)
        stack.callback(layout.end, blue)
        stack.callback(layout.end, layout.nginx(shared.getsockname()[1]))
        workers = [layout.worker(f"worker-{number}") for number in (1, 2)]
        for one in workers:
            stack.callback(layout.end, one)
        layout.until(lambda: Worker.objects.count() == 2, "two workers were not seen")
        looked = layout.manage("doctor")
        print(looked.stdout, looked.stderr, file=sys.stderr)
        up = time.monotonic()
        shoot = submitted()
        layout.until(lambda: Shoot.objects.filter(claimed_until__isnull=False), "nobody began to learn", LONG)
        rolled = rollout(stack, shared, blue, workers)
        layout.until(lambda: not Shoot.objects.working().exists(), "no gallery", LONG)
        return told(shoot, looked.stdout, rolled, up - began, time.monotonic() - up)


def told(shoot: str, looked: str, rolled: dict[str, Any], up: float, took: float) -> dict[str, Any]:
    found, seen = Shoot.objects.get(pk=shoot), Counter(line.split()[0] for line in looked.splitlines())
    pictures = api(f"shoots/{shoot}/headshots/")
    picture = ask(f"shoots/{shoot}/headshots/{pictures[0]['id']}/picture.jpg") if pictures else b""
    holds = (
        not seen["wrong"]
        and not Shoot.objects.exclude(status=Status.READY).exists()
        and not rolled["requests that failed"]
        and picture.startswith(b"\xff\xd8")
        and not rolled["starts that were lost"]
        and gone("/metrics")
    )
    return {
        "doctor": dict(seen),
        "seconds until it stood": round(up, 1),
        "seconds from the first photo to the gallery": round(took, 1),
        "shoot": found.status,
        "headshots": len(pictures),
        **rolled,
        "holds": holds,
    }


def ask(path: str, data: bytes | None = None, kind: str = "application/json", method: str = "") -> bytes:
    headers = {"Authorization": f"Bearer {TOKEN[0]}", "Content-Type": kind}
    asked = Request(f"{settings.SITE_URL}/api/v1/{path}", data, headers, method=method or None)
    try:
        with urlopen(asked, timeout=60) as answer:
            return bytes(answer.read())
    except HTTPError as error:
        raise RuntimeError(f"{path}: {error.code} {error.read()[:300]!r}") from None


def api(path: str, said: object = None, method: str = "") -> Any:
    return json.loads(ask(path, None if said is None else json.dumps(said).encode(), method=method))


TOKEN = list[str]()


def submitted() -> str:
    """ivy's program, from the consent to the queue; all of it through the proxy."""
    ivy = cast.person("ivy", password=None)
    ledger.grant(ivy, 1, source="test")
    TOKEN.append(tokens.make(ivy, "deployment"))
    text = api("consent/")["sha256"]
    shoot: str = api("shoots/", {"text": text, "is_subject": True, "is_adult": True})["id"]
    for file in sorted(demo.PHOTOS.glob("*.jpg"))[:PHOTOS]:
        form = {"upload": str(uuid.uuid4()), "photo": (file.name, file.read_bytes(), "image/jpeg")}
        ask(f"shoots/{shoot}/photos/", *encode_multipart_formdata(form))
    layout.until(lambda: judged(shoot), "photos were not judged", LONG)
    api(f"shoots/{shoot}/choice/", {"looks": ["studio-grey@1"]}, "PUT")
    api(f"shoots/{shoot}/submit/", {})
    if settings.ENGINE:  # whose shoot takes seconds: the rollout is to find work under way
        for number in range(BESIDE):
            cast.submitted(cast.person(f"waits-{number}", password=None), asked=8)
    return shoot


def judged(shoot: str) -> bool:
    """The pretended engine has no eyes: then every photo is good."""
    waiting = Photo.objects.filter(shoot=shoot, verdict=Verdict.WAITING)
    if settings.ENGINE:
        for photo in waiting:
            Photo.objects.filter(pk=photo.pk).update(verdict=Verdict.ACCEPTED)
            tries.go_on(photo)
    return not waiting.exists()


def rollout(stack: ExitStack, shared: Any, blue: Any, workers: list[Any]) -> dict[str, Any]:
    """The order of deploy/rollout, while pages are asked for: migrate, new web, old web, workers in turn."""
    over, answers = threading.Event(), Counter[str]()
    asking = threading.Thread(target=keep_asking, args=(over, answers))
    asking.start()
    began = time.monotonic()
    assert layout.manage("migrate", "--no-input").returncode == 0
    green, _ = layout.web("web-green", shared)
    stack.callback(layout.end, green)
    layout.end(blue)
    lost = 0
    for number, old in enumerate(workers, start=3):
        layout.end(old)
        lost += Shoot.objects.working().filter(claimed_until=None, starts__gt=0).count()
        stack.callback(layout.end, layout.worker(f"worker-{number}"))
    time.sleep(AFTER)
    took = time.monotonic() - began
    over.set()
    asking.join()
    return {
        "rollout, seconds": round(took, 1),
        "starts that were lost": lost,
        "requests meanwhile": answers.total(),
        "requests that failed": answers.total() - answers["200"],
        "answers": dict(answers),
    }


def keep_asking(over: threading.Event, answers: Counter[str]) -> None:
    """A page, one connection each, as strangers come; about ten a second, since the cores have work."""
    while not over.wait(0.1):
        try:
            with urlopen(settings.SITE_URL, timeout=60) as answer:
                answers[str(answer.status)] += 1
        except HTTPError as error:
            answers[str(error.code)] += 1
        except (URLError, OSError) as error:
            answers[type(getattr(error, "reason", error)).__name__] += 1


def gone(path: str) -> bool:
    try:
        with urlopen(f"{settings.SITE_URL}{path}", timeout=10):
            return False
    except HTTPError as error:
        return error.code == 404


if __name__ == "__main__":
    print(json.dumps(main()))
