"""The states of a recurrent row, carried from cell to cell along their lanes."""

from __future__ import annotations

from typing import NamedTuple

from diagramgen.figures.drawing import Edge, Group, Label
from diagramgen.figures.scene import Lane, Row, Vector
from diagramgen.figures.stage import Stage, Tie, right_of
from diagramgen.figures.text import count
from diagramgen.figures.theme import LINE_HEIGHT, SMALL_SIZE, VALUE_WIDTH
from diagramgen.figures.vectors import stand, vector_height

_PADDING = 10.0


class Track(NamedTuple):
    """One lane in its place."""

    lane: Lane
    name: str
    """The beginning of its marks' ids."""
    row: int
    y: float
    """The middle of its vectors."""


def cell_height(row: Row) -> float:
    """The height of a recurrent cell in points: room for its lanes, one over the other."""
    return sum(_height(lane) for lane in row.lanes) + (len(row.lanes) + 1) * _PADDING


def draw_lanes(stage: Stage, index: int, middle: float) -> None:
    """Draw the lanes of row ``index`` through its cells, whose middle is at ``middle``."""
    row = stage.scene.rows[index]
    y = middle - cell_height(row) / 2
    for number, lane in enumerate(row.lanes):
        y += _PADDING
        track = Track(lane, f"state-{index}-{number}", index, y + vector_height(lane.initial) / 2)
        _draw_lane(stage, track)
        if number == 0:
            _explain_units(stage, track)
        y += _height(lane)
    stage.sheet.add(
        Label(
            id=f"initial-{index}",
            x=stage.grid.state_before(0),
            y=y + _PADDING + 8,
            text="initial state" if len(row.lanes) == 1 else "initial states",
            size=SMALL_SIZE + 1,
        )
    )


def _height(lane: Lane) -> float:
    return vector_height(lane.initial) + LINE_HEIGHT


def _draw_lane(stage: Stage, track: Track) -> None:
    lane, grid, steps = track.lane, stage.grid, stage.scene.steps
    entering = _draw_state(stage, track, "initial", lane.initial, grid.state_before(0))
    for column, x in enumerate(grid.columns):
        cell = f"cell-{track.row}-{column}"
        if column and steps[column] - steps[column - 1] > 1:
            entering = _skip(stage, track, column, entering)
        span = right_of(entering), x - grid.cell / 2
        stage.sheet.add(_carry(track, lane.before[column], (entering.id, cell), span))
        if column < stage.last or lane.shown_last:
            vector, place = lane.after[column], grid.state_after(column)
            entering = _draw_state(stage, track, str(column), vector, place)
            span = x + grid.cell / 2, place - VALUE_WIDTH / 2
            stage.sheet.add(_carry(track, vector, (cell, entering.id), span))
    if lane.shown_last:
        _explain_last(stage, track, entering)


def _skip(stage: Stage, track: Track, column: int, leaving: Group) -> Group:
    """The state across time-steps that are left out; returns the one that comes out of them."""
    x = stage.grid.state_before(column)
    arriving = _draw_state(stage, track, f"before-{column}", track.lane.before[column], x)
    stage.sheet.add(
        Edge(
            tail=leaving.id,
            head=arriving.id,
            points=((right_of(leaving), track.y), (x - VALUE_WIDTH / 2, track.y)),
            role=track.lane.role,
            classes="dg-edge dg-elided",
            dashed=True,
        )
    )
    return arriving


def _draw_state(stage: Stage, track: Track, name: str, vector: Vector, x: float) -> Group:
    group = stand(f"{track.name}-{name}", vector, x, track.y)
    label = Label(
        id=f"{group.id}-name",
        x=x,
        y=track.y + (vector_height(vector) + LINE_HEIGHT) / 2,
        text=vector.name,
        role="ghost" if vector.ghost else vector.role,
    )
    stage.sheet.add(group, label)
    return group


def _carry(track: Track, vector: Vector, ends: tuple[str, str], span: tuple[float, float]) -> Edge:
    """The arrow along which a state goes into a cell or out of it."""
    return Edge(
        tail=ends[0],
        head=ends[1],
        points=((span[0], track.y), (span[1], track.y)),
        role="ghost" if vector.ghost else track.lane.role,
        data={"layer": vector.layer, "step": str(vector.step)},
        dashed=vector.ghost,
    )


def _explain_last(stage: Stage, track: Track, group: Group) -> None:
    """What becomes of the last state: handed out, or not."""
    returned = track.lane.returned
    for place, note in enumerate(("final state", "returned") if returned else ("not returned",)):
        stage.sheet.add(
            Label(
                id=f"{group.id}-note-{place}",
                x=right_of(group) + 10,
                y=track.y + ((0.6 - 1.2 * place) * LINE_HEIGHT if returned else 0),
                text=note,
                role=track.lane.role if returned else "muted",
                size=SMALL_SIZE + 1,
                anchor="start",
            )
        )


def _explain_units(stage: Stage, track: Track) -> None:
    """How many units there are, beside the initial state, and the arguments tied to the lane."""
    lane, y = track.lane, track.y
    left = stage.grid.state_before(0) - VALUE_WIDTH / 2
    initial = f"{track.name}-initial"
    stage.sheet.add(
        Label(
            id=f"{initial}-units",
            x=left - 8,
            y=y + 0.6 * LINE_HEIGHT,
            text=count(lane.initial.length, "unit"),
            role=lane.role,
            anchor="end",
            bold=True,
        )
    )
    stage.ties.append(Tie("units", track.row, initial, left, y, lane.role))
    if lane.returned:
        right = stage.grid.state_after(stage.last) + VALUE_WIDTH / 2
        head = f"{track.name}-{stage.last}"
        stage.ties.append(Tie("return_state", track.row, head, right, y, lane.role))
