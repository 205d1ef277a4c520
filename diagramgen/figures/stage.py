"""What the parts of a layout share: the scene, its grid, the sheet, and what is to be tied."""

from __future__ import annotations

from typing import NamedTuple

from diagramgen.figures.drawing import Group, Label
from diagramgen.figures.grid import Grid, grid_of
from diagramgen.figures.scene import Unrolled
from diagramgen.figures.sheet import Sheet, extent
from diagramgen.figures.theme import LINE_HEIGHT
from diagramgen.figures.vectors import depth, sheets


class Tie(NamedTuple):
    """A place in the figure that an argument of a call sets."""

    argument: str
    """The parameter's name: ``"units"``."""
    row: int | None
    """Which row's call; None for the input's."""
    head: str
    """The id of the mark that it points at."""
    x: float
    """Where the line arrives."""
    y: float
    role: str


class Stage(NamedTuple):
    """A figure in the making."""

    scene: Unrolled
    grid: Grid
    sheet: Sheet
    ties: list[Tie]

    @classmethod
    def of(cls, scene: Unrolled) -> Stage:
        """An empty sheet for this scene."""
        return cls(scene, grid_of(scene), Sheet(), [])

    @property
    def last(self) -> int:
        """The last column."""
        return len(self.scene.steps) - 1

    def put(self, group: Group) -> None:
        """Draw a vector, with the batch's other rows behind it."""
        ghost = "dg-ghost" in group.classes.split()
        self.sheet.add(*([] if ghost else sheets(group, self.scene.batch)), group)

    @property
    def depth(self) -> float:
        """How far the batch's other rows stand out over the first one's vectors."""
        return depth(self.scene.batch)

    def elisions(self) -> list[tuple[int, float, int]]:
        """Where time-steps are left out: the column before, the middle, and how many."""
        steps, columns = self.scene.steps, self.grid.columns
        return [
            (column, (columns[column] + columns[column + 1]) / 2, steps[column + 1] - step - 1)
            for column, step in enumerate(steps[:-1])
            if steps[column + 1] - step > 1
        ]

    def elide(self, name: str, y: float, shift: float = 0.0) -> None:
        """Say at height ``y`` how many time-steps are left out, where there are any."""
        for column, x, count in self.elisions():
            self.sheet.add(
                Label(
                    id=f"{name}-gap-{column}",
                    x=x + shift,
                    y=y,
                    text=f"⋯ {count} more ⋯",
                    classes="dg-elided",
                    data={"count": str(count)},
                )
            )

    def note(
        self,
        beside: Group,
        y: float,
        notes: list[str],
        role: str,
        *,
        left: bool = False,
        gap: float = 12.0,
    ) -> None:
        """Write notes beside a vector, over and under the line that may arrive there."""
        edges = extent(beside)
        for place, text in enumerate(notes):
            self.sheet.add(
                Label(
                    id=f"{beside.id}-note-{place}",
                    x=edges[0] - gap if left else edges[2] + gap,
                    y=y + (0.6 - 1.2 * place) * LINE_HEIGHT,
                    text=text,
                    role=role,
                    anchor="end" if left else "start",
                    bold=place == 0,
                )
            )
