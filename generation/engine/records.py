"""What is kept between two steps of a shoot, as bytes: dataclasses in JSON, arrays in base64, no pickle."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


def pack(record: object) -> bytes:
    """A dataclass of the engine (``Checked``, ``Person``, ``Measures``) as JSON."""
    return json.dumps(record, default=_plain).encode()


def unpack(kind: type[T], data: bytes) -> T:
    """What ``pack`` made of a ``kind``; raises KeyError, TypeError or ValueError for anything else."""
    made: T = _made(kind, json.loads(data))
    return made


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        little = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
        data = base64.b64encode(little.tobytes()).decode()
        return {"array": data, "type": little.dtype.str, "shape": little.shape}
    if isinstance(value, np.floating):
        return float(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be kept.")


def _made(hint: Any, said: Any) -> Any:
    """``said`` as JSON gave it -> the type that the dataclass's field announces."""
    inner = get_args(hint)
    if said is None:
        return None
    if type(None) in inner:
        return _made(next(one for one in inner if one is not type(None)), said)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{field.name: _made(hints[field.name], said[field.name]) for field in fields(hint)})
    origin = get_origin(hint)
    if origin is np.ndarray:
        return _array(said)
    if origin is tuple:
        kinds = inner[:1] * len(said) if inner[-1] is Ellipsis else inner
        return tuple(_made(kind, one) for kind, one in zip(kinds, said, strict=True))
    if origin is Mapping:
        return {name: _made(inner[1], one) for name, one in said.items()}
    return said


def _array(said: Mapping[str, Any]) -> NDArray[Any]:
    """Float arrays only; a copy, so that it can be written to."""
    kind = np.dtype(said["type"])
    if kind.kind != "f":
        raise ValueError(f"An array of {kind} is none that this engine keeps.")
    return np.frombuffer(base64.b64decode(said["array"]), kind).reshape(said["shape"]).copy()
