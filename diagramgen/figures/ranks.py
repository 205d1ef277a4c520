"""Where the nodes of a graph stand: ranks from the bottom up, and an order in each rank.

After Sugiyama, Tagawa and Toda (1981), in its plainest form: a node stands over all that it takes
from, a line that passes a rank gets a place of its own there, and each place comes as near as it
can to the middle of those below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

_SPACE = 28.0
_PASSAGE = 10.0

Item = tuple[int, int]
"""What stands in a rank: a node twice, or the two nodes of a line that passes."""


class Places(NamedTuple):
    """A graph's places, in points."""

    rank: tuple[int, ...]
    """The rank of each node; what takes from nothing stands in rank 0."""
    x: tuple[dict[Item, float], ...]
    """For each rank, the middle of all that stands in it."""

    def route(self, source: int, target: int) -> list[float]:
        """The middles that a line from one node to another comes through, both ends with it."""
        passed = range(self.rank[source] + 1, self.rank[target])
        return [
            self.x[self.rank[source]][source, source],
            *(self.x[level][source, target] for level in passed),
            self.x[self.rank[target]][target, target],
        ]


def places_of(takes: Sequence[Sequence[int]], widths: Sequence[float]) -> Places:
    """Find a place for every node.

    Args:
        takes: For each node, the nodes before it from which lines come.
        widths: The width of each node, in points.
    """
    rank: list[int] = []
    for below in takes:
        rank.append(max((rank[node] + 1 for node in below), default=0))
    rows: list[list[Item]] = [[] for _ in range(max(rank) + 1)]
    for node, below in enumerate(takes):
        rows[rank[node]].append((node, node))
        for source in below:
            for level in range(rank[source] + 1, rank[node]):
                rows[level].append((source, node))
    x: list[dict[Item, float]] = []
    for row in rows:
        wanted = {item: _middle(item, takes, x[-1] if x else {}) for item in row}
        x.append(_spread(wanted, widths))
    return Places(tuple(rank), tuple(x))


def _middle(item: Item, takes: Sequence[Sequence[int]], below: dict[Item, float]) -> float:
    """The middle of all in the rank below that a line joins to this."""
    source, node = item
    sources = takes[node] if source == node else [source]
    joined = [
        place
        for one in sources
        for end in ((one, one), (one, node))
        if (place := below.get(end)) is not None
    ]
    return fmean(joined) if joined else 0.0


def _spread(wanted: dict[Item, float], widths: Sequence[float]) -> dict[Item, float]:
    """Places as near to those wanted as their widths allow, in the same order."""
    items = sorted(wanted, key=lambda item: wanted[item])
    x = [wanted[items[0]]]
    for one, other in pairwise(items):
        apart = (_width(one, widths) + _width(other, widths)) / 2 + _SPACE
        x.append(max(wanted[other], x[-1] + apart))
    shift = fmean(wanted[item] - place for item, place in zip(items, x, strict=True))
    return {item: place + shift for item, place in zip(items, x, strict=True)}


def _width(item: Item, widths: Sequence[float]) -> float:
    return widths[item[0]] if item[0] == item[1] else _PASSAGE
