"""From folders of pictures to the issue's figures: the judge sees everything once, the rest is arithmetic."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import skin
from ..engine.looks import CATALOGUE, COLOURS
from . import scores
from .cast import AMONG, LIGHTS, pose_of
from .scores import Array
from .witness import Seen, Sitter, all_of, nearest_light, nearest_smile, recognise, see, shaded, shows

KINDS = ("base", "selfie", "chosen", "last")


@dataclass(frozen=True)
class Trial:
    """One subject as judged; the frames in the orders' order."""

    folder: Path
    tone: int  # Monk, 1-10
    record: Mapping[str, Any]  # shoot.json
    frames: tuple[Seen, ...]
    photos: Array  # (n, 128)
    like: tuple[Array, ...]
    truth: Mapping[str, Seen]  # by look and direction
    without: Mapping[str, Mapping[str, Seen]]  # kept trait -> by look and direction
    lights: Mapping[str, Array | None]  # shading by pose and light
    rebuilt: Array  # (k,) distance of studio pictures to themselves through the VAE
    kinds: Mapping[str, Array]  # (m, 128) by KINDS

    @cached_property
    def smiles(self) -> Mapping[str, float]:
        """How much this person smiles in the renders of each expression."""
        found = defaultdict[str, list[float]](list)
        asked = {line["name"]: line["direction"]["expression"] for line in self.record["frames"]}
        for name, seen in self.truth.items():
            if seen.face and name in asked:
                found[asked[name]].append(seen.face.smile)
        return {expression: float(np.median(values)) for expression, values in found.items()}

    @property
    def shown(self) -> list[int]:
        """Indices of the gallery's frames, best first."""
        lines = self.record["frames"]
        return sorted((i for i, line in enumerate(lines) if line["rank"]), key=lambda i: lines[i]["rank"])

    @property
    def selects(self) -> list[int]:
        return [i for i in self.shown if self.record["frames"][i]["select"]]

    def descriptors(self, indices: Iterable[int]) -> Array:
        return np.stack([self.frames[i].descriptor for i in indices] or [np.full(128, np.nan)])


def figures(
    folders: Sequence[Path], crowd: Path, workers: int
) -> tuple[dict[str, float], dict[str, float], dict[str, object]]:
    """(goal -> value, goal -> what the judge reads on the renders themselves, notes)."""
    trials = judged(folders, workers)
    others = _grouped(all_of(recognise, sorted(crowd.glob("*/*.jpg")), workers))
    values = likeness(trials, list(others.values())) | directed(trials) | looks(trials) | fairness(trials)
    low, high = scores.interval(gains := _gains(trials))
    values |= {
        "ranking: selects against all": float(np.mean(gains)),
        "ranking: lower end of the 95 % interval": low,
    }
    notes: dict[str, object] = {
        "ranking interval": [round(low, 4), round(high, 4)],
        "frames drawn": sum(len(trial.frames) for trial in trials),
        "headshots": sum(len(trial.shown) for trial in trials),
        "without a gallery": [trial.folder.name for trial in trials if not trial.shown],
        "seconds per subject": round(float(np.mean([t.record["seconds"]["all"] for t in trials])), 1),
        "likeness by subject": [round(scores.median(_near(t, t.selects)), 3) for t in trials],
    }
    return values, ceilings(trials), notes


def judged(folders: Sequence[Path], workers: int) -> list[Trial]:
    """Let the judge see every picture, all subjects in one go."""
    records = [json.loads((folder / "shoot.json").read_text()) for folder in folders]
    watched = [path for folder in folders for path in _watched(folder)]
    known = [path for folder in folders for path in _known(folder)]
    lit = [path for folder in folders for path in folder.glob("lights/*.png")]
    seen, recognised = all_of(see, watched, workers), all_of(recognise, known, workers)
    lights = all_of(shaded, lit, workers)
    return [_trial(f, record, seen, recognised, lights) for f, record in zip(folders, records, strict=True)]


def _watched(folder: Path) -> list[Path]:
    return [*folder.glob("frames/*.png"), *folder.glob("truth/*.png"), *folder.glob("without/*/*.png")]


def _known(folder: Path) -> list[Path]:
    kinds = [path for kind in (*KINDS, "vae") for path in folder.glob(f"{kind}/*.png")]
    return [*folder.glob("photos/*.jpg"), *folder.glob("like/*/*.jpg"), *kinds]


