"""The calls on the page that made layers and their inputs."""

from __future__ import annotations

import keras

from diagramgen.recording.callsite import argument_source
from diagramgen.recording.identity import IdentityMap
from diagramgen.recording.spelling import respelt
from diagramgen.trace import Source


class Sources:
    """The calls on the page that made layers."""

    def __init__(self) -> None:
        self._by_layer: IdentityMap[Source] = IdentityMap()
        self._by_name: dict[str, Source] = {}

    def add(self, layer: keras.Layer, source: Source) -> None:
        """Note the call that is making a layer, which has no name yet."""
        self._by_layer[layer] = source

    def of(self, layer: keras.Layer) -> Source | None:
        """The call that made a layer; spelt anew where the page has none."""
        source = self._by_layer.get(layer)
        if source is None and not isinstance(layer, keras.Model):
            return respelt(layer)
        return source

    def of_input(self, layer: keras.Layer) -> Source | None:
        """The ``keras.Input`` call that gave a layer or model its shape."""
        graph = vars(layer).get("_functional") or layer
        if isinstance(graph, keras.Model):
            tensors = getattr(graph, "inputs", None) or ()
        else:
            tensors = [tensor for node in layer._inbound_nodes for tensor in node.input_tensors]
        makers = [tensor._keras_history.operation for tensor in tensors]
        found = [
            self._by_layer.get(maker)
            for maker in makers
            if isinstance(maker, keras.layers.InputLayer)
        ]
        return next((source for source in found if source is not None), None)

    def of_half(self, wrapper: keras.layers.Bidirectional, layer: keras.Layer) -> Source | None:
        """The call that made a Bidirectional's half, or the layer that Keras made it from."""
        outer = self._by_layer.get(wrapper)
        if outer is None or self._by_layer.get(layer) is not None:
            return self.of(layer)
        return argument_source(outer, type(wrapper), "layer", type(layer)) or self.of(layer)
