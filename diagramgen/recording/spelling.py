"""A layer in words: the plain entries of its configuration, and a call that would make it."""

from __future__ import annotations

import inspect
import json
from typing import Any

import keras

from diagramgen.recording.callsite import source_of
from diagramgen.trace import Source

_PARTS = ("layer", "cell", "cells")
"""Entries of a configuration that hold other layers'."""


def plain_config(layer: keras.Layer) -> dict[str, Any]:
    """The plain entries of a layer's configuration; a wrapped layer's as ``"layer.units"``.

    Of several cells, each also says its class: ``"cell.cells[0].class_name"``.

    A model's configuration lists its layers, which have calls of their own: it is left out, as is
    that of an author's layer which doesn't say it.
    """
    return _plain(_config(layer))


def _config(layer: keras.Layer) -> dict[str, Any]:
    try:
        return {} if isinstance(layer, keras.Model) else dict(layer.get_config())
    except NotImplementedError:
        return {}


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for name, value in config.items():
        if _is_plain(value):
            entries[name] = value
        elif name in _PARTS and isinstance(value, list):
            for i, part in enumerate(value):
                entries[f"{name}[{i}].class_name"] = part["class_name"]
                entries |= _held_config(f"{name}[{i}]", part)
        elif name in _PARTS and isinstance(value, dict):
            entries |= _held_config(name, value)
    return entries


def _held_config(name: str, part: dict[str, Any]) -> dict[str, Any]:
    return {f"{name}.{key}": entry for key, entry in _plain(part.get("config", {})).items()}


def _is_plain(value: object) -> bool:
    return value is None or type(value) in (str, int, float, bool)


def respelt(layer: keras.Layer) -> Source | None:
    """A call that would make such a layer, for one that the page has no call for.

    What has to be given but isn't known stands there as ``...``.
    """
    classes = {type(part).__name__: type(part) for part in layer._flatten_layers()}
    return source_of(
        _spelling(layer),
        type(layer),
        lambda name: classes.get(getattr(name, "id", "")),
        respelt=True,
    )


def _spelling(layer: keras.Layer | list[keras.Layer]) -> str:
    if isinstance(layer, list):
        return f"[{', '.join(map(_spelling, layer))}]"
    if isinstance(layer, keras.Model):
        return f"{type(layer).__name__}(...)"
    given = {name: _spelling(part) for name, part in _held(layer).items()}
    config = _config(layer)
    arguments = []
    for name, parameter in _parameters(layer).items():
        if parameter.default is parameter.empty:
            arguments.append(given.get(name) or _required(config.get(name)))
        elif name in given or _differs(config.get(name, parameter.default), parameter.default):
            arguments.append(f"{name}={given.get(name) or _literal(config[name])}")
    return f"{type(layer).__name__}({', '.join(arguments)})"


def _held(layer: keras.Layer) -> dict[str, keras.Layer | list[keras.Layer]]:
    """The layers that a layer was made of, by the parameters that received them."""
    if isinstance(layer, keras.layers.Bidirectional):
        forward, backward = layer.forward_layer, layer.backward_layer
        own = {} if _sets(forward) == _sets(backward) else {"backward_layer": backward}
        return {"layer": forward, **own}
    cell = getattr(layer, "cell", None)
    cells = cell.cells if isinstance(cell, keras.layers.StackedRNNCells) else cell
    parts = {"cell": cells, **{name: getattr(layer, name, None) for name in ("layer", "cells")}}
    return {name: part for name, part in parts.items() if isinstance(part, keras.Layer | list)}


def _sets(half: keras.Layer) -> Any:
    """What the author of a Bidirectional's half decided, whichever half it is."""
    entries = plain_config(half).items()
    return type(half), {entry for entry in entries if entry[0] not in ("name", "go_backwards")}


def _parameters(layer: keras.Layer) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(type(layer)).parameters
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {name: found for name, found in parameters.items() if found.kind not in several}


def _required(value: Any) -> str:
    numbers = value if isinstance(value, list | tuple) else ()
    known = value is not None and (_is_plain(value) or (numbers and all(map(_is_plain, numbers))))
    return _literal(value) if known else "..."


def _differs(value: Any, default: Any) -> bool:
    """Whether an author must have set a value, not Keras for an author who set nothing."""
    usual = (default, "linear", keras.config.image_data_format())
    return _is_plain(value) and value not in usual


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
