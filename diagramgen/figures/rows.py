"""One layer of an unrolled figure: its cells, and the vectors that they hand out."""

from __future__ import annotations

from diagramgen.figures.drawing import Box, Edge, Group, Label
from diagramgen.figures.grid import ARROW
from diagramgen.figures.lanes import Way, cell_height, draw_lanes
from diagramgen.figures.scene import Misfit, Row, Vector
from diagramgen.figures.sheet import extent
from diagramgen.figures.stage import Stage, Tie
from diagramgen.figures.text import count, text_width
from diagramgen.figures.theme import CELL_SIZE, SMALL_SIZE, VALUE_HEIGHT
from diagramgen.figures.vectors import lay, stand, vector_height, vector_width

_LOW_CELL = 34.0
_AFTER_NAME = 5.0

Points = tuple[tuple[float, float], ...]


def draw_row(stage: Stage, index: int, y: float) -> float:
    """Draw row ``index`` on what ends at height ``y``; returns the height at which it ends."""
    row = stage.scene.rows[index]
    if not row.passes:
        _draw_low_cells(stage, index, y)
        return _draw_outputs(stage, index, [y + ARROW + _LOW_CELL])
    tops, below = [], y
    for number, passed in enumerate(row.passes):
        height = cell_height(passed)
        name = f"{index}b" if number else str(index)
        shift = stage.grid.shift if number else 0.0
        way = Way(passed, index, name, below + ARROW + height / 2, shift)
        for column in range(len(stage.scene.steps)):
            _draw_cell(stage, way, column, y)
        draw_lanes(stage, way)
        below = way.y + height / 2
        tops.append(below)
    return _draw_outputs(stage, index, tops)


def draw_misfit(stage: Stage, misfit: Misfit, y: float) -> None:
    """Draw the layer on top that can't take the last output, with the arrow that fails."""
    column = stage.scene.rows[-1].returned
    x = stage.grid.columns[column]
    cell = Box(
        id="misfit",
        x=x,
        y=y + ARROW + _LOW_CELL / 2,
        width=max(stage.grid.cell, text_width(misfit.title, CELL_SIZE, bold=True) + 20),
        height=_LOW_CELL,
        role="misfit",
        text=misfit.title,
        size=CELL_SIZE,
        classes="dg-cell",
        data={"layer": misfit.layer},
        rounded=True,
        dashed=True,
        bold=True,
    )
    below = f"output-{len(stage.scene.rows) - 1}-{column}"
    points = ((x, y), (x, y + ARROW))
    edge = Edge(tail=below, head=cell.id, points=points, role="misfit", dashed=True)
    label = Label(
        id="misfit-note",
        x=x + cell.width / 2 + 10,
        y=cell.y,
        text=f"can't take {stage.scene.rows[-1].output_shape}",
        role="misfit",
        anchor="start",
        bold=True,
    )
    stage.sheet.add(cell, edge, label)


def _draw_cell(stage: Stage, way: Way, column: int, y: float) -> None:
    passed, step = way.passed, stage.scene.steps[column]
    x, height, masked = stage.grid.columns[column], cell_height(passed), step in passed.masked
    role = "backward" if way.shift else "ink"
    cell = Box(
        id=f"cell-{way.name}-{column}",
        x=x + way.shift,
        y=way.y,
        width=stage.grid.cell,
        height=height,
        role="ghost" if masked else role,
        text=passed.title,
        size=CELL_SIZE,
        classes="dg-cell" + (" dg-masked" if masked else ""),
        data={"layer": passed.layer, "step": str(step)},
        rounded=True,
        dashed=masked,
        bold=True,
    )
    points = _climb((x, y), (x + way.shift, way.y - height / 2), y + ARROW / 2)
    stage.sheet.add(cell, _feed(stage, way.row, column, cell, points))


def _climb(start: tuple[float, float], end: tuple[float, float], turn: float) -> Points:
    """Straight up, or up, over at the height ``turn``, and up again."""
    if start[0] == end[0]:
        return (start, end)
    return (start, (start[0], turn), (end[0], turn), end)


def _draw_low_cells(stage: Stage, index: int, y: float) -> None:
    """The boxes of a layer that carries no state: one a column, or a single one."""
    row, columns = stage.scene.rows[index], stage.grid.columns
    if row.across:
        middle, width = (columns[0] + columns[-1]) / 2, columns[-1] - columns[0] + stage.grid.cell
        cell = _low_cell(row, f"cell-{index}-{row.over}", (middle, y), width)
        stage.sheet.add(cell)
        for column, x in enumerate(columns):
            stage.sheet.add(_feed(stage, index, column, cell, ((x, y), (x, y + ARROW))))
        return
    for column in _columns(stage, row):
        x, step = columns[column], str(stage.scene.steps[column])
        cell = _low_cell(row, f"cell-{index}-{column}", (x, y), stage.grid.cell, step=step)
        stage.sheet.add(cell, _feed(stage, index, column, cell, ((x, y), (x, y + ARROW))))


