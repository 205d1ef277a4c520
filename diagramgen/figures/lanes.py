"""The states of one pass through time, carried from cell to cell along their lanes."""

from __future__ import annotations

from typing import NamedTuple

from diagramgen.figures.drawing import Edge, Group, Label
from diagramgen.figures.scene import Core, Lane, Pass, Vector
from diagramgen.figures.sheet import extent
from diagramgen.figures.stage import Stage, Tie
from diagramgen.figures.text import count
from diagramgen.figures.theme import LINE_HEIGHT, SMALL_SIZE
from diagramgen.figures.vectors import box_width, stand, vector_height

_PADDING = 10.0


class Way(NamedTuple):
    """One pass of a row in its place."""

    passed: Pass
    row: int
    name: str
    """The beginning of its marks' ids, after their kind: ``"0"``, and ``"0b"`` backwards."""
    shift: float = 0.0
    """How far right of their columns its cells stand."""

    @property
    def sign(self) -> int:
        """1 for a pass that goes to the right, -1 for one that goes to the left."""
        return -1 if self.passed.backward else 1

    def cell(self, core: int, column: int) -> str:
        """The id of a cell's box; of several in a step, all but the lowest bear a number."""
        return f"cell-{self.name}{f'.{core}' if core else ''}-{column}"


class Track(NamedTuple):
    """One lane of a way."""

    way: Way
    core: int
    """Which of the cells that stand over one another it belongs to."""
    lane: Lane
    number: int
    """Counts all lanes of its way."""
    y: float
    """The middle of its vectors."""

    @property
    def name(self) -> str:
        """The beginning of its marks' ids."""
        return f"state-{self.way.name}-{self.number}"


def cell_height(stage: Stage, core: Core) -> float:
    """The height of a recurrent cell in points: room for its lanes, one over the other."""
    heights = [_height(stage, lane) for lane in core.lanes]
    return sum(heights) + (len(heights) + 1) * _PADDING


def draw_lanes(stage: Stage, way: Way, core: int, y: float) -> None:
    """Draw the lanes of one cell through its boxes, which begin at height ``y``."""
    lanes = way.passed.cores[core].lanes
    first = sum(len(below.lanes) for below in way.passed.cores[:core])
    for number, lane in enumerate(lanes):
        y += _PADDING
        track = Track(way, core, lane, first + number, y + vector_height(lane.initial) / 2)
        _draw_lane(stage, track)
        if number == 0:
            _explain_units(stage, track)
        y += _height(stage, lane)
    initial = Label(
        id=f"initial-{way.name}{f'.{core}' if core else ''}",
        x=_beside(stage, way, _columns(stage, way)[0], before=True),
        y=y + _PADDING + 8,
        text="initial state" if len(lanes) == 1 else "initial states",
        size=SMALL_SIZE + 1,
    )
    if core == len(way.passed.cores) - 1:
        stage.sheet.add(initial)


def _height(stage: Stage, lane: Lane) -> float:
    return vector_height(lane.initial) + stage.depth + LINE_HEIGHT


def _columns(stage: Stage, way: Way) -> list[int]:
    """The columns in the order in which the pass comes to them."""
    return list(range(len(stage.scene.steps)))[:: way.sign]


def _beside(stage: Stage, way: Way, column: int, *, before: bool) -> float:
    """The middle of the state that enters or leaves a column's cell."""
    side = -way.sign if before else way.sign
    return stage.grid.columns[column] + way.shift + side * stage.grid.reach


