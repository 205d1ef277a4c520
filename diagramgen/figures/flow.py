"""A sheet on which vectors flow through small operations, from mark to mark."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from diagramgen.figures.drawing import Box, Edge, Label
from diagramgen.figures.scene import Vector
from diagramgen.figures.sheet import Sheet, extent
from diagramgen.figures.text import text_width
from diagramgen.figures.theme import CELL_SIZE, LABEL_SIZE, LINE_HEIGHT
from diagramgen.figures.vectors import stand, vector_height

Point = tuple[float, float]

OPERATION = 22.0
"""The height of an operation's box."""


class Flow:
    """What happens in one step of one layer."""

    def __init__(self, layer: str, step: int) -> None:
        self.sheet = Sheet()
        self._data = {"layer": layer, "step": str(step)}

    def cell(self, name: str, at: Point, size: Point, lines: tuple[str, str]) -> None:
        """A box with a title and what is said of it."""
        box = Box(
            id=name,
            x=at[0],
            y=at[1],
            width=size[0],
            height=size[1],
            role="ink",
            size=CELL_SIZE,
            classes="dg-cell",
            data=self._data,
            rounded=True,
        )
        self.sheet.add(box)
        self.label(f"{name}-title", (at[0], at[1] + 9), lines[0], "ink")
        self.sheet.add(Label(id=f"{name}-detail", x=at[0], y=at[1] - 9, text=lines[1]))

    def operation(self, name: str, at: Point, text: str) -> None:
        """A small box in which something is done with what enters it."""
        box = Box(
            id=name,
            x=at[0],
            y=at[1],
            width=max(OPERATION, text_width(text, LABEL_SIZE) + 12),
            height=OPERATION,
            role="ink",
            text=text,
            size=LABEL_SIZE if len(text) > 1 else CELL_SIZE,
            classes="dg-operation",
            data=self._data,
            rounded=True,
        )
        self.sheet.add(box)

    def state(self, name: str, vector: Vector, at: Point) -> None:
        """A standing vector with its name over it."""
        self.sheet.add(stand(name, vector, *at))
        above = at[1] + vector_height(vector) / 2 + LINE_HEIGHT * 0.6
        self.label(f"{name}-name", (at[0], above), vector.name, vector.role)

    def label(self, name: str, at: Point, text: str, role: str, anchor: str = "middle") -> None:
        """A bold line of text."""
        self.sheet.add(
            Label(id=name, x=at[0], y=at[1], text=text, role=role, anchor=anchor, bold=True)
        )

    def join(self, tail: str, head: str, role: str, *points: Point) -> None:
        """An arrow from mark to mark, through `points`."""
        edge = Edge(tail=tail, head=head, points=points, role=role, data=self._data)
        self.sheet.add(edge)

    def across(self, role: str, marks: Sequence[str]) -> None:
        """Arrows to the right, from mark to mark, at the height of the second."""
        for tail, head in pairwise(marks):
            (_, _, start, _), (end, bottom, _, top) = self._extent(tail), self._extent(head)
            y = (bottom + top) / 2
            self.join(tail, head, role, (start, y), (end, y))

    def upright(self, role: str, tail: str, head: str) -> None:
        """A straight arrow up or down, at the middle of the second mark."""
        start, end = self._extent(tail), self._extent(head)
        x = (end[0] + end[2]) / 2
        up = start[1] < end[1]
        y = (start[3], end[1]) if up else (start[1], end[3])
        self.join(tail, head, role, (x, y[0]), (x, y[1]))

    def _extent(self, name: str) -> tuple[float, float, float, float]:
        return extent(self.sheet.marks[name])
