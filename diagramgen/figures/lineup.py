"""Parts of a `Relay` in their places, and the lines that carry states from one to the next.

Parts stand side by side where a page is wide enough for them, else each below the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from msgspec.structs import replace

from diagramgen.figures.drawing import Box, Drawing, Edge, Group, Label, Mark
from diagramgen.figures.scene import Handover, Relay
from diagramgen.figures.sheet import Sheet, extent

_WIDEST = 855.0
"""What a page shows without scrolling, in points."""
_GAP = 34.0
_LEVEL = 9.0
_SPACE = 6.0

Points = tuple[tuple[float, float], ...]


def line_up(scene: Relay, parts: Sequence[Sheet]) -> Drawing:
    """The drawing of all parts, in the order of time.

    Args:
        scene: The parts, and where states go on.
        parts: Each part laid out by itself, its words at height 0.
    """
    widths = [right - left for left, _, right, _ in (part.extent() for part in parts)]
    beside = sum(widths) + _GAP * (len(parts) - 1) <= _WIDEST
    sheet = Sheet()
    for index, part in enumerate(parts):
        shift = _shift(sheet, part, beside=beside) if index else (0.0, 0.0)
        sheet.add(*(_moved(mark, f"part-{index}", shift) for mark in part.marks.values()))
    for _, handovers in groupby(scene.handovers, key=lambda one: one.part):
        together = list(handovers)
        lines = _beside(sheet, scene, together) if beside else _below(sheet, scene, together)
        for one, points in zip(together, lines, strict=True):
            sheet.add(_carry(sheet, scene, one, points))
    return sheet.finish()


def _shift(sheet: Sheet, part: Sheet, *, beside: bool) -> tuple[float, float]:
    """How far a part moves to the right and up to stand after those on the sheet."""
    left, _, _, top = part.extent()
    edge, bottom, right, _ = sheet.extent()
    if beside:
        return right + _GAP - left, 0.0
    return edge - left, bottom - 2 * _GAP - top


def _ends(sheet: Sheet, scene: Relay, one: Handover) -> tuple[Group, Group]:
    """The last state and the initial state that it becomes."""
    (row, state), (taker, initial) = one.giver, one.taker
    column = len(scene.parts[one.part].steps) - 1
    names = (
        f"part-{one.part}-state-{row}-{state}-{column}",
        f"part-{one.part + 1}-state-{taker}-{initial}-initial",
    )
    giver, taking = (sheet.marks[name] for name in names)
    if not (isinstance(giver, Group) and isinstance(taking, Group)):
        raise TypeError(f"{' and '.join(names)} are no vectors")
    return giver, taking


def _beside(sheet: Sheet, scene: Relay, handovers: Sequence[Handover]) -> list[Points]:
    """Straight lines into the next part, slanted where the lanes lie at different heights."""
    found: list[Points] = []
    part = f"part-{handovers[0].part + 1}-"
    left = min(extent(mark)[0] for name, mark in sheet.marks.items() if name.startswith(part))
    for one in handovers:
        (x0, y0), (x1, y1) = _places(sheet, scene, one)
        slant = ((left - _GAP + _SPACE, y0), (left - _SPACE, y1)) if y0 != y1 else ()
        found.append(((x0, y0), *slant, (x1, y1)))
    return found


def _below(sheet: Sheet, scene: Relay, handovers: Sequence[Handover]) -> list[Points]:
    """Lines out to the right, back between the two parts, and in from the left.

    Higher ones run further out on the right and further in on the left, so that lines cross only
    where states change places.
    """
    place = handovers[0].part + 1
    left, _, right, _ = sheet.extent()
    gap = _top(sheet, f"part-{place}-") + 2 * _GAP
    ends = [_places(sheet, scene, one) for one in handovers]
    heights = sorted(y for (_, y), _ in ends)
    found: list[Points] = []
    for (x0, y0), (x1, y1) in ends:
        rank = heights.index(y0) + 1
        out, under = right + _LEVEL * rank, gap - _LEVEL * rank
        back = left - _LEVEL * (len(ends) + 1 - rank)
        found.append(((x0, y0), (out, y0), (out, under), (back, under), (back, y1), (x1, y1)))
    return found


def _places(
    sheet: Sheet, scene: Relay, one: Handover
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where a line leaves the last state, and where it arrives at the initial one."""
    start, end = map(extent, _ends(sheet, scene, one))
    return (start[2], (start[1] + start[3]) / 2), (end[0], (end[1] + end[3]) / 2)


def _top(sheet: Sheet, prefix: str) -> float:
    return max(extent(mark)[3] for name, mark in sheet.marks.items() if name.startswith(prefix))


def _carry(sheet: Sheet, scene: Relay, one: Handover, points: Points) -> Edge:
    """The line from a last state to the initial state that it becomes."""
    row, state = one.giver
    giver, taker = _ends(sheet, scene, one)
    return Edge(
        tail=giver.id,
        head=taker.id,
        points=points,
        role=scene.parts[one.part].rows[row].passes[0].lanes[state].role,
        classes="dg-edge dg-carried",
    )


def _moved(mark: Mark, prefix: str, shift: tuple[float, float]) -> Mark:
    """A mark in its part's place, under a name that no other part has."""
    if isinstance(mark, Edge):
        return replace(
            mark,
            tail=f"{prefix}-{mark.tail}",
            head=f"{prefix}-{mark.head}",
            points=tuple((x + shift[0], y + shift[1]) for x, y in mark.points),
        )
    if isinstance(mark, Group):
        return replace(
            mark,
            id=f"{prefix}-{mark.id}",
            children=tuple(_moved_child(c, prefix, shift) for c in mark.children),
        )
    return _moved_child(mark, prefix, shift)


def _moved_child(mark: Box | Label, prefix: str, shift: tuple[float, float]) -> Box | Label:
    return replace(mark, id=f"{prefix}-{mark.id}", x=mark.x + shift[0], y=mark.y + shift[1])
