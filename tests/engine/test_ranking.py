"""Ranking: what may be shown, best first, with variety; shuffled scores must not pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generation.engine import ranking
from generation.engine.looks import KEEP_GROUPS
from generation.engine.ranking import Measures, Own
from generation.engine.traits import detected, judged, lost
from generation.engine.types import Bounds, Keep, Reading

SKIN = np.array([62.0, 14.0, 18.0])
BOUNDS = Bounds(same_person=0.5, stranger=0.35)
LOOKS = ("studio-grey", "clean-white", "boardroom", "low-key")


def unit(values: np.ndarray) -> np.ndarray:
    return (values / np.linalg.norm(values, axis=-1, keepdims=True)).astype(np.float32)


def person(rng: np.random.Generator, photos: int = 12) -> tuple[np.ndarray, Own]:
    """A person's direction in embedding space, and their own photos around it."""
    who = unit(rng.normal(size=128))
    own = Own(
        embeddings=unit(who + rng.normal(0, 0.04, (photos, 128))),
        prints=unit(rng.normal(size=(photos, 64))),
        poses=np.c_[np.linspace(-40, 40, photos), np.zeros((photos, 2))],
        skin=SKIN + rng.normal(0, 1, (photos, 3)),
        stranger=0.35,
    )
    return who, own


def frame(
    who: np.ndarray, rng: np.random.Generator, noise: float = 0.05, look: str = "studio-grey"
) -> Measures:
    return Measures(
        faces=1,
        size=0.5,
        embedding=unit(who + rng.normal(0, noise, 128)),
        print=unit(rng.normal(size=64)),
        pose=(float(rng.uniform(-30, 30)), 0.0, 0.0),
        expression="slight smile",
        eyes=0.09,
        sharpness=1.0,
        flaws=0.0,
        skin=SKIN,
        lost=(),
        nude=False,
        look=look,
    )


def gallery(seed: int, count: int = 48) -> tuple[list[Measures], Own, np.ndarray]:
    """Frames that are more or less like the person, and their true distance, noisy as a judge's is."""
    rng = np.random.default_rng(seed)
    who, own = person(rng)
    noise = rng.uniform(0.02, 0.1, count)
    frames = [frame(who, rng, n, LOOKS[i % len(LOOKS)]) for i, n in enumerate(noise)]
    return frames, own, 4 * noise + rng.normal(0, 0.03, count)


def gain(frames: list[Measures], own: Own, distance: np.ndarray) -> float:
    """How much nearer the selects are than the whole, by the judge's distance."""
    selects = [score.select for score in ranking.rank(frames, own)]
    return float(distance.mean() - distance[selects].mean())


def test_selects_are_truly_nearer_and_shuffled_scores_are_not() -> None:
    rng = np.random.default_rng(0)
    gains, shuffled = [], []
    for seed in range(20):
        frames, own, distance = gallery(seed)
        gains.append(gain(frames, own, distance))
        mixed = rng.permutation(len(frames))
        swapped = [replace(f, embedding=frames[j].embedding) for f, j in zip(frames, mixed, strict=True)]
        shuffled.append(gain(swapped, own, distance))
    assert min(gains) > 0.03
    assert abs(np.mean(shuffled)) < 0.03


def test_ranks_are_a_permutation_and_selects_come_first() -> None:
    frames, own, _ = gallery(1)
    scores = ranking.rank(frames, own)
    assert sorted(score.rank for score in scores) == list(range(1, 49))
    assert [score.rank for score in sorted(scores, key=lambda s: s.rank) if score.select] == list(range(1, 7))


@pytest.mark.parametrize(("passed", "selects"), [(0, 0), (3, 3), (8, 5), (40, 5), (100, 12), (200, 15)])
def test_an_eighth_are_selects_within_five_and_fifteen(passed: int, selects: int) -> None:
    assert ranking.select_count(passed) == selects


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"faces": 0}, "no face"),
        ({"faces": 2}, "several faces"),
        ({"size": 0.1}, "face too small"),
        ({"size": 0.95}, "face too large"),
        ({"eyes": 0.02}, "eyes closed"),
        ({"sharpness": 0.3}, "blurred"),
        ({"lost": ("round glasses",)}, "lost round glasses"),
        ({"embedding": unit(np.random.default_rng(99).normal(size=128))}, "another person"),
    ],
)
def test_a_faulty_frame_is_never_shown(change: dict[str, Any], fault: str) -> None:
    frames, own, _ = gallery(2, 12)
    frames[4] = replace(frames[4], **change)
    scores = ranking.rank(frames, own)
    assert fault in scores[4].faults
    assert scores[4].rank == 0
    assert not scores[4].select
    assert max(score.rank for score in scores) == sum(not score.faults for score in scores)


