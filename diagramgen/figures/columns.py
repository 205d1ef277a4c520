"""What stands in each column of an unrolled figure, out of recorded tensors."""

from __future__ import annotations

from typing import Any

from diagramgen.figures.scene import Vector
from diagramgen.figures.theme import LEADING, SHOWN_STEPS
from diagramgen.trace import LayerCall, TensorSpec, kept


def origin(call: LayerCall) -> str:
    """Where the numbers of a call come from, in a sentence; empty if the page made the call."""
    if call.example and call.given:
        return (
            f"The numbers come from an example input: for the first row given to {call.given}, "
            "the model now returns something else."
        )
    if call.given:
        return f"The numbers come from the first row given to {call.given}."
    return "The numbers come from an example input." if call.example else ""


def shown_steps(length: int) -> tuple[int, ...]:
    """The time-steps that get a column of their own, out of ``length``."""
    if length < SHOWN_STEPS:
        return tuple(range(length))
    return (*range(LEADING), length - 1)


def sequence(
    role: str, call: LayerCall, tensor: TensorSpec, columns: tuple[int, ...]
) -> tuple[Vector, ...]:
    """A vector for each column, out of a tensor ``(batch, time, …)``."""
    places = {t: place for place, t in enumerate(kept(tensor.shape[1] or 0))}
    batch, _, *shape = tensor.shape
    return tuple(
        vector(
            role,
            call,
            TensorSpec(
                shape=(batch, *shape),
                dtype=tensor.dtype,
                values=None if tensor.values is None else [tensor.values[0][places[t]]],
            ),
            t,
        )
        for t in columns
    )


def vector(role: str, call: LayerCall, tensor: TensorSpec, step: int, **rest: Any) -> Vector:
    """What a tensor ``(batch, …)`` holds for the batch's first row; an id stands alone."""
    shape = tuple(axis or 0 for axis in tensor.shape[1:]) or (1,)
    values: tuple[Any, ...] = ()
    if len(shape) == 1:
        row = tensor.values[0]
        values = tuple(row) if isinstance(row, list) else (row,)
    return Vector(role=role, layer=call.name, step=step, shape=shape, values=values, **rest)
