"""Draws a person in a scene: the picture, where their landmarks are, and what every pixel shows."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.engine.geometry import Camera, camera, rotation, turned
from generation.engine.looks import BACKDROPS, OUTFITS
from generation.engine.types import Floats, Pixels, Rgb

from . import lights, occlusion, wardrobe
from .colours import IRIS, NOMINAL, albedo, linear
from .dressed import Dressed
from .gpu import GrowingBuffer, ShadowMap, Target, context, program, put, vertex_array
from .head import Head
from .people import Person, population_rng, sample_person
from .regions import smooth
from .scene import Scene, sample_scene

_STILL = [("colour", 4), ("rest", 3), ("kind", 2)]
_MOVING = [("position", 3), ("normal", 3)]
_STRAND = [("root", 3), ("root_normal", 3), ("chance", 4)]
_AWAY = (99.0, 99.0)
BACKDROP, FACE, HAIR, GARMENT, WORN = range(5)  # values of Rendered.mask


@dataclass(frozen=True, eq=False)
class Rendered:
    """A picture and its ground truth. Points in pixels, y down; colours sRGB 0-255."""

    image: Pixels
    landmarks: Floats  # (68, 2) of the person
    mean_landmarks: Floats  # (68, 2) of the mean head, same pose and expression
    visible: NDArray[np.bool_]  # (68,) in the frame and on the side that faces the camera
    mask: NDArray[np.uint8]  # (size, size): backdrop, skin, hair or beard, garment, glasses or covering: 0-4
    backdrop_rgb: Rgb  # medians of the pixels drawn; as asked where too few are seen
    garment_rgb: Rgb
    skin_rgb: Rgb  # of the cheeks, else of all skin


class Renderer:
    """Keeps one OpenGL context and its buffers; pictures of one person in a row are cheapest.

    Several may live in one process and take turns, in one thread each.
    """

    def __init__(self, head: Head, size: int = 256, supersample: int = 2) -> None:
        self.head, self.size = head, size
        gl = self.gl = context()
        self._open = occlusion.cached(gl, head)
        self._target, self._shadow = Target(gl, size, supersample), ShadowMap(gl)
        light = ["light", "cloth"]
        self._surface = program(gl, "surface.vert", [*light, "surface.frag"])
        self._surface_depth = program(gl, "surface.vert", ["depth.frag"])
        self._hair = program(gl, "hair.vert", ["light", "hair.frag"])
        self._hair_depth = program(gl, "hair.vert", ["depth.frag"])
        self._wall = program(gl, "screen.vert", ["backdrop.frag"])
        self._strip = vertex_array(gl, self._wall, [(self._target.corners, [("corner", 2)])])
        self._moving, self._still = GrowingBuffer(gl, head.count * 24), GrowingBuffer(gl, head.count * 36)
        self._worn, self._worn_indices = GrowingBuffer(gl, 1 << 20), GrowingBuffer(gl, 1 << 20)
        indices = gl.buffer(head.triangles.tobytes())
        both = [(self._moving.buffer, _MOVING), (self._still.buffer, _STILL)]
        worn = [(self._worn.buffer, _MOVING + _STILL)]
        self._head_of = {p: vertex_array(gl, p, both, indices) for p in (self._surface, self._surface_depth)}
        self._worn_of = {
            p: vertex_array(gl, p, worn, self._worn_indices.buffer)
            for p in (self._surface, self._surface_depth)
        }
        self._groups = [GrowingBuffer(gl, 18000 * 40) for _ in range(4)]
        self._strands_of = {
            p: [vertex_array(gl, p, [(g.buffer, _STRAND)], instanced=True) for g in self._groups]
            for p in (self._hair, self._hair_depth)
        }
        self._dressed: Dressed | None = None
        self._worn_key: tuple[Any, ...] = ()
        self._draws: list[tuple[int, int, bool]] = []

    def render(self, person: Person, scene: Scene) -> Rendered:
        """One picture. Deterministic for a person and a scene on one driver."""
        with self.gl:  # OpenGL talks to the context that is current, which another renderer may have made
            return self._render(person, scene)

    def _render(self, person: Person, scene: Scene) -> Rendered:
        dressed = self._for(person)
        shapes = scene.blend_shapes()
        points = self.head.expressed(dressed.shaped, shapes)
        normals = self.head.normals(points)
        self._moving.write(np.concatenate([self._tucked(points, normals), normals], 1))
        self._wear(dressed, scene, points, normals)
        groups = self._root(dressed, points, normals)
        direction = scene.direction
        turn = rotation(direction.yaw, direction.pitch, direction.roll)
        view = camera(direction, fov=scene.fov, shift=scene.shift)
        shared = self._uniforms(person, scene, dressed, turn, view)
        self._draw(shared, groups, scene)
        image, mask = self._target.finish()
        matrix = turned(turn)
        marks = self.head.landmarks
        world = _moved(matrix, points[marks])
        landmarks = view.project(world, self.size).astype(np.float32)
        mean = view.project(_moved(matrix, self.head.mean_landmarks_at(shapes)), self.size).astype(np.float32)
        faces = np.einsum("ij,ij->i", normals[marks] @ turn.T, view.eye - world) > 0
        inside = ((landmarks >= 0) & (landmarks < self.size)).all(1)
        face = mask == FACE
        return Rendered(
            image,
            landmarks,
            mean,
            faces & inside,
            mask,
            _median(image, mask == BACKDROP, scene.backdrop_rgb),
            _median(image, mask == GARMENT, scene.outfit_rgb),
            _median(image, face & _cheeks(landmarks, self.size), _median(image, face, (0, 0, 0))),
        )

    def _for(self, person: Person) -> Dressed:
        if self._dressed is None or self._dressed.person is not person:
            self._dressed = Dressed(self.head, person, self._open)
            self._still.write(self._dressed.still)
            self._worn_key = ()
        return self._dressed

    def _tucked(self, points: Floats, normals: Floats) -> Floats:
        """The head's surface with the shoulders drawn in, so that they stay under any garment."""
        masks = self.head.regions
        inward = 1.6 * smooth(-10.2, -13, masks.y) * self.head.skin
        inward += 0.5 * smooth(5, 9, masks.side) * smooth(-8, -10, masks.y)
        return np.asarray(points - normals * inward[:, None], np.float32)

    def _wear(self, dressed: Dressed, scene: Scene, points: Floats, normals: Floats) -> None:
        follows = dressed.person.covering == "headscarf" or scene.occlusion == "mask"
        key = (scene.outfit, scene.occlusion)
        if key == self._worn_key and not follows:
            return
        meshes = dressed.meshes(self.head, scene, points, normals)
        vertices, triangles, self._draws = [], [], []
        start = first = 0
        for mesh in meshes:
            vertices.append(mesh.packed())
            triangles.append(mesh.triangles + start)
            self._draws.append((first, mesh.triangles.size, mesh.on_body))
            start += len(mesh.points)
            first += mesh.triangles.size
        self._worn.write(np.concatenate(vertices))
        self._worn_indices.write(np.concatenate(triangles).astype(np.int32))
        self._worn_key = key

    def _root(self, dressed: Dressed, points: Floats, normals: Floats) -> list[tuple[int, dict[str, Any]]]:
        groups = []
        for strands, still, buffer in zip(dressed.strands, dressed.rooted, self._groups):
            rooted = strands.rooted(points, normals) if still is None else still
            buffer.write(rooted.astype(np.float32, copy=False))
            groups.append((len(rooted), strands.settings))
        return groups

    def _uniforms(
        self, person: Person, scene: Scene, dressed: Dressed, turn: NDArray[np.float64], view: Camera
    ) -> dict[str, Any]:
        light, chest = lights.rig(scene)
        cloth_light = chest if scene.medium == "studio portrait" else NOMINAL
        centre, radii = dressed.skull
        matrix = turned(turn)
        spots = [*person.moles[:2], _AWAY, _AWAY][:2]
        cloth, shirt, tie = (np.minimum(albedo(c, cloth_light), 1.4) for c in _cloths(scene))
        return light | {
            "view_projection": view.matrix,
            "head_matrix": matrix,
            "body_matrix": turned(rotation(scene.body_yaw, 0, 0)),
            "eye": view.eye,
            "shadow": 0,
            "iris": IRIS[person.iris],
            "left_eye": self.head.eyes[0],
            "right_eye": self.head.eyes[1],
            "skin": (person.freckles, 0, person.age, person.oil),
            "moles": np.ravel(spots),
            "outfit": OUTFITS.index(scene.outfit),
            "opening": wardrobe.OPENINGS.get(scene.outfit, wardrobe.NO_OPENING),
            "weave": float(person.seed % 50),
            "cloth": cloth,
            "shirt": shirt,
            "tie": tie,
            "skull": centre,
            "skull_radii": radii,
            "middle": _moved(matrix, (centre - [0, 4, 0])[None])[0],
            "down": turn.T @ np.array([0, -1.0, 0]),
        }

    def _draw(self, shared: dict[str, Any], groups: list[tuple[int, dict[str, Any]]], scene: Scene) -> None:
        gl = self.gl
        gl.enable(moderngl.DEPTH_TEST)
        self._shadow.begin()
        from_light = shared | {"view_projection": shared["shadow_matrix"]}
        self._draw_person(from_light, groups, self._surface_depth, self._hair_depth)
        self._target.begin()
        self._shadow.depth.use(0)
        gl.disable(moderngl.DEPTH_TEST)
        rng = np.random.default_rng(scene.seed + 1)
        wall = {"wall": linear(scene.backdrop_rgb), "style": BACKDROPS.index(scene.backdrop)}
        wall |= {"phase": float(rng.uniform(0, 10)), "glow": rng.uniform((-0.3, -0.2), (0.3, 0.5))}
        put(self._wall, wall)
        self._strip.render(moderngl.TRIANGLE_STRIP)
        gl.enable(moderngl.DEPTH_TEST)
        self._draw_person(shared, groups, self._surface, self._hair)

    def _draw_person(
        self,
        shared: dict[str, Any],
        groups: list[tuple[int, dict[str, Any]]],
        surface: moderngl.Program,
        strands: moderngl.Program,
    ) -> None:
        put(surface, shared | {"on_body": 0.0})
        self._head_of[surface].render()
        for first, count, on_body in self._draws:
            put(surface, {"on_body": float(on_body)})
            self._worn_of[surface].render(vertices=count, first=first)
        put(strands, shared)
        for (count, settings), array in zip(groups, self._strands_of[strands]):
            put(strands, settings)
            if strands is self._hair_depth:  # a third of the strands, wider, casts the same shadow
                put(strands, {"width": settings["width"] * 2})
                count //= 3
            ribbon = 2 * (settings["segments"] + 1)
            array.render(moderngl.TRIANGLE_STRIP, vertices=ribbon, instances=count)