def _trial(
    folder: Path,
    record: Mapping[str, Any],
    seen: Mapping[Path, Seen],
    recognised: Mapping[Path, Array],
    lights: Mapping[Path, Array | None],
) -> Trial:
    def stacked(pattern: str) -> Array:
        return np.stack([recognised[path] for path in sorted(folder.glob(pattern))] or [np.full(128, np.nan)])

    def by_name(pattern: str) -> dict[str, Seen]:
        return {path.stem: seen[path] for path in folder.glob(pattern)}

    truth = by_name("truth/*.png")
    pairs = [(truth[p.stem].descriptor, recognised[p]) for p in sorted(folder.glob("vae/*.png"))]
    return Trial(
        folder=folder,
        tone=round(json.loads((folder / "person.json").read_text())["tone"]),
        record=record,
        frames=tuple(seen[path] for path in sorted(folder.glob("frames/*.png"))[: len(record["frames"])]),
        photos=stacked("photos/*.jpg"),
        like=tuple(_grouped({p: recognised[p] for p in sorted(folder.glob("like/*/*.jpg"))}).values()),
        truth=truth,
        without={path.name: by_name(f"without/{path.name}/*.png") for path in folder.glob("without/*")},
        lights={path.stem: lights[path] for path in folder.glob("lights/*.png")},
        # A render that the judge cannot read says nothing about the VAE; a lost face does.
        rebuilt=np.array(
            [np.nan_to_num(np.linalg.norm(a - b), nan=1.0) for a, b in pairs if np.isfinite(a).all()]
        ),
        kinds={kind: stacked(f"{kind}/*.png") for kind in KINDS},
    )


def _grouped(described: Mapping[Path, Array]) -> dict[str, Array]:
    """Descriptors by the folder that they lie in, one folder a person."""
    groups = defaultdict(list)
    for path, descriptor in described.items():
        groups[str(path.parent)].append(descriptor)
    return {name: np.stack(group) for name, group in groups.items()}


def _near(trial: Trial, indices: Sequence[int]) -> Array:
    return scores.distances(trial.descriptors(indices), trial.photos)


def _gains(trials: Sequence[Trial]) -> list[float]:
    """How much nearer the selects are than everything drawn, one figure a subject with a gallery."""
    found = []
    for trial in (trial for trial in trials if trial.selects):
        select = np.isin(np.arange(len(trial.frames)), trial.selects)
        found.append(scores.gain(_near(trial, range(len(trial.frames))), select))
    return found


def likeness(trials: Sequence[Trial], crowd: Sequence[Array]) -> dict[str, float]:
    """Who the pictures show, by the judge."""
    everybody = [trial.photos for trial in trials]
    fifty, ten, ordered, chosen = list[Any](), list[Any](), list[bool](), list[float]()
    for index, trial in enumerate(trials):
        selects = trial.descriptors(trial.selects)
        others = [*everybody[:index], *everybody[index + 1 :], *crowd][: AMONG - 1]
        fifty.append(scores.nearest_is_own(selects, trial.photos, others))
        ten.append(scores.nearest_is_own(selects, trial.photos, trial.like))
        mean = {kind: float(scores.distances(own, trial.photos).mean()) for kind, own in trial.kinds.items()}
        ordered.append(scores.in_order(mean["chosen"], mean["selfie"], mean["base"]))
        has_last = any((trial.folder / "last").glob("*.png"))
        chosen.append(mean["chosen"] - mean["last"] if has_last else 0.0)
    shown = [trial.frames[i] for trial in trials for i in trial.shown]
    return {
        "face found by MediaPipe": scores.share([seen.face is not None for seen in shown]),
        "face found by HOG": scores.share([seen.found_by_hog for seen in shown]),
        "VAE ceiling": scores.median(np.concatenate([trial.rebuilt for trial in trials])),
        "likeness of selects": scores.median(np.concatenate([_near(t, t.selects) for t in trials])),
        "nearest of 50 people": scores.share(np.concatenate(fifty)),
        "nearest of 10 like people": scores.share(np.concatenate(ten)),
        "trained better than IP-Adapter better than base": scores.share(ordered),
        "chosen checkpoint against the last": float(np.mean(chosen)),
        "A and B each nearer to their own photos": scores.swapped(
            [trial.descriptors(trial.shown) for trial in trials], everybody
        ),
    }


def _pairs(trials: Sequence[Trial]) -> list[tuple[Sitter | None, Sitter | None, Mapping[str, Any]]]:
    """(what a headshot shows, what the render of the same look shows, its record) over all galleries."""
    return [
        (trial.frames[i].face, trial.truth[line["name"]].face, line)
        for trial in trials
        for i in trial.shown
        for line in (trial.record["frames"][i],)
    ]


def directed(trials: Sequence[Trial]) -> dict[str, float]:
    """Whether the direction was obeyed; a picture without a face obeyed nothing."""
    heights = [(face, true) for face, true, _ in _pairs(trials) if true]
    return (
        _obeyed([(t, t.frames[i].face, t.record["frames"][i]) for t in trials for i in t.shown])
        | _lit([(t, t.frames[i].face, t.record["frames"][i]) for t in trials for i in t.shown])
        | {
            "head height error": scores.median(
                [abs(face.head_height - true.head_height) if face else np.nan for face, true in heights]
            )
        }
    )


