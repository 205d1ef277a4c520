"""Copies of what passes through a layer, taken while the program runs.

Nothing is computed here: the program must not be able to tell that it is watched.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import keras
from keras import tree
from keras.src.backend.common.variables import AutocastScope, get_autocast_scope

from diagramgen.recording.values import Array, array_of, is_symbolic

LONG = 100
"""Time-steps beyond which it pays to compile them, which takes as long as stepping so many; the
steps that a cell took are kept of no longer loop."""

Saved = list[tuple[keras.Variable, Array]]
"""Variables with the values that they had."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a recurrent layer's loop over time receives."""

    sequences: Array
    """``(batch, time, features)``"""
    states: Any
    """The initial states, nested as the cell takes them, each ``(batch, units)``."""
    mask: Array | None
    """``(batch, time)``; for images ``(batch, time, width)`` and so on."""
    training: Any
    autocast: str | None
    """The dtype to which Keras casts weights, as the layer or the model around it says."""
    variables: Saved
    dropout_masks: list[tuple[Any, Any, Any]]
    """Each cell that drops out with its mask for inputs and for states; Keras forgets them."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One time-step, as the cell took it."""

    given: list[Array]
    """The input, ``(batch, features)``, and the states, flat, each ``(batch, units)``."""
    gave: list[Array]
    """The output and the new states, flat, each ``(batch, units)``."""

    @classmethod
    def of(cls, given: tuple[Any, ...], returned: Any) -> Taken:
        """Copies, since a cell of an author's may write into the same arrays again."""
        output, states = returned
        return cls(
            [array_of(tensor) for tensor in tree.flatten(given)],
            [array_of(tensor) for tensor in (output, *tree.flatten(states))],
        )


@dataclass(frozen=True, slots=True)
class Loop:
    """One run of a recurrent layer over time."""

    entry: Entry
    last_output: Array
    """``(batch, units)``"""
    outputs: Array
    """``(batch, time, units)``; the time axis is 1 long where sequences aren't returned."""
    states: list[Array]
    """The final states, each ``(batch, units)``."""
    taken: tuple[Taken, ...]
    """The steps in their order; empty where they were not seen."""


@contextmanager
def watched_loop(
    layer: keras.layers.RNN,
    taken: list[Taken],
    keep: Callable[[Loop], None],
    contained: Callable[[], AbstractContextManager[None]],
) -> Iterator[None]:
    """Watch a layer's loop over time for as long as one call lasts.

    The method is shadowed on the instance, not replaced on its class: classes defined later need
    no care, and a method that calls its parent's is still entered once.

    Args:
        layer: The recurrent layer that is about to be called.
        taken: Receives, from elsewhere, a step each time that the cell is called.
        keep: Receives the loop when it has ended.
        contained: Keeps a failure of the recorder's own out of the program.
    """
    original = layer.inner_loop
    # Another recorder's, where a page calls `draw`.
    shadow = {name: vars(layer)[name] for name in ("inner_loop",) if name in vars(layer)}

    @functools.wraps(original)
    def inner_loop(
        sequences: Any, initial_state: Any, mask: Any, training: Any = False, **others: Any
    ) -> Any:
        entry = None
        if not is_symbolic(sequences):
            with contained():
                entry = _entry(layer, sequences, initial_state, mask, training)
        taken.clear()
        result = original(sequences, initial_state, mask, training, **others)
        if entry is not None:
            with contained():
                keep(_loop(entry, taken, *result))
        return result

    vars(layer)["inner_loop"] = inner_loop
    try:
        yield
    finally:
        del vars(layer)["inner_loop"]
        vars(layer).update(shadow)


def _entry(
    layer: keras.layers.RNN, sequences: Any, initial_state: Any, mask: Any, training: Any
) -> Entry:
    cells = [cell for cell in layer._flatten_layers() if hasattr(cell, "reset_dropout_mask")]
    return Entry(
        sequences=array_of(sequences),
        states=tree.map_structure(array_of, initial_state),
        mask=None if mask is None else array_of(tree.flatten(mask)[0]).astype(bool),
        training=training,
        autocast=getattr(get_autocast_scope(), "dtype", None),
        variables=saved(layer),
        dropout_masks=[
            (
                cell,
                getattr(cell, "_dropout_mask", None),
                getattr(cell, "_recurrent_dropout_mask", None),
            )
            for cell in cells
        ],
    )


def _loop(entry: Entry, taken: list[Taken], last_output: Any, outputs: Any, states: Any) -> Loop:
    if tree.is_nested(entry.states):
        # Keras takes more states than the cell has, and passes over the rest.
        entry = replace(entry, states=entry.states[: len(states)])
    # Keras may try the first step once, before the loop, to see what comes out of it.
    steps = entry.sequences.shape[1]
    seen = steps <= LONG and len(taken) in (steps, steps + 1)
    return Loop(
        entry=entry,
        last_output=array_of(last_output),
        outputs=array_of(outputs),
        states=[array_of(state) for state in tree.flatten(states)],
        taken=tuple(taken[-steps:]) if seen else (),
    )


def saved(layer: keras.Layer) -> Saved:
    """A layer's variables with copies of their values: weights, seeds, metrics, carried states."""
    carried = [
        variable
        for part in layer._flatten_layers()
        for variable in tree.flatten(getattr(part, "states", None))
        if isinstance(variable, keras.Variable)
    ]
    variables = [*layer.variables, *layer.metrics_variables, *carried]
    with AutocastScope(None):  # as they are, not as a layer of mixed precision sees them
        return [(variable, array_of(variable)) for variable in variables]


@contextmanager
def as_it_was(variables: Saved) -> Iterator[None]:
    """Give variables the values that they had once, for a while."""
    present = [(variable, array_of(variable)) for variable, _ in variables]
    try:
        _assign(variables)
        yield
    finally:
        _assign(present)


def _assign(variables: Saved) -> None:
    for variable, value in variables:
        # To compare takes a quarter of the time, and most variables stay as they are.
        if array_of(variable).tobytes() != value.tobytes():
            variable.assign(value)


@contextmanager
def losses_kept(layer: keras.Layer) -> Iterator[None]:
    """Keep the losses that the layer's last call left behind; a call clears them."""
    present = [(part, list(part._losses), set(part._loss_ids)) for part in layer._flatten_layers()]
    try:
        yield
    finally:
        for part, losses, ids in present:
            part._losses[:] = losses
            part._loss_ids.clear()
            part._loss_ids.update(ids)
