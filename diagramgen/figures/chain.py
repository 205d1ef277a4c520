"""Layers that aren't told step by step, as a `Chain` scene with shapes."""

from __future__ import annotations

from collections.abc import Sequence

from diagramgen.figures.scene import Chain, Link
from diagramgen.figures.theme import LEADING, SHOWN_LAYERS
from diagramgen.trace import LayerCall


def chain(drawn: LayerCall, layers: Sequence[LayerCall]) -> Chain:
    """The scene of these calls, one box a layer.

    Args:
        drawn: The call that the figure is of: a model, or one of ``layers``.
        layers: From the input up, at least one.
    """
    note = next((call.note for call in (drawn, *layers) if call.note), None)
    elided = len(layers) - LEADING - 1 if len(layers) >= SHOWN_LAYERS else 0
    shown = [*layers[:LEADING], layers[-1]] if elided else layers
    return Chain(
        name=drawn.layer,
        input_shape=layers[0].inputs[0].shape if layers[0].inputs else (),
        links=tuple(_link(call) for call in shown),
        elided=elided,
        note=note,
    )


def _link(call: LayerCall) -> Link:
    return Link(
        layer=call.name,
        title=call.layer,
        source=call.source,
        parameters=call.parameters,
        output_shape=call.outputs[0].shape if call.outputs else None,
    )
