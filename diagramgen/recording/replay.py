"""A recurrent layer's time-steps, made anew one by one and held against what Keras returned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import keras
import numpy as np
from keras import ops, tree

from diagramgen.recording.snapshot import Entry, Loop, as_it_was
from diagramgen.recording.values import Array, array_of, spec_of
from diagramgen.trace import Step, kept


class Differs(Exception):
    """The replay gave other numbers than Keras returned."""


@dataclass(frozen=True, slots=True)
class _Replayed:
    t: int
    input: Array
    before: list[Array]
    output: Array
    after: list[Array]
    on: Array
    """``(batch,)``: whether the step counts for each row."""


def replay(layer: keras.layers.RNN, loop: Loop) -> tuple[Step, ...]:
    """The steps of a loop that was recorded, in the order of time.

    The layer's weights, seeds and dropout masks are what they were then while it is stepped, and
    what they are now afterwards.

    Raises:
        Differs: The steps don't lead to the outputs and states that Keras returned.
    """
    with as_it_was(loop.entry.variables), _dropout(loop.entry):
        steps = list(_stepped(layer, loop.entry))
    _require_equal(layer, loop, steps)
    steps.sort(key=lambda step: step.t)
    return tuple(_step(steps[position]) for position in kept(len(steps)))


def _stepped(layer: keras.layers.RNN, entry: Entry) -> Iterator[_Replayed]:
    """Step the cell over time in the direction in which the layer reads."""
    cell = layer.cell
    keywords = {}
    if getattr(cell, "_call_has_training_arg", False):
        keywords["training"] = entry.training
    states = tree.map_structure(ops.convert_to_tensor, list(entry.states))
    written = None
    batch, length = entry.sequences.shape[:2]
    for t in reversed(range(length)) if layer.go_backwards else range(length):
        given = entry.sequences[:, t]
        output, new_states = cell(ops.convert_to_tensor(given), tuple(states), **keywords)
        if not tree.is_nested(new_states):
            new_states = [new_states]
        before = [array_of(state) for state in tree.flatten(states)]
        after = [array_of(state) for state in tree.flatten(new_states)]
        computed = array_of(output)
        if written is None or layer.zero_output_for_mask:
            written = np.zeros_like(computed)
        on = np.ones(batch, bool) if entry.mask is None else _row_mask(entry.mask, t)
        after = [_where(on, new, old) for new, old in zip(after, before, strict=True)]
        written = _where(on, computed, written)
        yield _Replayed(t, given, before, written, after, on)
        states = tree.pack_sequence_as(new_states, [ops.convert_to_tensor(a) for a in after])


def _row_mask(mask: Array, t: int) -> Array:
    return np.asarray(mask.reshape(mask.shape[:2])[:, t], dtype=bool)


def _where(on: Array, new: Array, old: Array) -> Array:
    return np.where(on.reshape(-1, *[1] * (new.ndim - 1)), new, old)


def _require_equal(layer: keras.layers.RNN, loop: Loop, steps: list[_Replayed]) -> None:
    pairs = [(loop.last_output, steps[-1].output)]
    pairs += zip(loop.states, steps[-1].after, strict=True)
    if layer.return_sequences:
        pairs.append((loop.outputs, np.stack([step.output for step in steps], axis=1)))
    if not all(np.array_equal(theirs, ours, equal_nan=True) for theirs, ours in pairs):
        raise Differs


def _step(step: _Replayed) -> Step:
    return Step(
        t=step.t,
        input=spec_of(step.input),
        states_before=tuple(spec_of(state) for state in step.before),
        output=spec_of(step.output),
        states=tuple(spec_of(state) for state in step.after),
        masked=not step.on[0],
    )


@contextmanager
def _dropout(entry: Entry) -> Iterator[None]:
    """Give the cells the dropout masks that they had, and take them away again."""
    try:
        for cell, inputs, states in entry.dropout_masks:
            cell._dropout_mask, cell._recurrent_dropout_mask = inputs, states
        yield
    finally:
        for cell, _, _ in entry.dropout_masks:
            cell.reset_dropout_mask()
            cell.reset_recurrent_dropout_mask()


def describe_failure(error: Exception) -> str:
    """Why there are no steps, in a sentence for the reader."""
    if isinstance(error, Differs):
        return (
            "Its time-steps are not drawn: stepping its cell by hand gave other numbers than Keras"
        )
    return f"Its time-steps are not drawn: stepping its cell by hand failed ({error!r})"