def _low_cell(row: Row, name: str, below: tuple[float, float], width: float, **data: str) -> Box:
    return Box(
        id=name,
        x=below[0],
        y=below[1] + ARROW + _LOW_CELL / 2,
        width=width,
        height=_LOW_CELL,
        role="ink",
        text=row.title,
        size=CELL_SIZE,
        classes="dg-cell",
        data={"layer": row.layer, **data},
        rounded=True,
        bold=True,
    )


def _columns(stage: Stage, row: Row) -> list[int]:
    """The columns over which a row has an output."""
    return list(range(len(stage.scene.steps))) if row.over is None else [row.over]


def _feed(stage: Stage, index: int, column: int, cell: Box, points: Points) -> Edge:
    """The arrow from what lies below a cell into it."""
    return Edge(
        tail=f"output-{index - 1}-{column}" if index else f"input-{column}",
        head=cell.id,
        points=points,
        role="backward" if cell.role == "backward" else "ink",
        data={"layer": cell.data["layer"], "step": str(stage.scene.steps[column])},
    )


def _draw_outputs(stage: Stage, index: int, tops: list[float]) -> float:
    """The vectors over a row's cells; returns the height at which they end."""
    row = stage.scene.rows[index]
    height = vector_height(row.outputs[-1]) if row.labels else VALUE_HEIGHT
    middle = tops[-1] + ARROW + height / 2
    for column, vector in zip(_columns(stage, row), row.outputs, strict=True):
        group = _output(stage, index, column, vector, middle)
        stage.sheet.add(group, *_risers(stage, index, column, group, tops))
        if vector.ghost:
            stage.sheet.add(_not_returned(group, stage.grid.columns[column], middle))
    if row.over is None:
        stage.elide(f"output-{index}", middle)
    _explain(stage, index, middle)
    return middle + height / 2


def _output(stage: Stage, index: int, column: int, vector: Vector, y: float) -> Group:
    """An output over its column; one of two directions lies between their cells."""
    row, x = stage.scene.rows[index], stage.grid.columns[column]
    name = f"output-{index}-{column}"
    if row.labels:
        return stand(name, vector, x, y, row.labels)
    if len(row.passes) > 1:
        # The column's middle stays under it, for the arrow that goes on from there.
        x += min(stage.grid.shift, vector_width(vector) - 20) / 2
    return lay(name, vector, x, y)


def _risers(stage: Stage, index: int, column: int, group: Group, tops: list[float]) -> list[Edge]:
    """The arrows from the cells into an output: of each direction's own step, or its last one."""
    row, columns = stage.scene.rows[index], stage.grid.columns
    vector = row.outputs[column if row.over is None else 0]
    x, (_, end, right, _) = columns[column], extent(group)
    edges = [_hand_out(vector, f"cell-{index}-{column}", group.id, ((x, tops[0]), (x, end)))]
    if len(tops) > 1:
        first = 0 if row.over is not None else column
        start = columns[first] + stage.grid.shift, tops[1]
        landing = min(x + stage.grid.shift, right - 8)
        points = _climb(start, (landing, end), tops[1] + ARROW / 2)
        edges.append(_hand_out(vector, f"cell-{index}b-{first}", group.id, points))
    return edges


def _hand_out(vector: Vector, cell: str, head: str, points: Points) -> Edge:
    return Edge(
        tail=cell,
        head=head,
        points=points,
        role="ghost" if vector.ghost else "backward" if "b-" in cell else "output",
        data={"layer": vector.layer, "step": str(vector.step)},
        dashed=vector.ghost,
    )


def _not_returned(group: Group, x: float, y: float) -> Label:
    return Label(
        id=f"{group.id}-ghost",
        x=x,
        y=y + VALUE_HEIGHT / 2 + 8,
        text="not returned",
        size=SMALL_SIZE + 1,
    )


def _explain(stage: Stage, index: int, y: float) -> None:
    """The output's shape beside its last vector, and the argument that it comes from."""
    row = stage.scene.rows[index]
    name = f"output-{index}-{row.returned}"
    group = stage.sheet.marks[name]
    if not isinstance(group, Group):
        raise TypeError(f"{name} is no vector")
    top = index == len(stage.scene.rows) - 1 and stage.scene.misfit is None
    notes = [f"{'output ' if top else ''}{row.output_shape}"]
    sequence = len(row.output_shape) == 3
    if not row.passes:
        notes.append(count(row.outputs[-1].length, "unit" if row.title == "Dense" else "feature"))
        arguments = ["units"]
    else:
        arguments = ["merge_mode"] if len(row.passes) > 1 else []
        arguments += ["return_sequences"] if sequence else []
        if len(row.passes) == 1 and row.passes[0].backward and sequence:
            notes.append("from right to left")
    left_end = row.returned == 0 and stage.last > 0
    x = extent(group)[0 if left_end else 2] + (_AFTER_NAME if row.labels else 0)
    stage.ties.extend(Tie(argument, index, name, x, y, "output") for argument in arguments)
    stage.note(group, y, notes, "output", left=left_end)
