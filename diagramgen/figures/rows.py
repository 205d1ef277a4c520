"""One layer of an unrolled figure: its cells, and what feeds them."""

from __future__ import annotations

from diagramgen.figures.drawing import Box, Edge, Label
from diagramgen.figures.grid import ARROW
from diagramgen.figures.lanes import Way, cell_height, draw_lanes
from diagramgen.figures.outputs import ACROSS, Points, Top, climb, columns_of, draw_outputs
from diagramgen.figures.scene import Misfit, Row
from diagramgen.figures.stage import Stage
from diagramgen.figures.text import text_width
from diagramgen.figures.theme import CELL_SIZE, SMALL_SIZE

_LOW_CELL = 34.0


def draw_row(stage: Stage, index: int, y: float) -> float:
    """Draw row ``index`` on what ends at height ``y``; returns the height at which it ends."""
    row = stage.scene.rows[index]
    if not row.passes:
        _draw_low_cells(stage, index, y)
        return draw_outputs(stage, index, [Top(f"cell-{index}", y + ARROW + _LOW_CELL)])
    tops, bottom = [], y
    for number, passed in enumerate(row.passes):
        shift = stage.grid.shift if number else 0.0
        way = Way(passed, index, f"{index}b" if number else str(index), shift)
        for core in range(len(passed.cores)):
            _draw_cells(stage, way, core, (y if core == 0 else bottom, bottom + ARROW))
            draw_lanes(stage, way, core, bottom + ARROW)
            bottom += ARROW + cell_height(stage, passed.cores[core])
        tops.append(Top(way.cell(len(passed.cores) - 1, 0).removesuffix("-0"), bottom, shift))
    return draw_outputs(stage, index, tops)


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


def _draw_cells(stage: Stage, way: Way, core: int, span: tuple[float, float]) -> None:
    """One cell's boxes, a column each, with the arrows that feed them.

    Args:
        stage: The figure.
        way: The pass that it belongs to.
        core: Which of the cells that stand over one another it is.
        span: Where its arrows begin, and where its boxes do.
    """
    passed, height = way.passed, cell_height(stage, way.passed.cores[core])
    for column, step in enumerate(stage.scene.steps):
        masked = step in passed.masked
        role = "backward" if way.shift else "ink"
        cell = Box(
            id=way.cell(core, column),
            x=stage.grid.columns[column] + way.shift,
            y=span[1] + height / 2,
            width=stage.grid.cell,
            height=height,
            role="ghost" if masked else role,
            text=passed.cores[core].title,
            size=CELL_SIZE,
            classes="dg-cell" + (" dg-masked" if masked else ""),
            data={"layer": passed.layer, "step": str(step)},
            rounded=True,
            dashed=masked,
            bold=True,
        )
        start = cell.x if core else stage.grid.columns[column], span[0]
        points = climb(start, (cell.x, span[1]), span[0] + ARROW / 2)
        below = way.cell(core - 1, column) if core else _below(way.row, column)
        stage.sheet.add(cell, _feed(stage, below, column, cell, points))


def _draw_low_cells(stage: Stage, index: int, y: float) -> None:
    """The boxes of a layer that carries no state: one a column, or a single one."""
    row, columns = stage.scene.rows[index], stage.grid.columns
    if row.across:
        middle, span = (columns[0] + columns[-1]) / 2, columns[-1] - columns[0] + stage.grid.cell
        width = max(span, text_width(row.title, CELL_SIZE, bold=True) + 20)
        cell = _low_cell(row, f"cell-{index}-{ACROSS}", (middle, y), width)
        feeds = [(column, cell) for column in range(len(columns))]
    else:
        feeds = []
        for column in columns_of(stage, row):
            step = str(stage.scene.steps[column])
            below, width = (columns[column], y), stage.grid.cell
            cell = _low_cell(row, f"cell-{index}-{column}", below, width, step=step)
            feeds.append((column, cell))
    stage.sheet.add(*{cell.id: cell for _, cell in feeds}.values())
    for column, cell in feeds:
        points = ((columns[column], y), (columns[column], y + ARROW))
        stage.sheet.add(_feed(stage, _below(index, column), column, cell, points))
    if row.shared:
        stage.sheet.add(_same_weights(cell))


def _low_cell(row: Row, name: str, below: tuple[float, float], width: float, **data: str) -> Box:
    gap = {"count": str(row.hidden)} if row.hidden else {}
    return Box(
        id=name,
        x=below[0],
        y=below[1] + ARROW + _LOW_CELL / 2,
        width=width,
        height=_LOW_CELL,
        role="ink",
        text=row.title,
        size=CELL_SIZE,
        classes="dg-elided" if row.hidden else "dg-cell",
        data={"layer": row.layer, **data, **gap},
        rounded=True,
        dashed=bool(row.hidden),
        bold=not row.hidden,
    )


def _same_weights(cell: Box) -> Label:
    """What a wrapped layer that works at each time-step has to say, beside its last box."""
    return Label(
        id=f"{cell.id}-shared",
        x=cell.x + cell.width / 2 + 10,
        y=cell.y,
        text="the same weights at each step",
        size=SMALL_SIZE + 1,
        anchor="start",
    )


def _below(index: int, column: int) -> str:
    """The id of what lies below a row."""
    return f"output-{index - 1}-{column}" if index else f"input-{column}"


def _feed(stage: Stage, below: str, column: int, cell: Box, points: Points) -> Edge:
    """The arrow from what lies below a cell into it."""
    return Edge(
        tail=below,
        head=cell.id,
        points=points,
        role="backward" if cell.role == "backward" else "ink",
        data={"layer": cell.data["layer"], "step": str(stage.scene.steps[column])},
    )
