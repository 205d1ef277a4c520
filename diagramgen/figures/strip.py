"""The code strip: the calls that made the layers, each argument tied to what it sets.

A line leaves its argument downwards, runs between two lines of code to the left or the right
margin, climbs there, and arrives from the side; only the number of time-steps is tied straight
upwards. Calls stand in the order of the rows, so later lines climb further out and higher up,
and no two of them cross.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec.structs import replace

from diagramgen.figures.drawing import Edge, Label
from diagramgen.figures.sheet import extent
from diagramgen.figures.stage import Stage, Tie
from diagramgen.figures.text import text_width
from diagramgen.figures.theme import CODE_SIZE, LINE_HEIGHT, MONO
from diagramgen.trace import Argument, Source

_LONGEST = 88
_LETTER = text_width(" ", CODE_SIZE, font=MONO)
_LEVEL = 7.0
_STUB = LINE_HEIGHT * 0.6
"""How far from the middle of a line of code a line begins."""
_MARGIN = 14.0
_BACKWARD = "backward_layer."
_ALIASES = {
    "shape": ("input_shape", "batch_shape"),
    "units": ("output_dim",),
}


class Wire(NamedTuple):
    """An argument in the strip, and the place that it sets."""

    argument: Argument
    tie: Tie
    code: str
    """The id of the argument's piece of text."""
    x: float
    """The argument's middle."""


def draw_strip(stage: Stage, *, top: float) -> None:
    """Draw the calls under the figure, from ``top`` down, and tie their arguments to it."""
    left, _, right, _ = stage.sheet.extent()
    sources = _sources(stage)
    width = max((len(_shown(source)) for _, source in sources), default=0) * _LETTER
    x = (left + right - width) / 2
    y = top - LINE_HEIGHT
    margins = [min(left, x) - _MARGIN, max(right, x + width) + _MARGIN]
    for number, (row, source) in enumerate(sources):
        ties = [tie for tie in stage.ties if row == tie.row or (tie.row is None and number == 0)]
        wires = _wires(source, ties, f"code-{number}", x)
        _write(stage, source, wires, f"code-{number}", (x, y))
        y -= LINE_HEIGHT + 8 + _LEVEL * _draw_wires(stage, wires, y, margins)


def _sources(stage: Stage) -> list[tuple[int | None, Source]]:
    """The calls from the input up, each with its row."""
    scene = stage.scene
    sources: list[tuple[int | None, Source | None]] = [(None, scene.input_source)]
    sources += [(index, row.source) for index, row in enumerate(scene.rows)]
    if scene.misfit:
        sources.append((len(scene.rows), scene.misfit.source))
    return [(index, source) for index, source in sources if source]


def _shown(source: Source) -> str:
    text = source.text
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _wires(source: Source, ties: list[Tie], code: str, x: float) -> list[Wire]:
    """The arguments that set something, each place being set by one of them."""
    wires: dict[str, Wire] = {}
    for tie in ties:
        names = _names(tie.argument, source)
        for argument in source.arguments:
            known = _plain_name(argument.name) in names
            if known and argument.end < _LONGEST and tie.head not in wires:
                middle = x + _LETTER * (argument.start + argument.end) / 2
                wires[tie.head] = Wire(argument, tie, f"{code}-{argument.start}", middle)
    return list(wires.values())


def _names(wanted: str, source: Source) -> set[str]:
    """What an argument may be called in a call."""
    if not any(argument.name.startswith(_BACKWARD[:-1]) for argument in source.arguments):
        wanted = wanted.removeprefix(_BACKWARD)  # both directions are made from one layer
    stem, bracket, rest = wanted.partition("[")
    return {f"{name}{bracket}{rest}" for name in (stem, *_ALIASES.get(stem, ()))}


