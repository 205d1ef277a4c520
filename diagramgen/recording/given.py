"""What a program gives to a model's ``predict``, ``fit`` and the like: its first rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from keras import tree

from diagramgen.recording.values import Array, array_of

ROWS = 16
"""So many rows are kept: a figure shows the first, and a stateful model takes a whole batch."""

_SLACK = 1e-3
_SLACK_OF_HALF = 1e-2


@dataclass(frozen=True, slots=True)
class Given:
    """The first rows that a method was given, and what it returned for them."""

    method: str
    """``"predict"``"""
    rows: Any
    """Arrays ``(row, …)``, nested as the program nests them."""
    returned: Any = None
    """Likewise; None where a method returns no row of its own for each."""

    def first(self, rows: int) -> Given | None:
        """So many of the rows, or None where there are fewer."""
        if any(len(array) < rows for array in tree.flatten(self.rows)):
            return None
        return replace(self, rows=_first(self.rows, rows), returned=_first(self.returned, rows))

    def agrees(self, outputs: Any) -> bool:
        """Whether a model returns for the rows what the method did, as far as that is known."""
        if self.returned is None:
            return True
        theirs, ours = (tree.flatten(each) for each in (self.returned, outputs))
        return len(theirs) == len(ours) and all(map(_close, theirs, map(array_of, ours)))


def given(method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Given | None:
    """The first rows of the ``x`` of a call.

    Args:
        method: The method's name.
        args: What it is called with.
        kwargs: What it is called with by name.

    Returns:
        None where ``x`` is anything but arrays and tensors: a generator or a dataset would be used
        up by looking at it.
    """
    rows = args[0] if args else kwargs.get("x")
    leaves = tree.flatten(rows)
    if not leaves or not all(map(_has_rows, leaves)):
        return None
    return Given(method, tree.map_structure(_as_taken, _first(rows, ROWS)))


def answered(given: Given, returned: Any) -> Given:
    """The same with the first rows that ``predict`` or ``predict_on_batch`` returned."""
    if not given.method.startswith("predict"):
        return given
    return replace(given, returned=_first(returned, ROWS))


def _has_rows(leaf: Any) -> bool:
    if not (isinstance(leaf, np.ndarray) or keras.ops.is_tensor(leaf)):
        return False
    # TensorFlow's ragged and sparse tensors have rows, but none that are arrays.
    return hasattr(leaf, "__array__") and len(leaf.shape) > 0 and leaf.shape[0] > 0


def _first(structure: Any, rows: int) -> Any:
    if structure is None:
        return None
    return tree.map_structure(lambda leaf: array_of(leaf[:rows]), structure)


def _as_taken(array: Array) -> Array:
    """Numbers with decimals as Keras hands them to the model, whatever their own precision."""
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array


def _close(theirs: Array, ours: Array) -> bool:
    if theirs.shape != ours.shape:
        return False
    slack = _SLACK_OF_HALF if "16" in theirs.dtype.name else _SLACK
    theirs, ours = theirs.astype("float64"), ours.astype("float64")
    return np.allclose(theirs, ours, rtol=slack, atol=slack, equal_nan=True)
