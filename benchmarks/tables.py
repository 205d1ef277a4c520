"""What was measured, as tables in Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from benchmarks.contenders import (
    COLD,
    EXEC,
    FLOOR,
    JUPYTER_COLD,
    JUPYTER_WARM,
    MYST_COLD,
    MYST_WARM,
    PLAIN,
    WARM,
    Contender,
)
from benchmarks.measure import Measured


@dataclass(frozen=True)
class Result:
    """One run of a contender.

    Attributes:
        measured: Its time, memory and output.
        outputs: How many pages of the site that it left have what their code printed.
        figures: How many figures are on them.
    """

    measured: Measured
    outputs: int
    figures: int

    @property
    def blocks_run(self) -> str:
        """How many blocks were run, where the contender says so."""
        said = re.search(r"(\d+) run\b", self.measured.output)
        return said[1] if said else ""


class Medians:
    """The medians of all runs at one size of the guide."""

    def __init__(self, results: Mapping[Contender, Sequence[Result]]) -> None:
        self._results = results

    def seconds(self, contender: Contender) -> float:
        """From start to end."""
        return median(run.measured.seconds for run in self._results[contender])

    def megabytes(self, contender: Contender) -> float:
        """The most that the process itself held, without those that it started."""
        return median(run.measured.memory for run in self._results[contender]) / 1024

    def ratio(self, contender: Contender, other: Contender) -> float | None:
        """A contender's time to another's; None where one of them had no turn."""
        if not {contender, other} <= self._results.keys():
            return None
        return self.seconds(contender) / self.seconds(other)

    def rows(self) -> list[list[str]]:
        """The table of this size, its head first."""
        rows = [
            [
                "",
                "seconds",
                "to plain",
                "to floor",
                "CPU seconds",
                "memory",
                "blocks run",
                "outputs",
                "figures",
            ]
        ]
        for contender, runs in self._results.items():
            processor = median(run.measured.processor for run in runs)
            rows.append(
                [
                    contender.name,
                    f"{self.seconds(contender):.2f}",
                    _ratio(self.ratio(contender, PLAIN)),
                    _ratio(self.ratio(contender, FLOOR)),
                    f"{processor:.2f}",
                    f"{self.megabytes(contender):.0f} MB",
                    runs[-1].blocks_run,
                    str(runs[-1].outputs),
                    str(runs[-1].figures),
                ]
            )
        return rows


_BARS = (
    (COLD, EXEC, 30, 1.0),
    (COLD, FLOOR, 30, 1.3),
    (COLD, JUPYTER_COLD, 10, 0.15),
    (COLD, MYST_COLD, 10, 0.15),
    (WARM, PLAIN, 30, 1.2),
    (WARM, JUPYTER_WARM, 30, 1.0),
    (WARM, MYST_WARM, 30, 1.0),
)
"""What a build may take of another's time at most, with so many pages."""


def goals(sizes: Mapping[int, Medians]) -> list[list[str]]:
    """Each goal whose contenders were measured, with what came of it."""
    rows = [["", "pages", "at most", "measured"]]
    for contender, other, pages, most in _BARS:
        measured = sizes[pages].ratio(contender, other) if pages in sizes else None
        if measured is not None:
            names = f"{contender.name}, to {other.name}"
            rows.append([names, str(pages), f"{most:.2f}", f"{measured:.2f}"])
    return rows


def growth(sizes: Mapping[int, Medians]) -> list[list[str]]:
    """What each further page adds between two sizes that follow each other."""
    rows = [
        ["from, to pages", *(f"{one.name}" for one in (PLAIN, COLD, WARM)), "memory beyond plain"]
    ]
    ordered = sorted(sizes)
    for fewer, more in pairwise(ordered):
        each = [
            (sizes[more].seconds(one) - sizes[fewer].seconds(one)) / (more - fewer)
            for one in (PLAIN, COLD, WARM)
        ]
        beyond = sizes[more].megabytes(COLD) - sizes[more].megabytes(PLAIN)
        seconds = [f"{1000 * one:.0f} ms a page" for one in each]
        rows.append([f"{fewer}, {more}", *seconds, f"{beyond:.0f} MB"])
    return rows


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a table in Markdown, the first being its head."""
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    form = " | ".join([f"{{:<{first}}}", *(f"{{:>{width}}}" for width in others)])
    rule = ["-" * first, *("-" * (width - 1) + ":" for width in others)]
    return "\n".join(f"| {form.format(*row)} |" for row in (rows[0], rule, *rows[1:]))


def _ratio(number: float | None) -> str:
    return "" if number is None else f"{number:.2f}"
