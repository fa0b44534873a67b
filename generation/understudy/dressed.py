"""A person made ready for many pictures: what does not change from one to the next is computed once."""

from __future__ import annotations

import numpy as np

from generation.engine.types import Floats

from . import coverings, hair, skin, wardrobe
from .head import Head
from .people import Person
from .scene import Scene


class Dressed:
    """What is computed once per person and reused for all their pictures."""

    def __init__(self, head: Head, person: Person, open_sky: Floats) -> None:
        self.person = person
        self.shaped = head.shaped(person.shape)
        normals = head.normals(self.shaped)
        kind = np.c_[head.material, open_sky]
        self.still = np.concatenate([skin.painted(head, person), head.mean, kind], 1).astype(np.float32)
        self.skull = hair.skull(head, self.shaped)
        self.strands = hair.strands(head, person)
        self.rooted = [s.rooted(self.shaped, normals) if not s.moves else None for s in self.strands]
        self.glasses: list[wardrobe.Mesh] = []
        if person.glasses != "no glasses":
            self.glasses = wardrobe.glasses(head, self.shaped, person.glasses, person.frame_rgb)
        self.garments: dict[str, list[wardrobe.Mesh]] = {}

    def meshes(self, head: Head, scene: Scene, points: Floats, normals: Floats) -> list[wardrobe.Mesh]:
        person = self.person
        if scene.outfit not in self.garments:
            self.garments[scene.outfit] = wardrobe.garment(scene.outfit, person)
        result = self.garments[scene.outfit] + self.glasses
        if scene.occlusion == "sunglasses":
            dark = wardrobe.glasses(head, self.shaped, "square glasses", (20, 20, 20), dark=True)
            result = self.garments[scene.outfit] + dark
        elif scene.occlusion == "mask":
            result = [*result, coverings.mask(head, points, normals)]
        if person.covering == "headscarf":
            scarf = coverings.headscarf(head, points, *self.skull, person.shoulders, person.covering_rgb)
            result = [*result, *scarf]
        elif person.covering == "turban":
            result = [*result, coverings.turban(*self.skull, person.covering_rgb)]
        return result
