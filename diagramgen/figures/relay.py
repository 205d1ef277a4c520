"""Parts that hand their states on: an encoder and a decoder, a stateful layer's calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise

from msgspec.structs import replace

from diagramgen.figures.path import Line, origins
from diagramgen.figures.scene import Handover, Lane, Relay, Unrolled, Vector


def relay(parts: Sequence[Unrolled], lines: Sequence[Line]) -> Relay:
    """The scene of parts in the order of time, each with the calls that it was made of."""
    linked = list(parts)
    handovers: list[Handover] = []
    for index, pair in enumerate(pairwise(lines)):
        found = list(_handovers(index, linked, pair))
        for one in found:
            linked[index] = _with_lane(linked[index], one.giver, _handing_on)
            linked[index + 1] = _with_lane(linked[index + 1], one.taker, _given)
        linked[index + 1] = _counting_on(linked, found)
        handovers += found
    return Relay(parts=tuple(linked), handovers=tuple(handovers))


def _handovers(
    index: int, parts: Sequence[Unrolled], lines: tuple[Line, Line]
) -> Iterator[Handover]:
    """The states that go from a part to the next."""
    earlier, later = lines
    for place, call in enumerate(later):
        for state, origin in enumerate(origins(earlier, call)):
            if origin is None:
                continue
            giver = _row_of(parts[index], earlier.index(origin.call))
            taker = _row_of(parts[index + 1], place)
            if giver is not None and taker is not None:
                yield Handover(part=index, giver=(giver, origin.state), taker=(taker, state))


def _row_of(part: Unrolled, place: int) -> int | None:
    """The row of a line's call; None if it is left out."""
    for index, row in enumerate(part.rows):
        stands_for = max(row.hidden, 1)
        if place < stands_for:
            return None if row.hidden else index
        place -= stands_for
    return None


def _handing_on(lane: Lane) -> Lane:
    """A lane whose last state is drawn, since it goes on."""
    after = tuple(replace(vector, ghost=False) for vector in lane.after)
    return replace(lane, handed_on=True, shown_last=True, after=after)


def _given(lane: Lane) -> Lane:
    """A lane that begins with another part's state."""
    return replace(lane, given=True)


def _counting_on(parts: Sequence[Unrolled], handovers: Sequence[Handover]) -> Unrolled:
    """The later part with its states numbered on, in each row that takes all of them in order."""
    earlier, later = (parts[handovers[0].part + end] for end in (0, 1))
    for index, row in enumerate(later.rows):
        taken = [one for one in handovers if one.taker[0] == index]
        states = sum(len(passed.lanes) for passed in row.passes)
        givers = {one.giver[0] for one in taken}
        if len(givers) == 1 and [one.giver[1] for one in taken] == list(range(states)):
            (giver,) = (earlier.rows[giver] for giver in givers)
            number_on = partial(_numbered_on, made=giver.passes[0].lanes[0].after[-1].made)
            for one in taken:
                later = _with_lane(later, one.taker, number_on)
    return later


def _numbered_on(lane: Lane, made: int) -> Lane:
    """A lane whose states were made by so many steps more."""

    def later(vector: Vector) -> Vector:
        return replace(vector, made=vector.made + made)

    return replace(
        lane,
        initial=later(lane.initial),
        before=tuple(map(later, lane.before)),
        after=tuple(map(later, lane.after)),
    )


def _with_lane(part: Unrolled, place: tuple[int, int], change: Callable[[Lane], Lane]) -> Unrolled:
    """The part with one lane changed: by its row, and its number among the row's states."""
    index, state = place
    row = part.rows[index]
    (only,) = row.passes
    cores = []
    for core in only.cores:
        lanes = list(core.lanes)
        if 0 <= state < len(lanes):
            lanes[state] = change(lanes[state])
        state -= len(lanes)
        cores.append(replace(core, lanes=tuple(lanes)))
    changed = replace(row, passes=(replace(only, cores=tuple(cores)),))
    return replace(part, rows=(*part.rows[:index], changed, *part.rows[index + 1 :]))
