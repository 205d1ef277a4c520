"""Which calls a figure follows: from the data up through one layer after another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from diagramgen.trace import LayerCall


def layers_of(calls: Sequence[LayerCall], draw: int) -> tuple[LayerCall, ...] | None:
    """The layer calls that a figure of call number ``draw`` shows, from the input up.

    Of a model, its layers, those of inner models among them; of a layer, what fed it and what
    took its output on, as far as one tensor leads to the next.

    Returns:
        The calls, or None where they don't form one line: a layer with several inputs of its own,
        or one whose output two others take.
    """
    by_number = {call.number: call for call in calls}
    chosen = by_number[draw]
    if chosen.kind == "model":
        return _line(_leaves(calls, chosen))
    siblings = [call for call in calls if call.parent == chosen.parent and call.kind != "model"]
    return _line(_connected(siblings, chosen))


def _leaves(calls: Sequence[LayerCall], model: LayerCall) -> list[LayerCall]:
    """The calls of a model's layers, in order, models inside it opened up."""
    leaves: list[LayerCall] = []
    for call in calls:
        if call.parent == model.number and call.layer != "InputLayer":
            leaves.extend(_leaves(calls, call) if call.kind == "model" else [call])
    return leaves


def _connected(calls: Sequence[LayerCall], chosen: LayerCall) -> list[LayerCall]:
    """The calls before and after ``chosen`` that its tensors lead to, in order."""
    made_by = {tensor.tensor: call for call in calls for tensor in call.outputs}
    found = {chosen.number: chosen}
    below = chosen
    while (source := _producer(below, made_by)) and source.number not in found:
        found[source.number] = below = source
    for call in sorted(calls, key=lambda call: call.number):
        maker = _producer(call, made_by)
        if maker and maker.number in found and maker.number >= chosen.number:
            found[call.number] = call
    return [found[number] for number in sorted(found)]


def _producer(call: LayerCall, made_by: dict[int | None, LayerCall]) -> LayerCall | None:
    """The call whose output this call takes as its input."""
    if not call.inputs or call.inputs[0].tensor is None:
        return None
    return made_by.get(call.inputs[0].tensor)


def _line(layers: list[LayerCall]) -> tuple[LayerCall, ...] | None:
    """The layers, if each one takes what the one before it gave; else None."""
    for below, above in pairwise(layers):
        if not above.inputs or not below.outputs:
            return None
        if above.inputs[0].tensor != below.outputs[0].tensor:
            return None
    return tuple(layers) or None