def _obeyed(faces: Sequence[tuple[Trial, Sitter | None, Mapping[str, Any]]]) -> dict[str, float]:
    asked = [(trial, face, line["direction"]) for trial, face, line in faces]
    return {
        "yaw error": scores.median([abs(f.yaw - d["yaw"]) if f else np.nan for _, f, d in asked]),
        "pitch error": scores.median([abs(f.pitch - d["pitch"]) if f else np.nan for _, f, d in asked]),
        "expression right": scores.share(
            [bool(f and nearest_smile(f.smile, t.smiles) == d["expression"]) for t, f, d in asked if t.smiles]
        ),
    }


def _lit(faces: Sequence[tuple[Trial, Sitter | None, Mapping[str, Any]]]) -> dict[str, float]:
    """Whether the light stands where it was asked to, by the renders in known lights; none, no answer."""
    sides, kinds = list[bool](), dict[str, list[bool]]({"soft": [], "hard": []})
    for trial, face, line in faces:
        pose, asked = pose_of(line["name"]), line["direction"]
        known = {light: at for light in LIGHTS if (at := trial.lights.get(pose + light)) is not None}
        if known:
            side, kind = None, None
            if face:
                side, kind, _ = LIGHTS[list(known)[nearest_light(face.shading, list(known.values()))]]
            sides.append(side == asked["light_side"])
            kinds[asked["light"]].append(kind == asked["light"])
    # Hard light is asked for less often: both kinds count the same.
    told_apart = float(np.mean([scores.share(found) for found in kinds.values()]))
    return {"light side right": scores.share(sides), "soft against hard told apart": told_apart}


def ceilings(trials: Sequence[Trial]) -> dict[str, float]:
    """What the same rulers read on the renders, where every direction is obeyed: the best one can get."""
    faces = [
        (trial, trial.truth[line["name"]].face, line) for trial in trials for line in trial.record["frames"]
    ]
    seen = [seen for trial in trials for seen in trial.truth.values()]
    own = [scores.distances(np.stack([s.descriptor for s in t.truth.values()]), t.photos) for t in trials]
    return (
        _obeyed(faces)
        | _lit(faces)
        | {
            "face found by MediaPipe": scores.share([one.face is not None for one in seen]),
            "face found by HOG": scores.share([one.found_by_hog for one in seen]),
            "likeness of selects": scores.median(np.concatenate(own)),
        }
    )


def _apart(first: Sequence[Array], second: Sequence[Array]) -> NDArray[np.float64]:
    return skin.delta_e(np.stack(first), np.stack(second)) if first else np.empty(0)


def looks(trials: Sequence[Trial]) -> dict[str, float]:
    """Colours of backdrop, outfit and skin against the asked or rendered ones; kept traits."""
    lost = np.full(3, np.nan)
    known = [(face, true, line) for face, true, line in _pairs(trials) if true]
    asked = [
        skin.lab(COLOURS[look.backdrop_colour]) if look.backdrop == "plain" else true.backdrop
        for _, true, line in known
        for look in (CATALOGUE[line["look"]],)
    ]
    return {
        "backdrop colour": scores.median(_apart([f.backdrop if f else lost for f, _, _ in known], asked)),
        "outfit colour": scores.median(
            _apart([f.garment if f else lost for f, _, _ in known], [true.garment for _, true, _ in known])
        ),
        "skin shift": scores.median(np.concatenate([_skin(trial) for trial in trials])),
        "kept traits still there": scores.share(
            np.concatenate(
                [_kept(trial, group) for trial in trials for group in trial.without] or [np.empty(0)]
            )
        ),
    }


def _skin(trial: Trial) -> NDArray[np.float64]:
    """CIEDE2000 of each headshot's skin against the render of the person in the same light."""
    pairs = [(face, true) for face, true, _ in _pairs([trial]) if true]
    return _apart(
        [face.skin if face else np.full(3, np.nan) for face, _ in pairs], [true.skin for _, true in pairs]
    )


def _kept(trial: Trial, group: str) -> NDArray[np.float64]:
    """Whether each headshot whose counterpart was rendered still shows the trait."""
    found = []
    for face, true, line in _pairs([trial]):
        other = trial.without[group].get(line["name"])
        if true and other and other.face:
            found.append(bool(face and shows(group, face.crop, true.crop, other.face.crop)))
    return np.array(found, np.float64)


def fairness(trials: Sequence[Trial]) -> dict[str, float]:
    """The worst tone of Monk's scale against the best."""
    shifts, distance = defaultdict(list), defaultdict(list)
    for trial in trials:
        shifts[trial.tone].extend(_skin(trial).tolist())
        distance[trial.tone].extend(_near(trial, trial.selects).tolist())
    return {
        "skin shift, worst tone against best": scores.worst_against_best(shifts),
        "likeness, worst tone against best": scores.worst_against_best(distance),
    }
