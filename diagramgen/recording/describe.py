"""A layer in words: its configuration, and the calls that made it and its input."""

from __future__ import annotations

import ast
import inspect
import json
from typing import Any

import keras

from diagramgen.recording.callsite import source_of
from diagramgen.recording.identity import IdentityMap
from diagramgen.trace import Source

_NO_ACTIVATION = ("linear",)
"""What a layer's configuration says where its author said nothing."""

_PARTS = ("layer", "cell")
"""Entries of a configuration that hold another layer's."""


def plain_config(layer: keras.Layer) -> dict[str, Any]:
    """The plain entries of a layer's configuration; a wrapped layer's as ``"layer.units"``.

    A model's configuration lists its layers, which have calls of their own: it is left out, as is
    that of an author's layer which doesn't say it.
    """
    if isinstance(layer, keras.Model):
        return {}
    try:
        config = layer.get_config()
    except NotImplementedError:
        return {}
    return _plain(config)


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for name, value in config.items():
        if value is None or type(value) in (str, int, float, bool):
            entries[name] = value
        elif name in _PARTS and isinstance(value, dict) and "config" in value:
            inner = _plain(value["config"])
            entries.update({f"{name}.{key}": entry for key, entry in inner.items()})
    return entries


def respelt(layer: keras.Layer) -> Source | None:
    """A call that would make such a layer, for one that the page has no call for."""
    return source_of(_spelling(layer), type(layer), lambda _: None, respelt=True)


def _spelling(layer: keras.Layer) -> str:
    config = plain_config(layer)
    arguments = []
    for name, parameter in inspect.signature(type(layer).__init__).parameters.items():
        inner = getattr(layer, name, None) if name in _PARTS else None
        if isinstance(inner, keras.Layer):
            arguments.append(_spelling(inner))
        elif parameter.default is parameter.empty and name in config:
            arguments.append(_literal(config[name]))
        elif name in config and config[name] not in (parameter.default, *_NO_ACTIVATION):
            arguments.append(f"{name}={_literal(config[name])}")
    return f"{type(layer).__name__}({', '.join(arguments)})"


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


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

    def inside(self, wrapper: keras.Layer, layer: keras.Layer) -> Source | None:
        """The call that stands inside a wrapper's; Keras makes a Bidirectional's halves anew."""
        outer = self._by_layer.get(wrapper)
        if outer is None:
            return None
        call = ast.parse(outer.text, mode="eval").body
        inner = next((node for node in ast.walk(call) if _is_argument_call(node, call)), None)
        text = ast.get_source_segment(outer.text, inner) if inner else None
        return source_of(text, type(layer), lambda _: None) if text else None


def _is_argument_call(node: ast.AST, outer: ast.AST) -> bool:
    return isinstance(node, ast.Call) and node is not outer
