"""The vectors that one layer of an unrolled figure hands out, over its cells."""

from __future__ import annotations

from typing import NamedTuple

from diagramgen.figures.drawing import Edge, Group, Label
from diagramgen.figures.grid import ARROW
from diagramgen.figures.scene import Row, Vector
from diagramgen.figures.sheet import extent
from diagramgen.figures.stage import Stage, Tie
from diagramgen.figures.text import count
from diagramgen.figures.theme import SMALL_SIZE, VALUE_HEIGHT
from diagramgen.figures.vectors import lay, stand, vector_height, vector_width

ACROSS = "all"
"""Stands for the column in the id of a box that takes all of them."""
_AFTER_NAME = 5.0

Points = tuple[tuple[float, float], ...]


class Top(NamedTuple):
    """Where a row's cells end."""

    cells: str
    """The beginning of their ids, the column left out."""
    y: float
    shift: float = 0.0
    """How far right of their columns they stand."""


def draw_outputs(stage: Stage, index: int, tops: list[Top]) -> float:
    """Draw the vectors over a row's cells; returns the height at which they end.

    Args:
        stage: The figure.
        index: The row.
        tops: Where its cells end: those of either direction by themselves.
    """
    row = stage.scene.rows[index]
    height = vector_height(row.outputs[-1]) if row.labels else VALUE_HEIGHT
    middle = tops[-1].y + ARROW + height / 2
    for column, vector in zip(columns_of(stage, row), row.outputs, strict=True):
        group = _output(stage, index, column, vector, middle)
        stage.put(group)
        stage.sheet.add(*_risers(stage, index, column, group, tops))
        if vector.ghost:
            x, y = stage.grid.columns[column], middle + VALUE_HEIGHT / 2 + stage.depth + 8
            name = f"{group.id}-ghost"
            stage.sheet.add(Label(id=name, x=x, y=y, text="not returned", size=SMALL_SIZE + 1))
    if row.over is None:
        left, _, right, _ = extent(group)
        aside = (left + right) / 2 - stage.grid.columns[-1] if row.backward_outputs else 0.0
        stage.elide(f"output-{index}", middle, aside)
    _explain(stage, index, middle)
    if row.backward_outputs:
        return _draw_backward(stage, index, tops[-1], middle + height / 2)
    return middle + height / 2


def columns_of(stage: Stage, row: Row) -> list[int]:
    """The columns over which a row has an output."""
    return list(range(len(stage.scene.steps))) if row.over is None else [row.over]


def climb(start: tuple[float, float], end: tuple[float, float], turn: float) -> Points:
    """Straight up, or up, over at the height ``turn``, and up again."""
    if start[0] == end[0]:
        return (start, end)
    return (start, (start[0], turn), (end[0], turn), end)


def _output(stage: Stage, index: int, column: int, vector: Vector, y: float) -> Group:
    """An output over its column; one of two directions lies between their cells."""
    row, x = stage.scene.rows[index], stage.grid.columns[column]
    name = f"output-{index}-{column}"
    if row.labels:
        return stand(name, vector, x, y, row.labels)
    width = vector_width(vector)
    if row.backward_outputs:
        # The other direction's arrow passes on its right.
        x = min(x, x + stage.grid.shift - 10 - width / 2)
    elif len(row.passes) > 1:
        # The column's middle stays under it, for the arrow that goes on from there.
        x += min(stage.grid.shift, width - 20) / 2
    return lay(name, vector, x, y)


def _risers(stage: Stage, index: int, column: int, group: Group, tops: list[Top]) -> list[Edge]:
    """The arrows from the cells into an output: of each direction's own step, or its last one."""
    row, columns = stage.scene.rows[index], stage.grid.columns
    vector = row.outputs[column if row.over is None else 0]
    x, (_, end, right, _) = columns[column], extent(group)
    cell = f"{tops[0].cells}-{ACROSS if row.across else column}"
    edges = [_hand_out(vector, cell, group.id, ((x, tops[0].y), (x, end)))]
    if len(tops) > 1 and not row.backward_outputs:
        back = tops[1]
        first = 0 if row.over is not None else column
        landing = min(x + back.shift, right - 8)
        points = climb((columns[first] + back.shift, back.y), (landing, end), back.y + ARROW / 2)
        cell = f"{back.cells}-{first}"
        edges.append(_hand_out(vector, cell, group.id, points, role="backward"))
    return edges


def _hand_out(
    vector: Vector, cell: str, head: str, points: Points, *, role: str = "output"
) -> Edge:
    return Edge(
        tail=cell,
        head=head,
        points=points,
        role="ghost" if vector.ghost else role,
        data={"layer": vector.layer, "step": str(vector.step)},
        dashed=vector.ghost,
    )


def _draw_backward(stage: Stage, index: int, top: Top, y: float) -> float:
    """What the second of two unmerged directions hands out, over the first one's."""
    row = stage.scene.rows[index]
    middle = y + stage.depth + ARROW + VALUE_HEIGHT / 2
    columns = columns_of(stage, row) if row.over is None else [0]
    for column, vector in zip(columns, row.backward_outputs, strict=True):
        x = stage.grid.columns[column] + top.shift
        group = lay(f"backward-output-{index}-{column}", vector, x, middle)
        stage.put(group)
        points = ((x, top.y), (x, middle - VALUE_HEIGHT / 2))
        cell = f"{top.cells}-{column}"
        stage.sheet.add(_hand_out(vector, cell, group.id, points, role="backward"))
    if row.over is None:
        stage.elide(f"backward-output-{index}", middle, top.shift)
    stage.note(group, middle, [f"output {row.output_shape}", "backward"], "backward")
    return middle + VALUE_HEIGHT / 2


def _explain(stage: Stage, index: int, y: float) -> None:
    """The output's shape beside its last vector, and the argument that it comes from."""
    row = stage.scene.rows[index]
    name = f"output-{index}-{row.returned}"
    group = stage.sheet.marks[name]
    if not isinstance(group, Group):
        raise TypeError(f"{name} is no vector")
    top = index == len(stage.scene.rows) - 1 and stage.scene.misfit is None
    notes = [f"{'output ' if top else ''}{row.output_shape}", *_notes(row)]
    left_end = row.returned == 0 and stage.last > 0
    x = extent(group)[0 if left_end else 2] + (_AFTER_NAME if row.labels else 0)
    for argument in _arguments(row):
        stage.ties.append(Tie(argument, index, name, x, y, "output"))
    # Where two directions aren't merged, the second one's arrow passes here.
    passing = stage.grid.columns[row.returned] + stage.grid.shift - x
    gap = max(12.0, passing + 8) if row.backward_outputs else 12.0
    stage.note(group, y, notes, "output", left=left_end, gap=gap)


def _notes(row: Row) -> list[str]:
    """What is said of an output besides its shape."""
    if row.backward_outputs:
        return ["forward"]
    if row.passes:
        reads_back = len(row.passes) == 1 and row.passes[0].backward
        return ["from right to left"] if reads_back and row.sequence else []
    last = row.outputs[-1]
    if row.hidden or len(last.shape) > 1:
        return []
    return [count(last.length, "unit" if row.title == "Dense" else "feature")]


def _arguments(row: Row) -> list[str]:
    """Which arguments of its call an output comes from."""
    if not row.passes:
        return ["units"]
    merged = ["merge_mode"] if len(row.passes) > 1 else []
    return [*merged, *(["return_sequences"] if row.sequence else [])]