def _draw_lane(stage: Stage, track: Track) -> None:
    way, lane = track.way, track.lane
    columns = _columns(stage, way)
    half = stage.grid.cell / 2 * way.sign
    x = _beside(stage, way, columns[0], before=True)
    entering = _draw_state(stage, track, "initial", lane.initial, x)
    for place, column in enumerate(columns):
        cell, middle = way.cell(track.core, column), stage.grid.columns[column] + way.shift
        if place and _skips(stage, columns[place - 1], column):
            entering = _skip(stage, track, column, entering)
        span = _leaving(entering, way), middle - half
        stage.sheet.add(_carry(track, lane.before[column], (entering.id, cell), span))
        if column != columns[-1] or lane.shown_last:
            vector, x = lane.after[column], _beside(stage, way, column, before=False)
            entering = _draw_state(stage, track, str(column), vector, x)
            span = middle + half, x - _half(vector) * way.sign
            stage.sheet.add(_carry(track, vector, (cell, entering.id), span))
    if lane.shown_last:
        _explain_last(stage, track, entering)


def _skips(stage: Stage, one: int, other: int) -> bool:
    return abs(stage.scene.steps[one] - stage.scene.steps[other]) > 1


def _skip(stage: Stage, track: Track, column: int, leaving: Group) -> Group:
    """The state across time-steps that are left out; returns the one that comes out of them."""
    way = track.way
    x = _beside(stage, way, column, before=True)
    vector = track.lane.before[column]
    arriving = _draw_state(stage, track, f"before-{column}", vector, x)
    stage.sheet.add(
        Edge(
            tail=leaving.id,
            head=arriving.id,
            points=((_leaving(leaving, way), track.y), (x - _half(vector) * way.sign, track.y)),
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
        y=track.y + stage.depth + (vector_height(vector) + LINE_HEIGHT) / 2,
        text=vector.name,
        role="ghost" if vector.ghost else track.lane.role,
    )
    stage.put(group)
    stage.sheet.add(label)
    return group


def _half(vector: Vector) -> float:
    """Half the width of a standing vector."""
    return box_width(vector) / 2


def _leaving(group: Group, way: Way) -> float:
    """Where an arrow leaves a state."""
    left, _, right, _ = extent(group)
    return right if way.sign > 0 else left


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
    returned, handed_on, sign = track.lane.returned, track.lane.handed_on, track.way.sign
    variable = f"returned: {track.lane.variable}" if track.lane.variable else "returned"
    notes = ("final state", variable) if returned else ("not returned",)
    if handed_on and not returned:
        notes = ("final state", "kept")
    for place, note in enumerate(notes):
        label = Label(
            id=f"{group.id}-note-{place}",
            x=_leaving(group, track.way) + 10 * sign,
            y=track.y + ((0.6 - 1.2 * place) * LINE_HEIGHT if len(notes) > 1 else 0),
            text=note,
            role=track.lane.role if returned or handed_on else "muted",
            size=SMALL_SIZE + 1,
            anchor="start" if sign > 0 else "end",
        )
        stage.sheet.add(label)
    # Where the state goes on, its own line ends in this place.
    if returned and not handed_on and track.number == 0:
        x = _leaving(group, track.way)
        tie = Tie("return_state", track.way.row, group.id, x, track.y, track.lane.role)
        stage.ties.append(tie)


def _explain_units(stage: Stage, track: Track) -> None:
    """How many units there are, beside the initial state, and the argument that says so."""
    way, initial = track.way, f"{track.name}-initial"
    what = "unit" if len(track.lane.initial.shape) == 1 else "filter"
    x = _beside(stage, way, _columns(stage, way)[0], before=True)
    x -= _half(track.lane.initial) * way.sign
    label = Label(
        id=f"{initial}-units",
        x=x - 8 * way.sign,
        y=track.y + 0.6 * LINE_HEIGHT,
        text=count(track.lane.initial.length, what),
        role=track.lane.role,
        anchor="end" if way.sign > 0 else "start",
        bold=True,
    )
    stage.sheet.add(label)
    if not track.lane.given:
        argument = f"{what}s"
        if len(way.passed.cores) > 1:
            argument = f"cells[{track.core}].{argument}"
        if way.shift:
            argument = f"backward_layer.{argument}"
        stage.ties.append(Tie(argument, way.row, initial, x, track.y, track.lane.role))
