"""One layer of an unrolled figure: its cells, and the vectors that they hand out."""

from __future__ import annotations

from diagramgen.figures.drawing import Box, Edge, Group, Label
from diagramgen.figures.grid import ARROW
from diagramgen.figures.lanes import cell_height, draw_lanes
from diagramgen.figures.scene import Row, Vector
from diagramgen.figures.stage import Stage, Tie, right_of
from diagramgen.figures.text import count
from diagramgen.figures.theme import CELL_SIZE, SMALL_SIZE, VALUE_HEIGHT
from diagramgen.figures.vectors import lay, stand, vector_height

_LOW_CELL = 34.0


def draw_row(stage: Stage, index: int, y: float) -> float:
    """Draw row ``index`` on what ends at height ``y``; returns the height at which it ends."""
    row = stage.scene.rows[index]
    height = cell_height(row) if row.recurrent else _LOW_CELL
    middle = y + ARROW + height / 2
    if row.across:
        _draw_across(stage, index, y, middle)
    else:
        for column in _columns(stage, row):
            _draw_cell(stage, index, column, y, height)
    if row.recurrent:
        draw_lanes(stage, index, middle)
    return _draw_outputs(stage, index, middle + height / 2)


def _columns(stage: Stage, row: Row) -> range:
    """The columns over which a row has something."""
    return range(stage.last if row.once else 0, stage.last + 1)


def _draw_cell(stage: Stage, index: int, column: int, y: float, height: float) -> None:
    row, step = stage.scene.rows[index], stage.scene.steps[column]
    x, masked = stage.grid.columns[column], step in row.masked
    cell = Box(
        id=f"cell-{index}-{column}",
        x=x,
        y=y + ARROW + height / 2,
        width=stage.grid.cell,
        height=height,
        role="ghost" if masked else "ink",
        text=row.title,
        size=CELL_SIZE,
        classes="dg-cell" + (" dg-masked" if masked else ""),
        data={"layer": row.layer, "step": str(step)},
        rounded=True,
        dashed=masked,
        bold=True,
    )
    stage.sheet.add(cell, _feed(stage, index, column, cell.id, y))


def _draw_across(stage: Stage, index: int, y: float, middle: float) -> None:
    """One wide box over all time-steps."""
    row, columns = stage.scene.rows[index], stage.grid.columns
    cell = Box(
        id=f"cell-{index}-{stage.last}",
        x=(columns[0] + columns[-1]) / 2,
        y=middle,
        width=columns[-1] - columns[0] + stage.grid.cell,
        height=_LOW_CELL,
        role="ink",
        text=row.title,
        size=CELL_SIZE,
        classes="dg-cell",
        data={"layer": row.layer},
        rounded=True,
        bold=True,
    )
    stage.sheet.add(cell)
    for column in range(len(columns)):
        stage.sheet.add(_feed(stage, index, column, cell.id, y))


def _feed(stage: Stage, index: int, column: int, cell: str, y: float) -> Edge:
    """The arrow from what lies below a cell into it."""
    below = f"output-{index - 1}-{column}" if index else f"input-{column}"
    x = stage.grid.columns[column]
    return Edge(
        tail=below,
        head=cell,
        points=((x, y), (x, y + ARROW)),
        data={
            "layer": stage.scene.rows[index].layer,
            "step": str(stage.scene.steps[column]),
        },
    )


def _draw_outputs(stage: Stage, index: int, y: float) -> float:
    """The vectors over a row's cells; returns the height at which they end."""
    row = stage.scene.rows[index]
    height = vector_height(row.outputs[-1]) if row.labels else VALUE_HEIGHT
    middle = y + ARROW + height / 2
    for column, vector in zip(_columns(stage, row), row.outputs, strict=True):
        name, x = f"output-{index}-{column}", stage.grid.columns[column]
        group = (
            stand(name, vector, x, middle, row.labels)
            if row.labels
            else lay(name, vector, x, middle)
        )
        edge = _hand_out(vector, f"cell-{index}-{column}", name, ((x, y), (x, middle - height / 2)))
        stage.sheet.add(group, edge)
        if vector.ghost:
            stage.sheet.add(_not_returned(group, x, middle))
    if not row.once:
        stage.elide(f"output-{index}", middle)
    _explain(stage, index, group, middle)
    return middle + height / 2


def _hand_out(
    vector: Vector, cell: str, head: str, points: tuple[tuple[float, float], ...]
) -> Edge:
    return Edge(
        tail=cell,
        head=head,
        points=points,
        role="ghost" if vector.ghost else "output",
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


def _explain(stage: Stage, index: int, group: Group, y: float) -> None:
    """The output's shape beside its last vector, and the argument that it comes from."""
    row = stage.scene.rows[index]
    top = index == len(stage.scene.rows) - 1
    notes = [f"{'output ' if top else ''}{row.output_shape}"]
    x = right_of(group)
    if not row.recurrent:
        notes.append(count(row.outputs[-1].length, "unit"))
        stage.ties.append(Tie("units", index, group.id, x, y, "output"))
    elif len(row.output_shape) == 3:
        stage.ties.append(Tie("return_sequences", index, group.id, x, y, "output"))
    stage.note(group, y, notes, "output")
