"""Which figure a block gets: what its author names, else what it did last with time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

import keras
from keras import KerasTensor

from diagramgen.recording.calls import Call, holds_recurrent
from diagramgen.recording.values import Tensors

Item = TypeVar("Item")

Target: TypeAlias = Call | keras.Layer | KerasTensor
"""A call on data, or what has to be run on an example to be drawn."""


class CannotDraw(Exception):
    """What an author asked for leads to no figure; the message says why."""


class Opening(NamedTuple):
    """A wish to see one step of a layer opened up."""

    name: str
    """The variable that holds the layer."""
    t: int | None
    """The time-step; None for the last."""


def opening(figure: str) -> Opening | None:
    """What ``figure="gates:NAME"`` or ``"gates:NAME:STEP"`` means; None if it says otherwise."""
    kind, _, rest = figure.partition(":")
    name, _, t = rest.partition(":")
    return Opening(name, int(t) if t else None) if kind == "gates" and name else None


def chosen(roots: Sequence[Call], models: Sequence[keras.Layer]) -> Target | None:
    """What to draw of a block whose author says nothing.

    Args:
        roots: The block's outermost calls, in order.
        models: The models that it built or extended, in order.

    Returns:
        The best there is of, in this order: a call that failed on what a recurrent layer gave; a
        call on data with a recurrent part; a model with one; any model. None for no figure.
    """
    if roots and roots[-1].recurrent and not roots[-1].outputs:
        return roots[-1]
    on_data = [call for call in roots if call.outputs and not call.symbolic]
    chained = [call.result for call in roots if call.recurrent and call.result is not None]
    # Called inside `fit` or `predict`, where tensors are the backend's own symbolic ones.
    traced = [call.layer for call in roots if call.symbolic and call.result is None]
    models = [*models, *(layer for layer in traced if isinstance(layer, keras.Model))]
    ranked = (
        _last([call for call in on_data if call.recurrent]),
        _last([layer for layer in [*models, *traced] if holds_recurrent(layer)]),
        _last(chained),
        _last([call for call in on_data if isinstance(call.layer, keras.Model)]),
        _last(models),
    )
    return next((target for target in ranked if target is not None), None)


def named(
    name: str, namespace: Mapping[str, object], calls: Sequence[Call], tensors: Tensors
) -> Target:
    """What a block's ``figure="name"`` means.

    Args:
        name: A variable's name.
        namespace: The session's variables when the block has ended.
        calls: All calls of the session so far, in order.
        tensors: The session's tensors.

    Raises:
        CannotDraw: There is no such variable, or it holds nothing that Keras made.
    """
    if name not in namespace:
        raise CannotDraw(f'figure="{name}": there is no variable of that name after the block')
    value: Any = namespace[name]
    if isinstance(value, keras.Layer):
        return _last([call for call in calls if call.layer is value and _on_data(call)]) or value
    if isinstance(value, KerasTensor):
        return value
    number = tensors.number_of(value)
    makers = [call for call in calls if number in [seen.number for seen in call.outputs]]
    if number is None or not makers:
        raise CannotDraw(
            f'figure="{name}": that variable is a {type(value).__name__}, '
            "not a layer, a model, or a tensor that one of them returned"
        )
    # A model returns what its last layer returned: the model is the one to draw.
    return min(reversed(makers), key=lambda call: call.depth)


def _on_data(call: Call) -> bool:
    return bool(call.outputs) and not call.symbolic


def _last(items: Sequence[Item]) -> Item | None:
    return items[-1] if items else None
