"""Which calls a figure follows: from the data up, and with the states from part to part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from diagramgen.figures.theme import SHOWN_PARTS
from diagramgen.trace import LayerCall

Line = tuple[LayerCall, ...]
"""Calls from the input up, each taking what the one before it gave."""


class Origin(NamedTuple):
    """Where an initial state comes from."""

    call: LayerCall
    state: int
    """Which of its final states it is."""


def lines_of(calls: Sequence[LayerCall], draw: int) -> tuple[Line, ...]:
    """The layer calls that a figure of call number ``draw`` shows.

    Of a model, its layers, those of inner models among them; of a layer, what fed it and what
    took its output on, as far as one tensor leads to the next. Where a recurrent layer begins with
    states that another call ended with (an encoder's, or those of the last call of a stateful
    layer), that call's line comes before.

    Returns:
        The lines in the order of time, the drawn one last; or none where the calls of a model
        don't form such lines.
    """
    chosen = next(call for call in calls if call.number == draw)
    if chosen.kind != "model":
        siblings = [c for c in calls if c.parent == chosen.parent and c.kind != "model"]
        return _with_earlier(siblings, _around(siblings, chosen))
    leaves = _leaves(calls, chosen)
    lines = _with_earlier(leaves, _below(leaves, leaves[-1])) if leaves else ()
    if sum(map(len, lines)) != len(leaves):
        return ()
    # A stateful layer goes on from the model's last call.
    return _with_earlier([call for call in calls if call.kind != "model"], *lines)


def layers_of(calls: Sequence[LayerCall], drawn: LayerCall) -> list[LayerCall]:
    """All layers of a model, in the order of their calls; a layer with those around it."""
    if drawn.kind == "model":
        return _leaves(calls, drawn)
    siblings = [c for c in calls if c.parent == drawn.parent and c.kind != "model"]
    return [*_around(siblings, drawn)]


def origins(calls: Sequence[LayerCall], call: LayerCall) -> tuple[Origin | None, ...]:
    """For each of a recurrent call's initial states, the final state that it was, if it was one."""
    if call.kind != "recurrent" or call.config.get("go_backwards"):
        return ()
    earlier = [
        Origin(other, state)
        for other in reversed(calls)
        if other.number < call.number and not other.config.get("go_backwards")
        for state in range(len(other.final_states))
    ]
    return tuple(
        next((origin for origin in earlier if _is_handed(origin, call, place)), None)
        for place in range(len(call.initial_states))
    )


def _leaves(calls: Sequence[LayerCall], model: LayerCall) -> list[LayerCall]:
    """The calls of a model's layers, in order, models inside it opened up."""
    leaves: list[LayerCall] = []
    for call in calls:
        if call.parent == model.number and call.layer != "InputLayer":
            leaves.extend(_leaves(calls, call) if call.kind == "model" else [call])
    return leaves


def _below(calls: Sequence[LayerCall], top: LayerCall) -> Line:
    """A call with all that its input came through."""
    line = [top]
    while (source := _producer(calls, line[0])) and source not in line:
        line.insert(0, source)
    return tuple(line)


def _around(calls: Sequence[LayerCall], chosen: LayerCall) -> Line:
    """A call with what fed it, and with what took its output on, last taker first asked."""
    line = [*_below(calls, chosen)]
    while takers := [call for call in calls if _producer(calls, call) is line[-1]]:
        line.append(takers[-1])
    return tuple(line)


def _with_earlier(calls: Sequence[LayerCall], *known: Line) -> tuple[Line, ...]:
    """Lines with those before them whose states they go on with, `SHOWN_PARTS` at the most."""
    lines = list(known)
    while len(lines) < SHOWN_PARTS:
        found = [one.call for call in lines[0] for one in origins(calls, call) if one]
        source = max(found, key=lambda call: call.number, default=None)
        if source is None or any(source in line for line in lines):
            break
        lines.insert(0, _below(calls, source))
    return tuple(lines)


def _producer(calls: Sequence[LayerCall], call: LayerCall) -> LayerCall | None:
    """The latest call before this one whose output it takes as its input."""
    wanted = call.inputs[0].tensor if call.inputs else None
    if wanted is None:
        return None
    before = [other for other in calls if other.number < call.number and other.outputs]
    return next((other for other in reversed(before) if other.outputs[0].tensor == wanted), None)


def _is_handed(origin: Origin, call: LayerCall, place: int) -> bool:
    """Whether a call's initial state is the final one of an earlier call."""
    other, state = origin
    if other.final_states[state].values != call.initial_states[place].values:
        return False
    if len(call.inputs) == 1:
        same = other.name == call.name and state == place
        return same and bool(call.config.get("stateful"))
    returned = {tensor.tensor for tensor in other.outputs[1 + state : 2 + state]}
    if state == 0 and not other.config.get("return_sequences"):
        returned |= {tensor.tensor for tensor in other.outputs[:1]}
    given = call.inputs[1 + place : 2 + place]
    return any(tensor.tensor in returned - {None} for tensor in given)