def test_a_copy_of_a_training_photo_is_a_fault_but_the_same_pose_alone_is_not() -> None:
    frames, own, _ = gallery(3, 12)
    pose = (float(own.poses[5, 0]), 0.0, 0.0)
    frames[0] = replace(frames[0], pose=pose, print=own.prints[5])
    frames[1] = replace(frames[1], pose=pose)
    frames[2] = replace(frames[2], pose=(pose[0] + 30, 0.0, 0.0), print=own.prints[5])
    scores = ranking.rank(frames, own)
    assert [("copied" in score.faults) for score in scores[:3]] == [True, False, False]


def test_of_two_equal_frames_the_truer_skin_and_the_sharper_picture_come_first() -> None:
    rng = np.random.default_rng(4)
    who, own = person(rng)
    base = frame(who, rng)
    scores = ranking.rank(
        [replace(base, skin=np.add(SKIN, (8, -6, 9))), base, replace(base, sharpness=0.8)], own
    )
    assert [score.rank for score in scores][1] == 1
    assert scores[0].skin_shift > 4 > scores[1].skin_shift


def test_the_best_pictures_differ_in_look_and_turn() -> None:
    rng = np.random.default_rng(5)
    who, own = person(rng)
    twin = frame(who, rng, 0.03)
    twins = [replace(twin, sharpness=1.0 + 0.001 * i) for i in range(6)]
    others = [frame(who, rng, 0.034, look) for look in LOOKS[1:]]
    order = np.argsort([score.rank for score in ranking.rank([*twins, *others], own)])
    assert len({i for i in order[:4] if i < 6}) <= 2


def test_of_two_as_like_the_photos_the_one_that_the_gallery_agrees_with_comes_first() -> None:
    rng = np.random.default_rng(6)
    who, own = person(rng, 1)
    aside = rng.normal(size=128)
    aside = 0.3 * unit(aside - (aside @ who) * who)
    own = replace(own, embeddings=who[None])
    others = [frame(unit(who + aside), rng, 0.01, LOOKS[i % 3]) for i in range(12)]
    pair = [replace(frame(who, rng), embedding=unit(who + side), look="low-key") for side in (-aside, aside)]
    lonely, agreed = ranking.rank([*pair, *others], own)[:2]
    assert lonely.likeness == pytest.approx(agreed.likeness, abs=1e-5)
    assert agreed.rank < lonely.rank


def test_nothing_in_nothing_out() -> None:
    assert ranking.rank([], person(np.random.default_rng(0))[1]) == []


def reading(**shares: dict[str, float]) -> Reading:
    """A reading that is sure of each group's absence but for the shares given."""
    traits = {}
    for group, words in KEEP_GROUPS.items():
        given = shares.get(group.replace(" ", "_"), {words[0]: 1.0})
        traits[group] = np.array([given.get(word, 0.0) for word in words], np.float32)
    return Reading(np.zeros(128, np.float32), traits, BOUNDS)


def test_traits_that_the_photos_agree_on_are_kept() -> None:
    glasses = {"round glasses": 0.5, "square glasses": 0.4, "no glasses": 0.1}
    sure = reading(glasses=glasses, hair_colour={"grey hair": 0.9, "black hair": 0.1})
    once = reading(beard={"full beard": 1.0}, glasses=glasses, hair_colour={"grey hair": 1.0})
    assert detected([sure, sure, sure, once]) == Keep(("round glasses", "grey hair"))
    assert detected([]) == Keep()


def test_absence_is_a_loss_and_another_shape_of_glasses_is_not() -> None:
    keep = Keep(("round glasses", "grey hair"))
    grey = {"grey hair": 1.0}
    assert lost(reading(glasses={"square glasses": 1.0}, hair_colour=grey), keep) == ()
    assert lost(reading(hair_colour=grey), keep) == ("round glasses",)
    assert lost(reading(glasses={"thin glasses": 1.0}, hair_colour={"black hair": 1.0}), keep) == (
        "grey hair",
    )


def test_a_trait_that_the_reader_misses_in_the_photos_cannot_be_lost() -> None:
    photos = [reading(glasses={"round glasses": 1.0})] * 3
    assert judged(Keep(("round glasses", "mole")), photos) == Keep(("round glasses",))


def test_a_reader_that_knows_no_traits_notices_judges_and_misses_none() -> None:
    blind, keep = replace(reading(), traits={}), Keep(("round glasses",))
    assert detected([blind, blind]) == Keep()
    assert judged(keep, [blind]) == Keep()
    assert lost(blind, keep) == ()
