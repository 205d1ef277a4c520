"""Which calls a figure follows: from the data up, and with the states from part to part."""

from __future__ import annotations

from collections.abc import Sequence

from diagramgen.figures.theme import SHOWN_PARTS
from diagramgen.trace import LayerCall, TensorSpec

Line = tuple[LayerCall, ...]
"""Calls from the input up, each taking what the one before it gave."""


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


def receiver(earlier: Line, later: Line) -> tuple[int, int]:
    """Where states go from one line to the next: the place of the call in each of them."""
    return next(
        (earlier.index(source), place)
        for place, call in enumerate(later)
        if (source := _provider(earlier, call))
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
        source = next(filter(None, (_provider(calls, call) for call in lines[0])), None)
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


def _provider(calls: Sequence[LayerCall], call: LayerCall) -> LayerCall | None:
    """The recurrent call whose final states this one begins with."""
    if call.kind != "recurrent" or not call.initial_states:
        return None
    given = {tensor.tensor for tensor in call.inputs[1:]} - {None}
    earlier = [other for other in calls if other.number < call.number and other.final_states]
    for other in reversed(earlier):
        handed = given & {tensor.tensor for tensor in other.outputs}
        kept = call.config.get("stateful") and other.name == call.name
        if (handed or kept) and _values(other.final_states) == _values(call.initial_states):
            return other
    return None


def _values(states: Sequence[TensorSpec]) -> list[object]:
    return [state.values for state in states]
