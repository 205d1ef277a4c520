"""Layers that aren't told step by step, as a `Graph` scene with shapes."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from diagramgen.figures.scene import Graph, Node
from diagramgen.figures.theme import LEADING, SHOWN_LAYERS
from diagramgen.trace import LayerCall


def graph(drawn: LayerCall, layers: Sequence[LayerCall]) -> Graph:
    """The scene of these calls, one box a layer.

    Args:
        drawn: The call that the figure is of: a model, or one of ``layers``.
        layers: In the order in which they were called, at least one.
    """
    nodes: list[Node] = []
    made: dict[int, int] = {}
    for call in layers:
        takes = []
        for tensor in call.inputs:
            if tensor.tensor is None or tensor.tensor not in made:
                made[tensor.tensor or -len(nodes) - 1] = len(nodes)
                takes.append(len(nodes))
                nodes.append(Node(gives=(tensor.shape,)))
            else:
                takes.append(made[tensor.tensor])
        made |= {tensor.tensor: len(nodes) for tensor in call.outputs if tensor.tensor}
        shared = sum(one.name == call.name for one in layers) > 1
        nodes.append(_node(call, tuple(dict.fromkeys(takes)), shared))
    note = next((call.note for call in (drawn, *layers) if call.note), None)
    return Graph(
        name=drawn.layer, nodes=tuple(_shortened(nodes)), note=note or _note_on_reversal(layers)
    )


def _note_on_reversal(layers: Sequence[LayerCall]) -> str | None:
    """What to say where a layer hands its sequence on with the last time-step first."""
    for call in layers[:-1]:
        if call.config.get("go_backwards") and call.config.get("return_sequences"):
            return f"Its time-steps are not drawn: {call.layer} hands them on in reverse."
    return None


def _node(call: LayerCall, takes: tuple[int, ...], shared: bool) -> Node:
    return Node(
        layer=call.name,
        title=call.layer,
        takes=takes,
        gives=tuple(tensor.shape for tensor in call.outputs),
        source=call.source,
        parameters=call.parameters,
        shared=shared and call.parameters > 0,
        masked=tuple(axis or 0 for axis in call.mask.shape) if call.mask else None,
    )


def _shortened(nodes: list[Node]) -> list[Node]:
    """A deep model of one line without its middle; any other one as it is."""
    straight = all(node.takes == (place - 1,) for place, node in enumerate(nodes) if place)
    if not straight or len(nodes) - 1 < SHOWN_LAYERS:
        return nodes
    first, last = nodes[: LEADING + 1], nodes[-1]
    gap = Node(takes=(LEADING,), hidden=len(nodes) - len(first) - 1, gives=nodes[-2].gives)
    return [*first, gap, replace(last, takes=(LEADING + 1,))]
