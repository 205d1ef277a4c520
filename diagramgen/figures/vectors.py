"""Vectors as rows or columns of boxes, with their middles elided."""

from __future__ import annotations

from typing import NamedTuple

from diagramgen.figures.drawing import Box, Group, Label
from diagramgen.figures.scene import Vector
from diagramgen.figures.text import Number, format_number, text_width
from diagramgen.figures.theme import (
    LABEL_SIZE,
    LEADING,
    SHOWN_UNITS,
    SMALL_SIZE,
    VALUE_HEIGHT,
    VALUE_SIZE,
    VALUE_WIDTH,
)
from diagramgen.trace import kept


class Slot(NamedTuple):
    """One box of a vector: a number, or the gap that stands for several."""

    place: int
    value: Number | None
    """None for the gap."""
    stands_for: int = 1
    """How many numbers it stands for."""


def slots(vector: Vector) -> list[Slot]:
    """The boxes of a vector, first entry first."""
    values = dict(zip(kept(vector.length), vector.values, strict=True))
    if vector.length < SHOWN_UNITS:
        return [Slot(index, value) for index, value in values.items()]
    last = vector.length - 1
    return [
        *(Slot(index, values[index]) for index in range(LEADING)),
        Slot(LEADING, None, last - LEADING),
        Slot(last, values[last]),
    ]


def vector_width(vector: Vector) -> float:
    """The width in points of a vector that lies as a row."""
    return len(slots(vector)) * VALUE_WIDTH


def vector_height(vector: Vector) -> float:
    """The height in points of a vector that stands as a column."""
    return len(slots(vector)) * VALUE_HEIGHT


def labels_width(labels: tuple[str, ...]) -> float:
    """The room that the names beside a standing vector take, in points."""
    return max((text_width(label, LABEL_SIZE, bold=True) for label in labels), default=-6) + 6


def lay(name: str, vector: Vector, x: float, y: float) -> Group:
    """A vector as a row of boxes whose middle is at ``(x, y)``."""
    parts = slots(vector)
    left = x - len(parts) * VALUE_WIDTH / 2
    places = [(left + (place + 0.5) * VALUE_WIDTH, y) for place in range(len(parts))]
    return _group(name, vector, parts, places)


def stand(name: str, vector: Vector, x: float, y: float, labels: tuple[str, ...] = ()) -> Group:
    """A vector as a column of boxes, first entry on top, with names to the right of them."""
    parts = slots(vector)
    top = y + len(parts) * VALUE_HEIGHT / 2
    places = [(x, top - (place + 0.5) * VALUE_HEIGHT) for place in range(len(parts))]
    return _group(name, vector, parts, places, labels)


def _group(
    name: str,
    vector: Vector,
    parts: list[Slot],
    places: list[tuple[float, float]],
    labels: tuple[str, ...] = (),
) -> Group:
    largest = _largest(parts) if labels else None
    children: list[Box | Label] = []
    for slot, (x, y) in zip(parts, places, strict=True):
        children.append(_box(f"{name}-{slot.place}", vector, slot, x, y))
        if labels and slot.value is not None:
            children.append(
                Label(
                    id=f"{name}-{slot.place}-name",
                    x=x + VALUE_WIDTH / 2 + 6,
                    y=y,
                    text=labels[slot.place],
                    role=vector.role,
                    size=LABEL_SIZE,
                    anchor="start",
                    bold=slot == largest,
                )
            )
    return Group(
        id=name,
        classes=f"dg-vector dg-{vector.role}" + (" dg-ghost" if vector.ghost else ""),
        data={
            "layer": vector.layer,
            "step": str(vector.step),
            "shape": str(vector.shape),
        },
        children=tuple(children),
    )


def _box(name: str, vector: Vector, slot: Slot, x: float, y: float) -> Box:
    gap = slot.value is None
    start = vector.backward_from
    backward = start is not None and slot.place >= start
    classes = "dg-elided" if gap else "dg-value"
    return Box(
        id=name,
        x=x,
        y=y,
        width=VALUE_WIDTH,
        height=VALUE_HEIGHT,
        role="ghost" if vector.ghost else "backward" if backward else vector.role,
        text=_text(vector, slot),
        size=SMALL_SIZE if gap else VALUE_SIZE,
        classes=f"{classes} dg-backward" if backward else classes,
        data={"count": str(slot.stands_for)} if gap else {},
        title=f"{slot.stands_for} more" if gap else str(slot.value),
        dashed=vector.ghost,
    )


def _text(vector: Vector, slot: Slot) -> str:
    if slot.value is None:
        return f"⋯{slot.stands_for}⋯"
    whole = all(isinstance(number, int | float) and number % 1 == 0 for number in vector.values)
    return format_number(slot.value, whole=whole)


def _largest(parts: list[Slot]) -> Slot | None:
    """The slot of the largest number, what a classifier answers; None if it may be elided."""
    if any(not isinstance(slot.value, int | float) for slot in parts):
        return None
    return max(parts, key=lambda slot: float(slot.value or 0))