def _plain_name(name: str) -> str:
    """A parameter's name, bare of the layers and cells that hold it; of several cells, with which.

    ``"layer.cell.units"`` is ``"units"``, ``"cell[1].units"`` is ``"cells[1].units"``.
    """
    name = re.sub(r"\bcell(\.cells)?\[", "cells[", name.removeprefix("layer."))
    return re.sub(r"\bcell\.", "", name)


def _write(
    stage: Stage, source: Source, wires: list[Wire], code: str, place: tuple[float, float]
) -> None:
    """The text of a call, in pieces: a tied argument has its own colour."""
    roles = {(wire.argument.start, wire.argument.end): wire.tie.role for wire in wires}
    text, end = _shown(source), 0
    pieces = []
    for start, stop in sorted(roles):
        pieces += [(end, start, "ink"), (start, stop, roles[start, stop])]
        end = stop
    for start, stop, role in (*pieces, (end, len(text), "ink")):
        piece = text[start:stop]
        blank = len(piece) - len(piece.lstrip())
        if piece.strip():
            label = Label(
                id=f"{code}-{start}",
                x=place[0] + (start + blank) * _LETTER,
                y=place[1],
                text=piece.strip(),
                role=role,
                size=CODE_SIZE,
                classes="dg-code",
                anchor="start",
                mono=True,
                bold=role != "ink",
            )
            stage.sheet.add(label)


def _draw_wires(stage: Stage, wires: list[Wire], y: float, margins: list[float]) -> int:
    """The lines of one call's arguments; returns how many run under one another.

    Args:
        stage: The figure.
        wires: The arguments of the call that set something.
        y: The height of the call's text.
        margins: Where the next line climbs, on the left and on the right; moved outwards here.
    """
    for wire in wires:
        if wire.tie.role == "time":
            _point_up(stage, wire, y)
    to_left = [wire for wire in wires if wire.tie.x < 0]
    to_right = [wire for wire in wires if wire.tie.x >= 0 and wire.tie.role != "time"]
    to_right.sort(key=lambda wire: wire.tie.y)
    # Lines that run towards each other would lie on one another: one side goes deeper.
    crossing = any(left.x > right.x for left in to_left for right in to_right)
    deeper = len(to_right) if crossing else 0
    for level, wire in enumerate(to_left, deeper + 1):
        _lead(stage, wire, y, level, margins[0])
        margins[0] -= _LEVEL
    for level, wire in enumerate(to_right, 1):
        _lead(stage, wire, y, level, margins[1])
        margins[1] += _LEVEL
    return max(len(to_left) + deeper, len(to_right))


def _lead(stage: Stage, wire: Wire, y: float, level: int, margin: float) -> None:
    """A line from an argument through the margin to what it sets."""
    start = y - _STUB
    run = start - _LEVEL * level
    stage.sheet.add(
        Edge(
            tail=wire.code,
            head=wire.tie.head,
            points=(
                (wire.x, start),
                (wire.x, run),
                (margin, run),
                (margin, wire.tie.y),
                (wire.tie.x, wire.tie.y),
            ),
            role=wire.tie.role,
            classes="dg-edge dg-tie",
        )
    )


def _point_up(stage: Stage, wire: Wire, y: float) -> None:
    """A line up to the time axis; what is written under the axis makes room for it."""
    axis, label = stage.sheet.marks["word-0--time"], stage.sheet.marks[wire.tie.head]
    left, _, right, _ = extent(axis)
    x = min(max(wire.x, left + _LEVEL), right - _LEVEL)
    start, bottom, end, _ = extent(label)
    if isinstance(label, Label) and start - 8 < x < end + 8:
        moved = label.x + x - 8 - end
        stage.sheet.marks[label.id] = replace(label, x=moved)
    turn = (y + _STUB + bottom) / 2
    bend = () if x == wire.x else ((wire.x, turn), (x, turn))
    stage.sheet.add(
        Edge(
            tail=wire.code,
            head=wire.tie.head,
            points=((wire.x, y + _STUB), *bend, (x, wire.tie.y)),
            role=wire.tie.role,
            classes="dg-edge dg-tie",
        )
    )
