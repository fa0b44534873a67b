"""The OpenGL side of the renderer: shaders from files, reused buffers, a supersampled target with labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from generation.engine.types import BadInput, Pixels

SHADERS = Path(__file__).parent / "shaders"
SHADOW_SIZE = 1024
SAMPLES = 4


def context() -> moderngl.Context:
    """An off-screen OpenGL context, made current; raises BadInput where no driver is installed.

    Two contexts in one process: use each inside ``with gl:``, or it draws with the other's objects.
    """
    try:
        return moderngl.create_context(standalone=True, backend="egl")
    except Exception as error:
        raise BadInput(
            "Rendering needs OpenGL through EGL: install Debian's libegl1 and libgl1, and libgl1-mesa-dri"
            " (a driver in software) where no graphics driver is installed."
        ) from error


def program(gl: moderngl.Context, vertex: str, fragment: Sequence[str]) -> moderngl.Program:
    """A program of the shader files named; common.glsl comes first in both."""

    def source(names: Sequence[str]) -> str:
        return "\n".join(["#version 330", *((SHADERS / f"{name}.glsl").read_text() for name in names)])

    return gl.program(vertex_shader=source(["common", vertex]), fragment_shader=source(["common", *fragment]))


def put(target: moderngl.Program, uniforms: Mapping[str, Any]) -> None:
    """Sets the uniforms that a program has; the others are not its business."""
    for name, value in uniforms.items():
        uniform = target.get(name, None)
        if not isinstance(uniform, moderngl.Uniform):
            continue
        if isinstance(value, (bool, int, float)):
            uniform.value = value
        else:
            array = np.asarray(value, np.float32)
            uniform.write((array.T if array.ndim == 2 else array).tobytes())


def vertex_array(
    gl: moderngl.Context,
    target: moderngl.Program,
    buffers: Sequence[tuple[moderngl.Buffer, Sequence[tuple[str, int]]]],
    indices: moderngl.Buffer | None = None,
    *,
    instanced: bool = False,
) -> moderngl.VertexArray:
    """Interleaved float attributes (name, count) of each buffer, skipping those the program does not read."""
    content = []
    for buffer, attributes in buffers:
        layout = " ".join(f"{n}f" if name in target else f"{4 * n}x" for name, n in attributes)
        names = [name for name, _ in attributes if name in target]
        if names:
            content.append((buffer, layout + ("/i" if instanced else ""), *names))
    return gl.vertex_array(target, content, index_buffer=indices, index_element_size=4)


class GrowingBuffer:
    """A vertex or index buffer that is written anew for each picture and orphaned only to grow."""

    def __init__(self, gl: moderngl.Context, size: int) -> None:
        self.buffer = gl.buffer(reserve=size, dynamic=True)

    def write(self, array: NDArray[Any]) -> None:
        if array.nbytes > self.buffer.size:
            self.buffer.orphan(array.nbytes * 2)
        self.buffer.write(np.ascontiguousarray(array))


class Target:
    """Where a picture is drawn: colour and label at ``supersample`` times the size, 4 samples a pixel."""

    def __init__(self, gl: moderngl.Context, size: int, supersample: int) -> None:
        self.gl, self.size, self.scale = gl, size, supersample
        full = (size * supersample, size * supersample)
        self._drawn = gl.framebuffer(
            [
                gl.renderbuffer(full, 4, samples=SAMPLES),
                gl.renderbuffer(full, 1, samples=SAMPLES, dtype="u1"),
            ],
            gl.depth_renderbuffer(full, samples=SAMPLES),
        )
        self._colour, self._label = gl.texture(full, 4), gl.texture(full, 1, dtype="u1")
        self._resolved = gl.framebuffer([self._colour, self._label])
        self._small = gl.framebuffer([gl.texture((size, size), 4)])
        self.corners = gl.buffer(np.array([-1, -1, 1, -1, -1, 1, 1, 1], np.float32).tobytes())
        self._reduce = program(gl, "screen.vert", ["reduce.frag"])
        self._strip = vertex_array(gl, self._reduce, [(self.corners, [("corner", 2)])])

    def begin(self) -> None:
        self._drawn.use()
        self._drawn.depth_mask = True
        self.gl.clear(depth=1.0)

    def finish(self) -> tuple[Pixels, NDArray[np.uint8]]:
        """The picture (size, size, 3) and its labels (size, size), upright."""
        self.gl.copy_framebuffer(self._resolved, self._drawn)
        self._small.use()
        self._colour.use(0)
        self.gl.disable(moderngl.DEPTH_TEST)
        put(self._reduce, {"source": 0, "offset": 0.5 / (self.size * self.scale) if self.scale > 1 else 0.0})
        self._strip.render(moderngl.TRIANGLE_STRIP)
        picture = np.frombuffer(self._small.read(components=3, alignment=1), np.uint8)
        label = np.frombuffer(self._label.read(alignment=1), np.uint8)
        full, half = self.size * self.scale, self.scale // 2
        labels = label.reshape(full, full)[half :: self.scale, half :: self.scale]
        return picture.reshape(self.size, self.size, 3)[::-1].copy(), labels[::-1].copy()


class ShadowMap:
    """The key light's depth picture."""

    def __init__(self, gl: moderngl.Context) -> None:
        self.depth = gl.depth_texture((SHADOW_SIZE, SHADOW_SIZE))
        self.depth.compare_func = "<="
        self.depth.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._frame = gl.framebuffer(depth_attachment=self.depth)

    def begin(self) -> None:
        self._frame.use()
        self._frame.clear(depth=1.0)

    def read(self) -> NDArray[np.float32]:
        return np.frombuffer(self.depth.read(), np.float32).reshape(SHADOW_SIZE, SHADOW_SIZE)
