"""A figure with every place decided: boxes, labels and lines on one sheet.

Coordinates are points; x runs to the right and y up, as Graphviz counts them. A mark's `classes`
are those of the SVG contract (``dg-value``, ``dg-cell``, …), its `data` the ``data-*`` attributes,
without their prefix.
"""

from __future__ import annotations

import msgspec

from diagramgen.figures.theme import LABEL_SIZE


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle with a line of text in its middle."""

    id: str
    x: float
    """The middle."""
    y: float
    width: float
    height: float
    role: str
    """A key of `diagramgen.figures.theme.ROLES`."""
    text: str = ""
    size: float
    classes: str
    data: dict[str, str] = {}
    title: str | None = None
    """What a pointer resting on it reads: a value to its last digit."""
    rounded: bool = False
    dashed: bool = False
    bold: bool = False


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A line of text without a box."""

    id: str
    x: float
    """Where it begins, has its middle or ends, by `anchor`."""
    y: float
    """Its middle."""
    text: str
    role: str = "muted"
    size: float = LABEL_SIZE
    classes: str = "dg-label"
    data: dict[str, str] = {}
    anchor: str = "middle"
    """``"start"``, ``"middle"`` or ``"end"``."""
    mono: bool = False
    bold: bool = False


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A line through `points` from one mark to another."""

    tail: str
    head: str
    """The ids of the boxes, labels or groups that it joins."""
    points: tuple[tuple[float, float], ...]
    role: str = "ink"
    classes: str = "dg-edge"
    data: dict[str, str] = {}
    arrow: bool = True
    dashed: bool = False

    @property
    def id(self) -> str:
        """No two lines join the same two marks."""
        return f"{self.tail}--{self.head}"


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Marks that belong together: the numbers of one vector."""

    id: str
    classes: str
    data: dict[str, str] = {}
    children: tuple[Box | Label, ...]


Mark = Box | Label | Edge | Group


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A whole figure; its marks in the order in which they are painted."""

    marks: tuple[Mark, ...]
    left: float
    bottom: float
    width: float
    height: float