def _cloths(scene: Scene) -> tuple[Any, Any, Any]:
    return scene.outfit_rgb, scene.shirt_rgb, scene.tie_rgb


def _moved(matrix: NDArray[np.float64], points: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3])


def _median(image: Pixels, where: NDArray[np.bool_], otherwise: Rgb) -> Rgb:
    seen = image[where]
    if len(seen) < 16:
        return otherwise
    r, g, b = np.median(seen[:: max(len(seen) // 4000, 1)], axis=0)
    return round(r), round(g), round(b)


def _cheeks(landmarks: Floats, size: int) -> NDArray[np.bool_]:
    """Discs between eye and mouth corner on both sides."""
    y, x = np.mgrid[:size, :size]
    radius = 0.1 * float(np.linalg.norm(landmarks[8] - landmarks[27]))
    result = np.zeros((size, size), bool)
    for eye, mouth in ((41, 48), (46, 54)):
        cx, cy = 0.5 * (landmarks[eye] + landmarks[mouth])
        result |= (x - cx) ** 2 + (y - cy) ** 2 < radius**2
    return result


def main() -> None:
    """A sheet of people: one row each."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--photos", type=int, default=3)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--out", required=True)
    asked = parser.parse_args()
    renderer, rows = Renderer(Head(), asked.size), []
    for index in range(asked.people):
        rng = population_rng(asked.seed, index)
        person = sample_person(rng)
        scenes = [sample_scene(rng, "studio portrait") for _ in range(asked.photos)]
        rows.append(np.concatenate([renderer.render(person, scene).image for scene in scenes], 1))
    Image.fromarray(np.concatenate(rows)).save(asked.out)


if __name__ == "__main__":
    main()
