"""Tensors as they are recorded: numbered, measured, and the entries that a figure may show."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import keras
import numpy as np
from keras import KerasTensor, tree

from diagramgen.recording.backend import executing_eagerly
from diagramgen.recording.identity import IdentityMap
from diagramgen.trace import DRAWN_RANK, KEPT, TensorSpec, kept

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A tensor that passed into or out of a call."""

    number: int
    shape: tuple[int | None, ...]
    dtype: str
    kept: Array | None
    """The entries at the positions that `kept` gives along each axis; None if it has no values."""


class Tensors:
    """Numbers the tensors of a session in the order of their first appearance."""

    def __init__(self) -> None:
        self._numbers: IdentityMap[int] = IdentityMap()
        self._found_converted: set[int] = set()
        self._count = 0

    def number_of(self, value: object) -> int | None:
        """A tensor's number, or None if it passed through no call."""
        return self._numbers.get(value)

    def see(self, value: Any, among: Iterable[Seen] = ()) -> Seen:
        """Record a tensor.

        Args:
            value: Any tensor, symbolic or not, or NumPy array.
            among: What the enclosing call received. Keras converts arrays and dtypes on the way to
                a model's first layer; a new tensor that equals one of these is the same one.
        """
        shape = tuple(value.shape)
        dtype = value.dtype if isinstance(value.dtype, str) else value.dtype.name
        entries = _kept_entries(value, shape)
        number = self._numbers.get(value)
        if number is None:
            number = self._converted([s.number for s in among if _same(s, shape, entries)])
        if number is None:
            self._count += 1
            number = self._count
        self._numbers[value] = number
        return Seen(number, shape, dtype, entries)

    def _converted(self, candidates: list[int]) -> int | None:
        """Of several tensors with equal values, one that was not found converted before."""
        fresh = [number for number in candidates if number not in self._found_converted]
        number = next(iter(fresh or candidates), None)
        if number is not None:
            self._found_converted.add(number)
        return number


def tensors_in(structure: Any) -> list[Any]:
    """The tensors and arrays in a nested structure, in order."""
    return [
        leaf
        for leaf in tree.flatten(structure)
        if hasattr(leaf, "shape") and hasattr(leaf, "dtype") and not isinstance(leaf, np.generic)
    ]


def is_symbolic(structure: Any) -> bool:
    """Whether a call with these arguments computes shapes only, or is being traced."""
    if any(isinstance(leaf, KerasTensor) for leaf in tree.flatten(structure)):
        return True
    return not executing_eagerly()


def array_of(value: Any) -> Array:
    """A copy of the values of a tensor, array or variable."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, keras.Variable):
        value = value.value
    # TensorFlow's variables make NumPy warn, and the program would see that.
    read = getattr(value, "numpy", None)
    return np.array(read() if read else keras.ops.convert_to_numpy(value))


def spec_of_seen(seen: Seen, number: int) -> TensorSpec:
    """A recorded tensor as it stands in the trace, under its final number."""
    return _spec(seen.shape, seen.dtype, seen.kept, number)


def spec_of(array: Array) -> TensorSpec:
    """An array as it stands in the trace, long axes elided."""
    return _spec(array.shape, array.dtype.name, _kept_entries(array, array.shape), None)


def _spec(
    shape: tuple[int | None, ...], dtype: str, entries: Array | None, number: int | None
) -> TensorSpec:
    if entries is None:
        return TensorSpec(shape=shape, dtype=dtype, tensor=number)
    elided = tuple((whole or 0) - part for whole, part in zip(shape, entries.shape, strict=True))
    return TensorSpec(
        shape=shape,
        dtype=dtype,
        values=_plain(entries),
        elided=elided if any(elided) else (),
        tensor=number,
    )


def _kept_entries(value: Any, shape: tuple[int | None, ...]) -> Array | None:
    if len(shape) > DRAWN_RANK or None in shape or is_symbolic(value):
        return None
    array = array_of(value)
    if array.dtype.kind not in "biuf" and array.dtype.name != "bfloat16":
        return None
    for axis, length in enumerate(array.shape):
        if length > KEPT:
            array = array.take(kept(length), axis)
    return array


def _same(seen: Seen, shape: tuple[int | None, ...], entries: Array | None) -> bool:
    if seen.kept is None or entries is None or seen.shape != shape:
        return False
    return bool(np.array_equal(seen.kept.astype(entries.dtype), entries))


def _plain(array: Array) -> Any:
    if array.ndim:
        return [_plain(row) for row in array]
    return _number(array[()])


def _number(value: Any) -> bool | int | float | str:
    """The shortest decimal that reads back as the same number in the value's dtype."""
    if isinstance(value, np.bool_ | np.integer):
        return cast(int, value.item())
    decimal = float(str(value))
    return decimal if math.isfinite(decimal) else str(decimal)
