"""A `Graph` scene on the sheet: one box a layer, data from bottom to top."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from diagramgen.figures.drawing import Box, Drawing, Edge, Label
from diagramgen.figures.grid import ARROW
from diagramgen.figures.ranks import Places, places_of
from diagramgen.figures.scene import Graph, Node
from diagramgen.figures.sheet import Sheet
from diagramgen.figures.text import count, text_width
from diagramgen.figures.theme import CELL_SIZE, LABEL_SIZE, LINE_HEIGHT

_BOX = 42.0
_LEVEL = 7.0
_FAN = 12.0
_LONGEST = 72


class Plan(NamedTuple):
    """Where everything of a graph goes."""

    scene: Graph
    places: Places
    widths: tuple[float, ...]
    bottoms: tuple[float, ...]
    """Where each rank begins."""
    levels: dict[tuple[int, int, int], int]
    """In which order lines turn between two ranks: by the two nodes and the rank below."""

    def top(self, rank: int) -> float:
        """Where a rank ends."""
        return self.bottoms[rank] + (_BOX + ARROW + LINE_HEIGHT if rank else LINE_HEIGHT)

    def x(self, node: int) -> float:
        """The middle of a node."""
        return self.places.x[self.places.rank[node]][node, node]


def stack_up(scene: Graph) -> Drawing:
    """Every mark of the figure, in its place."""
    plan, sheet = _plan(scene), Sheet()
    taken = {source for node in scene.nodes for source in node.takes}
    for number, node in enumerate(scene.nodes):
        output = _output(plan, number, last=number not in taken)
        sheet.add(output)
        if node.layer:
            _draw_layer(sheet, plan, number, output)
        elif node.hidden:
            _draw_gap(sheet, plan, number, output)
    for number, node in enumerate(scene.nodes):
        for source in node.takes:
            sheet.add(_line(plan, source, number))
    return sheet.finish()


def _plan(scene: Graph) -> Plan:
    widths = tuple(_width(node) for node in scene.nodes)
    places = places_of([node.takes for node in scene.nodes], widths)
    levels: dict[tuple[int, int, int], int] = {}
    turns = [0] * len(places.x)
    for number, node in enumerate(scene.nodes):
        for source in node.takes:
            middles = _route(places, scene, source, number)
            for rank, (here, there) in enumerate(pairwise(middles), places.rank[source]):
                if here != there:
                    turns[rank] += 1
                    levels[source, number, rank] = turns[rank]
    bottoms = [0.0]
    for rank in range(len(places.x) - 1):
        height = _BOX + ARROW + LINE_HEIGHT if rank else LINE_HEIGHT
        bottoms.append(bottoms[-1] + height + ARROW + _LEVEL * turns[rank])
    return Plan(scene, places, widths, tuple(bottoms), levels)


def _route(places: Places, scene: Graph, source: int, target: int) -> list[float]:
    """The middles that a line comes through; where several end, side by side, from the left on."""
    middles = places.route(source, target)
    takes = scene.nodes[target].takes
    order = sorted(takes, key=lambda node: places.route(node, target)[-2])
    middles[-1] += (order.index(source) - (len(takes) - 1) / 2) * _FAN
    return middles


def _line(plan: Plan, source: int, target: int) -> Edge:
    """The line from what one node gives into another node."""
    ranks = plan.places.rank
    points: list[tuple[float, float]] = []
    middles = _route(plan.places, plan.scene, source, target)
    for rank, (here, there) in enumerate(pairwise(middles), ranks[source]):
        points.append((here, plan.top(rank)))
        if here != there:
            turn = plan.top(rank) + _LEVEL * plan.levels[source, target, rank]
            points += [(here, turn), (there, turn)]
        points.append((there, plan.bottoms[rank + 1]))
    node = plan.scene.nodes[target]
    failed = bool(node.layer) and not node.gives
    return Edge(
        tail=f"output-{source}",
        head=f"node-{target}",
        points=tuple(points),
        role="misfit" if failed else "ink",
        data={"layer": node.layer} if node.layer else {},
        dashed=failed or bool(node.hidden),
    )


def _output(plan: Plan, number: int, *, last: bool) -> Label:
    """The shapes that a node gives, over it."""
    node = plan.scene.nodes[number]
    kind = "input " if not node.takes else "output " if last else ""
    return Label(
        id=f"output-{number}",
        x=plan.x(number),
        y=plan.top(plan.places.rank[number]) - LINE_HEIGHT / 2,
        text=f"{kind}{_shapes(node)}" if node.gives else "nothing comes out",
        role="input" if not node.takes else "output" if node.gives else "ghost",
        bold=True,
    )


def _draw_layer(sheet: Sheet, plan: Plan, number: int, output: Label) -> None:
    node, x = plan.scene.nodes[number], plan.x(number)
    bottom = plan.bottoms[plan.places.rank[number]]
    fits, data = bool(node.gives), {"layer": node.layer}
    box = Box(
        id=f"node-{number}",
        x=x,
        y=bottom + _BOX / 2,
        width=plan.widths[number],
        height=_BOX,
        role="ink" if fits else "misfit",
        size=CELL_SIZE,
        classes="dg-cell",
        data=data,
        rounded=True,
        dashed=not fits,
    )
    title = Label(
        id=f"{box.id}-title",
        x=x,
        y=box.y + 9,
        text=node.title,
        role="ink",
        size=CELL_SIZE,
        bold=True,
    )
    detail = Label(id=f"{box.id}-detail", x=x, y=box.y - 9, text=_detail(node))
    sheet.add(box, title, detail, _up(box.id, output, bottom + _BOX, data))
    if not fits:
        note = Label(
            id=f"{box.id}-misfit",
            x=x + box.width / 2 + 10,
            y=box.y,
            text="does not fit",
            role="misfit",
            anchor="start",
            bold=True,
        )
        sheet.add(note)


def _draw_gap(sheet: Sheet, plan: Plan, number: int, output: Label) -> None:
    """What stands for the layers that are left out."""
    hidden, bottom = plan.scene.nodes[number].hidden, plan.bottoms[plan.places.rank[number]]
    gap = Label(
        id=f"node-{number}",
        x=plan.x(number),
        y=bottom + LINE_HEIGHT / 2,
        text=f"⋯ {hidden} more layers ⋯",
        classes="dg-elided",
        data={"count": str(hidden)},
    )
    sheet.add(gap, _up(gap.id, output, bottom + LINE_HEIGHT, {}))


def _up(tail: str, output: Label, start: float, data: dict[str, str]) -> Edge:
    """The arrow from a node to the shapes that it gives."""
    return Edge(
        tail=tail,
        head=output.id,
        points=((output.x, start), (output.x, output.y - LINE_HEIGHT / 2)),
        role=output.role,
        data=data,
        dashed=output.role == "ghost",
    )


def _shapes(node: Node) -> str:
    return ", ".join(map(str, node.gives))


def _detail(node: Node) -> str:
    """The call that made the layer, and how many weights it has."""
    text = node.source.text if node.source else ""
    parts = [text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"]
    if node.gives:
        parts.append(count(node.parameters, "weight") + (", shared" if node.shared else ""))
    if node.masked is not None:
        parts.append(f"with a mask {node.masked}")
    return " · ".join(part for part in parts if part)


def _width(node: Node) -> float:
    shapes = text_width(f"output {_shapes(node)}", LABEL_SIZE, bold=True)
    if not node.layer:
        return shapes
    title = text_width(node.title, CELL_SIZE, bold=True)
    return max(title, text_width(_detail(node), LABEL_SIZE), shapes, 120.0) + 24
