"""Where the columns of an unrolled figure stand: one a time-step, from left to right."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from diagramgen.figures.scene import Unrolled
from diagramgen.figures.text import text_width
from diagramgen.figures.theme import CELL_SIZE, VALUE_WIDTH, WORD_SIZE
from diagramgen.figures.vectors import box_width, labels_width, vector_width

ARROW = 22.0
"""The length of an arrow between two marks."""
_CELL = 84.0
_ELISION = 96.0
_SPACE = 18.0


class Grid(NamedTuple):
    """Places along the time axis, in points."""

    columns: tuple[float, ...]
    """The middle of each column."""
    cell: float
    """The width of a cell."""
    state: float
    """The width of the widest state."""

    @property
    def reach(self) -> float:
        """From the middle of a cell to the middle of the state beside it."""
        return self.cell / 2 + ARROW + self.state / 2

    @property
    def shift(self) -> float:
        """How far right of a column its backward cell stands, so that lines pass between cells."""
        return (self.cell + ARROW) / 2


def grid_of(scene: Unrolled) -> Grid:
    """The narrowest even grid in which nothing of a column meets its neighbours."""
    cores = [core for row in scene.rows for passed in row.passes for core in passed.cores]
    titles = [row.title for row in scene.rows if not row.passes and not row.across]
    titles += [core.title for core in cores]
    widths = [text_width(title, CELL_SIZE, bold=True) + 20 for title in titles]
    cell = max([_CELL, *widths])
    states = [box_width(lane.initial) for core in cores for lane in core.lanes]
    state = max([VALUE_WIDTH, *states])
    between = cell + 2 * ARROW + state
    pitch = max(between, *_widths(scene))
    # What two directions hand out lies to the right of its column, as far as a half shift.
    both_ways = any(len(row.passes) > 1 for row in scene.rows)
    elision = _ELISION + ((cell + ARROW) / 2 if both_ways else 0)
    columns = [0.0]
    for here, there in pairwise(scene.steps):
        step = max(pitch, between + state) + elision if there - here > 1 else pitch
        columns.append(columns[-1] + step)
    return Grid(tuple(columns), cell, state)


def _widths(scene: Unrolled) -> list[float]:
    """What each kind of thing in a column needs, space to the next one included."""
    widths = [vector_width(vector) + _SPACE for vector in scene.inputs]
    widths += [text_width(word, WORD_SIZE, bold=True) + _SPACE for word in scene.words]
    for row in scene.rows:
        if row.labels:
            widths.append(VALUE_WIDTH + labels_width(row.labels) + _SPACE)
        else:
            vectors = (*row.outputs, *row.backward_outputs)
            widths += [vector_width(vector) + _SPACE for vector in vectors]
    return widths
