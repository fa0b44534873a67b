"""A tiny network in ONNX of SFace's shapes, written by hand: mean colours of blocks times random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np

FLOAT, INTS = 1, 7  # onnx.proto: TensorProto.FLOAT and AttributeProto.INTS
SIDE, BLOCK = 112, 16


def write(file: Path, answers: int = 128) -> Path:
    """(1, 3, 112, 112) -> (1, answers)."""
    features = 3 * (SIDE // BLOCK) ** 2
    weights = np.random.default_rng(0).standard_normal((features, answers)).astype("<f4")
    block = [_field(1, "kernel_shape"), _field(8, BLOCK), _field(8, BLOCK), _field(20, INTS)]
    step = [_field(1, "strides"), _field(8, BLOCK), _field(8, BLOCK), _field(20, INTS)]
    graph = [
        _field(1, _node("AveragePool", ["data"], "blocks", block, step)),
        _field(1, _node("Flatten", ["blocks"], "flat")),
        _field(1, _node("MatMul", ["flat", "weights"], "embedding")),
        _field(2, "tiny"),
        _field(5, _tensor("weights", weights)),
        _field(11, _value("data", (1, 3, SIDE, SIDE))),
        _field(12, _value("embedding", (1, answers))),
    ]
    model = [_field(1, 8), _field(7, b"".join(graph)), _field(8, _field(2, 13))]  # IR 8, operators 13
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(model))
    return file


def _node(kind: str, inputs: list[str], output: str, *attributes: list[bytes]) -> bytes:
    named = [_field(1, name) for name in inputs]
    given = [_field(5, b"".join(attribute)) for attribute in attributes]
    return b"".join([*named, _field(2, output), _field(4, kind), *given])


def _tensor(name: str, values: np.ndarray) -> bytes:
    shape = [_field(1, side) for side in values.shape]
    return b"".join([*shape, _field(2, FLOAT), _field(8, name), _field(9, values.tobytes())])


def _value(name: str, shape: tuple[int, ...]) -> bytes:
    sides = b"".join(_field(1, _field(1, side)) for side in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, FLOAT) + _field(2, sides)))


def _field(number: int, value: int | str | bytes) -> bytes:
    """One field of a protobuf message: a varint, or bytes after their length."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])
