"""Parts of a `Relay` side by side, and the lines that carry states from one to the next."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from diagramgen.figures.drawing import Box, Drawing, Edge, Group, Label, Mark
from diagramgen.figures.scene import Handover, Lane, Relay
from diagramgen.figures.sheet import Sheet, extent

_GAP = 34.0
_LEVEL = 9.0


def line_up(scene: Relay, parts: Sequence[Sheet]) -> Drawing:
    """The drawing of all parts, in the order of time.

    Args:
        scene: The parts, and where states go on.
        parts: Each part laid out by itself, its words at height 0.
    """
    sheet, right = Sheet(), 0.0
    for index, part in enumerate(parts):
        left, _, end, _ = part.extent()
        shift = right - left if index else 0.0
        sheet.add(*(_moved(mark, f"part-{index}", shift) for mark in part.marks.values()))
        right = end + shift + _GAP
    for index, handover in enumerate(scene.handovers):
        lanes = scene.parts[index].rows[handover.giver].passes[0].lanes
        for number, lane in enumerate(lanes):
            sheet.add(_carry(sheet, scene, (index, number), handover, lane))
    return sheet.finish()


def _carry(
    sheet: Sheet, scene: Relay, place: tuple[int, int], handover: Handover, lane: Lane
) -> Edge:
    """The line from a last state to the initial state that it becomes."""
    index, number = place
    part = scene.parts[index]
    column = 0 if part.rows[handover.giver].passes[0].backward else len(part.steps) - 1
    giver = sheet.marks[f"part-{index}-state-{handover.giver}-{number}-{column}"]
    taker = sheet.marks[f"part-{index + 1}-state-{handover.taker}-{number}-initial"]
    start, end = extent(giver), extent(taker)
    y0, y1 = (start[1] + start[3]) / 2, (end[1] + end[3]) / 2
    turn = end[0] - 72 - _LEVEL * (number if y1 > y0 else -number)
    points = ((start[2], y0), (turn, y0), (turn, y1), (end[0], y1))
    return Edge(
        tail=giver.id,
        head=taker.id,
        points=(points[0], points[-1]) if y0 == y1 else points,
        role=lane.role,
        classes="dg-edge dg-carried",
    )


def _moved(mark: Mark, prefix: str, shift: float) -> Mark:
    """A mark further to the right, under a name that no other part has."""
    if isinstance(mark, Edge):
        return replace(
            mark,
            tail=f"{prefix}-{mark.tail}",
            head=f"{prefix}-{mark.head}",
            points=tuple((x + shift, y) for x, y in mark.points),
        )
    if isinstance(mark, Group):
        return replace(
            mark,
            id=f"{prefix}-{mark.id}",
            children=tuple(_moved_child(c, prefix, shift) for c in mark.children),
        )
    return _moved_child(mark, prefix, shift)


def _moved_child(mark: Box | Label, prefix: str, shift: float) -> Box | Label:
    return replace(mark, id=f"{prefix}-{mark.id}", x=mark.x + shift)
