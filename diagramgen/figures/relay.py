"""Parts that hand their states on: an encoder and a decoder, a stateful layer's calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from msgspec.structs import replace

from diagramgen.figures.path import Line, receiver
from diagramgen.figures.scene import Handover, Lane, Relay, Unrolled


def relay(parts: Sequence[Unrolled], lines: Sequence[Line]) -> Relay:
    """The scene of parts in the order of time, each with the calls that it was made of."""
    linked = list(parts)
    handovers = []
    for index, (earlier, later) in enumerate(pairwise(lines)):
        giver, taker = receiver(earlier, later)
        linked[index] = _handing_on(linked[index], giver)
        linked[index + 1] = _given(linked[index + 1], taker)
        handovers.append(Handover(giver=giver, taker=taker))
    return Relay(parts=tuple(linked), handovers=tuple(handovers))


def _handing_on(part: Unrolled, index: int) -> Unrolled:
    """The part with the last states of one row drawn, since they go on."""

    def hand_on(lane: Lane) -> Lane:
        after = tuple(replace(vector, ghost=False) for vector in lane.after)
        return replace(lane, handed_on=True, shown_last=True, after=after)

    return _with_lanes(part, index, hand_on)


def _given(part: Unrolled, index: int) -> Unrolled:
    """The part with the initial states of one row marked as another part's."""
    return _with_lanes(part, index, lambda lane: replace(lane, given=True))


def _with_lanes(part: Unrolled, index: int, change: Callable[[Lane], Lane]) -> Unrolled:
    row = part.rows[index]
    (only,) = row.passes
    cores = tuple(replace(core, lanes=tuple(map(change, core.lanes))) for core in only.cores)
    changed = replace(row, passes=(replace(only, cores=cores),))
    return replace(part, rows=(*part.rows[:index], changed, *part.rows[index + 1 :]))
