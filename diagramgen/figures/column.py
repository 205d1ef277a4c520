"""A `Chain` scene on the sheet: one box a layer, data from bottom to top."""

from __future__ import annotations

from diagramgen.figures.drawing import Box, Drawing, Edge, Label
from diagramgen.figures.grid import ARROW
from diagramgen.figures.scene import Chain, Link
from diagramgen.figures.sheet import Sheet
from diagramgen.figures.text import count, text_width
from diagramgen.figures.theme import CELL_SIZE, LABEL_SIZE, LEADING, LINE_HEIGHT

_BOX = 42.0
_PITCH = _BOX + 2 * ARROW + LINE_HEIGHT
_LONGEST = 72


def stack_up(scene: Chain) -> Drawing:
    """Every mark of the figure, in its place."""
    sheet = Sheet()
    width = max(_width(link) for link in scene.links)
    below = Label(id="input", x=0, y=0, text=f"input {scene.input_shape}", role="input", bold=True)
    sheet.add(below)
    for number, link in enumerate(scene.links):
        if scene.elided and number == LEADING:
            below = _elide(sheet, below, scene.elided)
        output = _output(link, number, below, last=number == len(scene.links) - 1)
        _draw_link(sheet, link, width, below, output)
        below = output
    return sheet.finish()


def _output(link: Link, number: int, below: Label, *, last: bool) -> Label:
    """The shape that comes out of a layer."""
    shape = f"{'output ' if last else ''}{link.output_shape}"
    failed = link.output_shape is None
    return Label(
        id=f"shape-{number}",
        x=0,
        y=below.y + _PITCH,
        text="does not fit" if failed else shape,
        role="ghost" if failed else "output",
        bold=True,
    )


def _draw_link(sheet: Sheet, link: Link, width: float, below: Label, output: Label) -> None:
    data = {"layer": link.layer}
    y = (below.y + output.y) / 2
    box = Box(
        id=f"{output.id}-layer",
        x=0,
        y=y,
        width=width,
        height=_BOX,
        role="ink",
        size=CELL_SIZE,
        classes="dg-cell",
        data=data,
        rounded=True,
    )
    title = Label(
        id=f"{box.id}-title",
        x=0,
        y=y + 9,
        text=link.title,
        role="ink",
        size=CELL_SIZE,
        bold=True,
    )
    detail = Label(id=f"{box.id}-detail", x=0, y=y - 9, text=_detail(link))
    sheet.add(box, title, detail, output)
    ends = (below.y + LINE_HEIGHT / 2, y - _BOX / 2), (y + _BOX / 2, output.y - LINE_HEIGHT / 2)
    for tail, head, (start, end), role in (
        (below, box, ends[0], "ink"),
        (box, output, ends[1], output.role),
    ):
        points = ((0.0, start), (0.0, end))
        dashed = role == "ghost"
        sheet.add(
            Edge(tail=tail.id, head=head.id, points=points, role=role, data=data, dashed=dashed)
        )


def _elide(sheet: Sheet, below: Label, left_out: int) -> Label:
    gap = Label(
        id="gap",
        x=0,
        y=below.y + ARROW + LINE_HEIGHT,
        text=f"⋯ {left_out} more layers ⋯",
        classes="dg-elided",
        data={"count": str(left_out)},
    )
    ends = (below.y + LINE_HEIGHT / 2, gap.y - LINE_HEIGHT / 2)
    points = ((0.0, ends[0]), (0.0, ends[1]))
    sheet.add(gap, Edge(tail=below.id, head=gap.id, points=points, dashed=True))
    return gap


def _detail(link: Link) -> str:
    """The call that made the layer, and how many weights it has."""
    weights = count(link.parameters, "weight")
    if link.source is None:
        return weights
    text = link.source.text
    return f"{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'} · {weights}"


def _width(link: Link) -> float:
    detail = text_width(_detail(link), LABEL_SIZE)
    return max(detail, text_width(link.title, CELL_SIZE, bold=True), 120.0) + 24
