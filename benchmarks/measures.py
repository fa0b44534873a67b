"""What every result in ``benchmarks/results`` measures, and the command that measures it again.

A result stands here by its file's name, a part of one by that and its key. The paths are those whose change
could change the figures, and no more: who edits a page's words should not have to train anything. What
measures is not what is measured, so no benchmark names itself. Those made on a GPU name least.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Measure:
    again: str  # the command
    paths: tuple[str, ...]  # globs from the repository's root


def engine(*modules: str) -> tuple[str, ...]:
    return tuple(f"generation/engine/{name}.py" for name in modules)


def app(*modules: str) -> tuple[str, ...]:
    return tuple(f"generation/{name}.py" for name in modules)


# One file holds the sums of all the others, so weights need not be read.
WEIGHTS = ("generation/understudy/weights/weights.sha256",)
DRAWING = engine("pipeline", "adapter", "studio", "sketch")
LEARNING = engine(
    *("identity", "training_step", "losses", "choosing", "training_photos", "checkpoints", "memory"),
)
RANKING = engine("ranking", "measure", "skin", "traits", "reader")
CHILDREN = engine("process", "resident", "resident_child", "desk")
JUDGING = engine(
    *("photos", "rules", "quality", "faces", "mesh", "pose", "view", "geometry", "alignment"),
    *("segment", "skin", "shading", "tints", "hidden", "coverage", "together"),
)
ARRIVING = app("intake", "tasks", "readings") + engine("checker", "checker_child") + JUDGING
WORK = app("tasks", "shoots", "models/shoots", "sweeper")
TRYING = app("tries", "tasks", "lab", "frames") + engine("selfie", "previews") + DRAWING + CHILDREN + WEIGHTS

MONEY = tuple(
    f"billing/{name}.py"
    for name in ("models", "ledger", "orders", "gateway", "standings", "tasks", "webhooks")
)

ERASING = app("retention", "leaving", "vault", "portraits", "seats", "tries") + tuple(
    f"accounts/{name}.py" for name in ("companies", "files", "keys", "sealing")
)
MARKING = engine("marking", "credentials", "signer") + app("marks", "media")

MEASURES = {
    "alarms": Measure(
        "make alarms",
        (
            *(f"headshots/{name}.py" for name in ("metrics", "lateness", "monitoring", "readiness")),
            *("deploy/observe/alarms.yml", "deploy/observe/prometheus.yml"),
        ),
    ),
    "corpus": Measure("make corpus", engine("decoder", "decoder_child", "intake", "plain")),
    "deployment": Measure(
        "make deployment",
        (
            *("deploy/nginx.conf.template", "deploy/render", "headshots/serving.py", "headshots/doctor/*.py"),
            "generation/management/commands/work.py",
        ),
    ),
    "engine": Measure(
        "make bench",
        DRAWING + LEARNING + RANKING + engine("selfie", "shoot", "session") + WEIGHTS,
    ),
    "faults kills": Measure("python -m tests.faults kills=20", WORK + CHILDREN),
    "faults pretended-kills": Measure("python -m tests.faults pretended-kills=20", WORK),
    "faults flush": Measure("python -m tests.faults flush=50", (*WORK, "headshots/broker.py")),
    "faults fairness": Measure("python -m tests.faults fairness=500", WORK),
    "faults estimates": Measure("python -m tests.faults estimates=30", app("estimates")),
    **{
        f"faults {name}": Measure(f"python -m tests.faults {name}={count}", (*WORK, *paths))
        for name, count, paths in (
            ("cancel", 20, app("leaving", "retention")),
            ("consent", 200, app("leaving", "retention")),
            ("poison", 100, engine("process", "desk")),
            ("deploy", 5, (*CHILDREN, "generation/management/commands/work.py")),
            ("pretended-deploy", 20, ("generation/management/commands/work.py",)),
            ("postgres", 20, (*app("outages"), "headshots/broker.py")),
            ("disk", 1, (*app("outages", "frames", "vault"), "accounts/files.py")),
            ("s3", 1, (*app("outages", "frames", "vault"), "accounts/files.py", "headshots/places.py")),
            ("clock", 4, app("retention")),
            ("soak", 1800, (*app("outages", "frames", "letters"), "billing/ledger.py")),
        )
    },
    **{
        f"money {name}": Measure(f"python -m tests.money {name}={count}", MONEY)
        for name, count in (
            ("deliveries", 10_000),
            ("kills", 1),
            ("journal", 100_000),
            ("webhooks", 1_000),
            ("deaf", 50),
        )
    },
    "drill": Measure("make drill", ("accounts/keys.py", "accounts/lockout.py", "generation/whose.py")),
    # On a GPU, or for hours without one: what decides whether somebody is recognised.
    "expectation": Measure(
        "python -m benchmarks.expectation --cast DIR --out OUT",
        engine("losses", "ranking", "measure") + WEIGHTS,
    ),
    "fairness understudy": Measure(
        "make fairness, best on a GPU",
        (
            *engine(
                "pipeline", "adapter", "studio", "sketch", "looks", "losses", "ranking", "measure", "skin"
            ),
            *("generation/tones.py", "generation/understudy/panel.json"),
            *WEIGHTS,
        ),
    ),
    # Of every kind of GPU: benchmarks/results/gpu-shoot-<kind>.json.
    "gpu-shoot": Measure(
        "make bench-gpu, on a GPU of that kind",
        engine(
            "pipeline", "adapter", "acceleration", "identity", "training_step", "memory", "studio", "selfie"
        ),
    ),
    "judging beside a shoot": Measure("python -m benchmarks.judging SITE --beside", ARRIVING),
    "judging idle": Measure("python -m benchmarks.judging SITE", ARRIVING),
    "journeys": Measure("make journeys", WORK + CHILDREN + DRAWING + LEARNING + WEIGHTS),
    "load": Measure(
        "make load",
        (
            *("headshots/serving.py", "headshots/pages.py", "generation/views/gallery.py"),
            *("generation/views/arriving.py", "generation/views/trying.py"),
            *app("gallery", "media", "vault", "uploads", "intake", "tries"),
            *engine("decoder", "decoder_child", "intake", "checker", "checker_child"),
        ),
    ),
    **{
        f"load-team {database}": Measure(
            "make load-team",
            (
                *app("boards", "exports", "initials", "portraits", "views/board", "views/board_files"),
                *("accounts/doors.py", "accounts/models/companies.py", "generation/models/portraits.py"),
                *("templates/board/*.html", "templates/company/*.html"),
            ),
        )
        for database in ("sqlite", "postgresql")
    },
    **{
        f"privacy {part}": Measure(f"python -m tests.privacy {part}", paths)
        for part, paths in (
            ("tests", (*ERASING, *MARKING, "accounts/consent.py", "generation/periods.py")),
            ("sweep", ERASING),
            ("sweep-embedded", ERASING),
            ("clock", app("retention", "periods", "vault")),
            ("race", app("retention", "leaving", "shoots", "models/shoots")),
        )
    },
    # That each break still fits the code is a test; this says which tests notice it.
    "mutants": Measure("make mutants", ("tests/mutants/breaks.py",)),
    "security tests": Measure(
        "make security",
        (
            *engine("decoder", "decoder_child", "intake", "adapter", "hub", "gate"),
            *app("media", "tries"),
            *("headshots/pages.py", "headshots/settings.py", "accounts/doors.py"),
        ),
    ),
    # By hand, on the frames that evaluate's shoots leave: which scores could choose the selects.
    "selecting": Measure("what docs/understudy.md says of it", WEIGHTS),
    "shortcuts": Measure(
        "python -m benchmarks.shortcuts, on a GPU",
        engine("pipeline", "studio", "ranking", "measure") + WEIGHTS,
    ),
    # Figures of a training belong to the weights that came of it.
    "training": Measure("python -m generation.understudy.train, on a GPU", WEIGHTS),
    "try_web beside a shoot": Measure("python -m benchmarks.try_web SITE --beside", TRYING),
    "try_web idle": Measure("python -m benchmarks.try_web SITE", TRYING),
    "understudy": Measure("make evaluate", engine("pipeline", "sketch", "losses") + WEIGHTS),
    "verdicts": Measure("python -m benchmarks.verdicts --renders DIR", JUDGING),
    "web": Measure(
        "make bench-web",
        (
            *("headshots/serving.py", "headshots/pages.py", "accounts/middleware.py"),
            *app("gallery", "media", "vault", "uploads", "intake", "shoots", "readings"),
            *("generation/views/gallery.py", "generation/views/opening.py"),
            *("generation/views/photos.py", "generation/views/arriving.py"),
            *engine("decoder", "decoder_child", "intake", "plain"),
            *("templates/base.html", "templates/includes/*.html", "templates/pages/landing.html"),
            *(f"templates/generation/{name}.html" for name in ("gallery", "frame", "favourite", "marks")),
            *("static/css/*.css", "static/js/*.js"),
        ),
    ),
}

# Old results that stay until they are measured again, and why they could not be at once.
IDLE = "an hour of idle cores, next in turn since 23 November 2026"
PUT_OFF = {
    "faults estimates": IDLE,
    "faults fairness": IDLE,
    "faults flush": IDLE,
    "faults kills": IDLE,
    "faults pretended-kills": IDLE,
    "journeys": IDLE,
    "judging beside a shoot": IDLE,
    "load-team sqlite": IDLE,
    "load-team postgresql": IDLE,
    "judging idle": IDLE,
    **{f"money {part}": IDLE for part in ("deliveries", "kills", "journal", "webhooks", "deaf")},
    "try_web beside a shoot": IDLE,
    "try_web idle": IDLE,
    "web": IDLE,
}


def code(name: str) -> dict[str, str]:
    """A digest of what each of a result's paths holds now."""
    return {path: digest(path) for path in MEASURES[name].paths}


def digest(path: str, root: Path = ROOT) -> str:
    """Of names and contents; twelve digits are enough to see a change by."""
    seen = hashlib.sha256()
    for file in sorted(root.glob(path)):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        seen.update(f"{file.relative_to(root).as_posix()} {content}\n".encode())
    return seen.hexdigest()[:12]
