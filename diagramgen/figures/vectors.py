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

SHEET = 3.0
"""How far a sheet stands out behind the one before it, in points."""
_SHEETS = 3
"""So many rows of a batch are seen to stand behind one another, at the most."""


class Slot(NamedTuple):
    """One box of a vector: a number, or the gap that stands for several."""

    place: int
    value: Number | None
    """None for the gap."""
    stands_for: int = 1
    """How many numbers it stands for."""


def slots(vector: Vector) -> list[Slot]:
    """The boxes of a vector, first entry first; a single one for an image."""
    if len(vector.shape) > 1:
        return [Slot(0, str(vector.shape))]
    values = dict(zip(vector.places, vector.values, strict=True))
    if vector.length < SHOWN_UNITS:
        return [Slot(index, value) for index, value in values.items()]
    leading = LEADING if len(vector.halves) == 1 else 1
    return [slot for half in vector.halves for slot in _elided(half, leading, values)]


def _elided(half: range, leading: int, values: dict[int, Number]) -> list[Slot]:
    """The boxes of consecutive numbers: the first ones, a gap and the last one of many."""
    hidden = len(half) - leading - 1
    if hidden < 2:
        return [Slot(index, values[index]) for index in half]
    gap = half[leading]
    shown = [Slot(index, values[index]) for index in (*half[:leading], half[-1])]
    return [*shown[:leading], Slot(gap, None, hidden), shown[-1]]


def box_width(vector: Vector) -> float:
    """The width in points of one of a vector's boxes."""
    if len(vector.shape) == 1:
        return VALUE_WIDTH
    return max(VALUE_WIDTH, text_width(str(vector.shape), VALUE_SIZE) + 12)


def vector_width(vector: Vector) -> float:
    """The width in points of a vector that lies as a row."""
    return len(slots(vector)) * box_width(vector)


def vector_height(vector: Vector) -> float:
    """The height in points of a vector that stands as a column."""
    return len(slots(vector)) * VALUE_HEIGHT


def labels_width(labels: tuple[str, ...]) -> float:
    """The room that the names beside a standing vector take, in points."""
    return max((text_width(label, LABEL_SIZE, bold=True) for label in labels), default=-6) + 6


def lay(name: str, vector: Vector, x: float, y: float) -> Group:
    """A vector as a row of boxes whose middle is at ``(x, y)``."""
    parts = slots(vector)
    width = box_width(vector)
    left = x - len(parts) * width / 2
    places = [(left + (place + 0.5) * width, y) for place in range(len(parts))]
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
    image = len(vector.shape) > 1
    classes = "dg-elided" if gap else "dg-image" if image else "dg-value"
    return Box(
        id=name,
        x=x,
        y=y,
        width=box_width(vector),
        height=VALUE_HEIGHT,
        role="ghost" if vector.ghost else "backward" if backward else vector.role,
        text=_text(vector, slot),
        size=SMALL_SIZE if gap else VALUE_SIZE,
        classes=f"{classes} dg-backward" if backward else classes,
        data={"count": str(slot.stands_for)} if gap else {},
        title=f"{slot.stands_for} more" if gap else None if image else str(slot.value),
        dashed=vector.ghost,
    )


def _text(vector: Vector, slot: Slot) -> str:
    if slot.value is None:
        return f"⋯{slot.stands_for}⋯"
    if len(vector.shape) > 1:
        return str(slot.value)
    whole = all(isinstance(number, int | float) and number % 1 == 0 for number in vector.values)
    return format_number(slot.value, whole=whole)


def sheets(group: Group, batch: int) -> list[Box]:
    """The batch's other rows, as the edges of sheets that stand behind the first one's vector."""
    boxes = [child for child in group.children if isinstance(child, Box)]
    left, right = (f(box.x + s * box.width / 2 for box in boxes) for f, s in ((min, -1), (max, 1)))
    bottom, top = (f(box.y + s * box.height / 2 for box in boxes) for f, s in ((min, -1), (max, 1)))
    return [
        Box(
            id=f"{group.id}-sheet-{number}",
            x=(left + right) / 2,
            y=(bottom + top) / 2 + SHEET * number,
            width=right - left - 2 * SHEET * number,
            height=top - bottom,
            role=boxes[0].role,
            size=VALUE_SIZE,
            classes="dg-sheet",
            dashed=boxes[0].dashed,
        )
        for number in reversed(range(1, min(batch, _SHEETS)))
    ]


def depth(batch: int) -> float:
    """How far sheets reach beyond the first one, in points."""
    return SHEET * (min(batch, _SHEETS) - 1)


def _largest(parts: list[Slot]) -> Slot | None:
    """The slot of the largest number, what a classifier answers; None if it may be elided."""
    if any(not isinstance(slot.value, int | float) for slot in parts):
        return None
    return max(parts, key=lambda slot: float(slot.value or 0))
