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
    """What stands over a layer: the shape that comes out of it, or that nothing does."""
    shape = f"{'output ' if last else ''}{link.output_shape}"
    return Label(
        id=f"shape-{number}",
        x=0,
        y=below.y + _PITCH,
        text=shape if link.output_shape else "nothing comes out",
        role="output" if link.output_shape else "ghost",
        bold=True,
    )


def _draw_link(sheet: Sheet, link: Link, width: float, below: Label, output: Label) -> None:
    fits = link.output_shape is not None
    data = {"layer": link.layer}
    y = (below.y + output.y) / 2
    box = Box(
        id=f"{output.id}-layer",
        x=0,
        y=y,
        width=width,
        height=_BOX,
        role="ink" if fits else "ghost",
        size=CELL_SIZE,
        classes="dg-cell" if fits else "dg-cell dg-misfit",
        data=data,
        rounded=True,
        dashed=not fits,
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
    sheet.add(box, title, Label(id=f"{box.id}-detail", x=0, y=y - 9, text=_detail(link)), output)
    into = ((0.0, below.y + LINE_HEIGHT / 2), (0.0, y - _BOX / 2))
    out = ((0.0, y + _BOX / 2), (0.0, output.y - LINE_HEIGHT / 2))
    role = "ink" if fits else "misfit"
    sheet.add(
        Edge(tail=below.id, head=box.id, points=into, role=role, data=data, dashed=not fits),
        Edge(tail=box.id, head=output.id, points=out, role=output.role, data=data, dashed=not fits),
    )
    if not fits:
        sheet.add(_misfit(box, into))


def _misfit(box: Box, into: tuple[tuple[float, float], tuple[float, float]]) -> Label:
    """What is said beside the arrow that can't enter a layer."""
    return Label(
        id=f"{box.id}-misfit",
        x=10,
        y=(into[0][1] + into[1][1]) / 2,
        text="does not fit",
        role="misfit",
        anchor="start",
        bold=True,
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
    text = link.source.text if link.source else ""
    parts = [text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"]
    if link.output_shape is not None:
        parts.append(count(link.parameters, "weight"))
    return " · ".join(part for part in parts if part)


def _width(link: Link) -> float:
    detail = text_width(_detail(link), LABEL_SIZE)
    return max(detail, text_width(link.title, CELL_SIZE, bold=True), 120.0) + 24
