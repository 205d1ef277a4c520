"""The sheet that a layout draws on: it collects marks, and knows how far they reach."""

from __future__ import annotations

from diagramgen.figures.drawing import Box, Drawing, Edge, Label, Mark
from diagramgen.figures.text import text_width
from diagramgen.figures.theme import MONO, SANS

Extent = tuple[float, float, float, float]
"""Left, bottom, right, top."""
_MARGIN = 8.0


class Sheet:
    """Marks in the order in which they were put there."""

    def __init__(self) -> None:
        self.marks: dict[str, Mark] = {}

    def add(self, *marks: Mark) -> None:
        """Put marks on the sheet; each has an id of its own."""
        for mark in marks:
            if mark.id in self.marks:
                raise ValueError(f"two marks have the id {mark.id!r}")
            self.marks[mark.id] = mark

    def extent(self) -> Extent:
        """How far the marks reach."""
        extents = [extent(mark) for mark in self.marks.values()]
        return (
            min(left for left, _, _, _ in extents),
            min(bottom for _, bottom, _, _ in extents),
            max(right for _, _, right, _ in extents),
            max(top for _, _, _, top in extents),
        )

    def finish(self) -> Drawing:
        """The drawing, its lines under everything else, with a margin around all marks."""
        left, bottom, right, top = self.extent()
        lines = [mark for mark in self.marks.values() if isinstance(mark, Edge)]
        others = [mark for mark in self.marks.values() if not isinstance(mark, Edge)]
        return Drawing(
            marks=(*lines, *others),
            left=left - _MARGIN,
            bottom=bottom - _MARGIN,
            width=right - left + 2 * _MARGIN,
            height=top - bottom + 2 * _MARGIN,
        )


def extent(mark: Mark) -> Extent:
    """Left, bottom, right and top of one mark, in points."""
    if isinstance(mark, Box):
        across, up = mark.width / 2, mark.height / 2
        return mark.x - across, mark.y - up, mark.x + across, mark.y + up
    if isinstance(mark, Label):
        font = MONO if mark.mono else SANS
        width = text_width(mark.text, mark.size, font=font, bold=mark.bold)
        left = mark.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor] * width
        return left, mark.y - mark.size * 0.6, left + width, mark.y + mark.size * 0.6
    if isinstance(mark, Edge):
        xs, ys = [x for x, _ in mark.points], [y for _, y in mark.points]
        return min(xs), min(ys), max(xs), max(ys)
    parts = [extent(child) for child in mark.children]
    return (
        min(part[0] for part in parts),
        min(part[1] for part in parts),
        max(part[2] for part in parts),
        max(part[3] for part in parts),
    )
