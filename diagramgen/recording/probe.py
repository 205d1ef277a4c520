"""Models that were never called in sight, run once after the session has ended.

On the first row that the program gave to ``predict``, ``fit`` or the like; else on an example.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, tree

from diagramgen.recording.calls import Call
from diagramgen.recording.given import Given
from diagramgen.recording.snapshot import Saved, as_it_was, losses_kept, saved
from diagramgen.recording.values import Array

STEPS = 3
"""Time-steps of an example where neither the model nor its block says how many."""

SEED = 7
"""Of the example's numbers: the same page gives the same figure."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A layer or model as it stood at the end of its block, and how to call it."""

    layer: keras.Layer
    arguments: tuple[tuple[Any, ...], dict[str, Any]]
    """With a KerasTensor for each tensor."""
    parts: dict[str, Any]
    """The attributes in which a Sequential model holds its layers; a later ``add`` changes them."""
    variables: Saved
    steps: int
    given: Given | None = None
    """What to call it on; None for an example."""
    denied: str | None = None
    """The method that had returned something else, so that an example it is."""


def prepared(
    layer: keras.Layer, calls: Iterable[Call], steps: int | None, given: Given | None = None
) -> Probe | None:
    """Keep what is needed to run a layer later.

    Args:
        layer: The layer or model.
        calls: The session's calls so far, in order.
        steps: Time-steps for an open time axis of an example.
        given: What the program gave to the layer's ``predict`` or the like.

    Returns:
        None if no input shape is known.
    """
    arguments = _arguments(layer, calls)
    if arguments is None:
        return None
    batches = [leaf.shape[0] for leaf in tree.flatten(arguments) if isinstance(leaf, KerasTensor)]
    rows = given and given.first(next(filter(None, batches), 1))
    return Probe(layer, arguments, _parts(layer), saved(layer), steps or STEPS, rows)


def chain_to(tensor: KerasTensor) -> keras.Model:
    """The model that leads from its inputs to a symbolic tensor."""
    inputs = keras.utils.get_source_inputs(tensor)
    # A name of our own, or Keras would count one on for the program's next model.
    return keras.Model(inputs[0] if len(inputs) == 1 else inputs, tensor, name="functional")


def checked(probe: Probe) -> Probe:
    """The same, on an example where the layer doesn't take what its method was given.

    Or returns something else now: it drops out, carries states, or got other weights since.
    """
    if probe.given is None:
        return probe
    try:
        agrees = probe.given.agrees(run(probe))
    except Exception:  # noqa: BLE001 - the layer may be the author's, and take other arguments
        return replace(probe, given=None)
    return probe if agrees else replace(probe, given=None, denied=probe.given.method)


def run(probe: Probe) -> Any:
    """Call the layer, and leave everything as it was.

    Returns:
        What the layer returns.

    Raises:
        Exception: Whatever the layer raises.
    """
    args, kwargs = _example(probe) if probe.given is None else ((probe.given.rows,), {})
    with as_it_was(probe.variables), _parts_as_they_were(probe), losses_kept(probe.layer):
        return probe.layer(*args, **kwargs)


def _example(probe: Probe) -> tuple[tuple[Any, ...], dict[str, Any]]:
    rng = np.random.default_rng(SEED)
    made: tuple[tuple[Any, ...], dict[str, Any]] = tree.map_structure(
        lambda leaf: _numbers(leaf, probe, rng) if isinstance(leaf, KerasTensor) else leaf,
        probe.arguments,
    )
    return made


def _arguments(
    layer: keras.Layer, calls: Iterable[Call]
) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    graph = vars(layer).get("_functional") or layer
    if hasattr(graph, "_inputs_struct"):
        return (graph._inputs_struct,), {}
    for call in calls:
        if call.layer is layer and call.arguments is not None:
            return call.arguments
    shapes = layer._build_shapes_dict
    if not shapes:
        return None
    return (KerasTensor(next(iter(shapes.values())), dtype=layer.input_dtype),), {}


def _numbers(tensor: KerasTensor, probe: Probe, rng: np.random.Generator) -> Array:
    """Numbers of one decimal in the tensor's shape; for an Embedding, ids that it knows."""
    batch, *axes = tensor.shape
    shape = (batch or 1, *(probe.steps if axis is None else axis for axis in axes))
    ids = _vocabulary(tensor, probe.layer)
    if tensor.dtype == "bool":
        return np.ones(shape, bool)
    if ids is not None or "int" in tensor.dtype:
        return rng.integers(1, max(2, ids or 2), shape).astype(tensor.dtype)
    return np.round(rng.uniform(-1, 1, shape), 1).astype(tensor.dtype)


def _vocabulary(tensor: KerasTensor, layer: keras.Layer) -> int | None:
    """How many ids the Embedding that takes a tensor knows; None if none takes it."""
    history = getattr(tensor, "_keras_history", None)
    takers = [node.operation for node in history.operation._outbound_nodes] if history else [layer]
    sizes = [
        part.input_dim
        for taker in takers
        if isinstance(taker, keras.Layer)
        for part in taker._flatten_layers()
        if isinstance(part, keras.layers.Embedding)
    ]
    return min(sizes, default=None)


def _parts(layer: keras.Layer) -> dict[str, Any]:
    if not isinstance(layer, keras.Sequential):
        return {}
    return {"_functional": layer._functional, "_layers": list(layer._layers)}


@contextmanager
def _parts_as_they_were(probe: Probe) -> Iterator[None]:
    """Give a Sequential model the layers that it had, without those that were added since."""
    attributes = vars(probe.layer)
    present = {name: attributes[name] for name in probe.parts}
    attributes.update(probe.parts)
    try:
        yield
    finally:
        attributes.update(present)
