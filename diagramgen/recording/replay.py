"""A recurrent layer's time-steps, one by one, held against what Keras returned.

What the cell was given and gave at each step was kept as it happened. Where it wasn't, as in a long
loop, or on a backend that runs no cell step by step, the cell is stepped again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops, tree
from keras.src.backend.common.variables import AutocastScope

from diagramgen.recording.backend import compiled
from diagramgen.recording.snapshot import LONG, Entry, Loop, Taken, as_it_was, losses_kept
from diagramgen.recording.values import Array, array_of, spec_of
from diagramgen.trace import Step, kept

Carry = list[Any]
"""What goes from step to step: the output and the states, flat, each ``(batch, units)``."""


class Differs(Exception):
    """The replay gave other numbers than Keras returned."""


@dataclass(frozen=True, slots=True)
class Run:
    """All steps, at their times in the input's order."""

    outputs: Array
    """``(time, batch, units)``"""
    states: list[Array]
    """After each step, each ``(time, batch, units)``."""


def replay(layer: keras.layers.RNN, loop: Loop) -> tuple[Step, ...]:
    """The steps of a loop that was recorded, in the order of time.

    Every step is gone through, whatever is drawn of it, since the last one depends on all of them,
    and the outputs and states of all are held in memory.

    Where the cell has to be stepped again, the layer's weights, seeds and dropout masks are what
    they were then, and afterwards what they are now. That takes some 0.7 times as long as the
    layer's call did; beyond `LONG` steps, where Keras's own cells are compiled, little more than
    `LONG` steps did.

    Raises:
        Differs: The steps don't lead to the outputs and states that Keras returned.
    """
    run = verified(layer, loop)
    return tuple(_step(layer, loop.entry, run, t) for t in kept(len(run.outputs)))


def verified(layer: keras.layers.RNN, loop: Loop) -> Run:
    """All steps of a loop that was recorded: see `replay`.

    Raises:
        Differs: The steps don't lead to the outputs and states that Keras returned.
    """
    with nullcontext() if loop.taken else _as_then(layer, loop.entry):
        run = _stepped(layer, loop)
    _require_equal(layer, loop, run)
    return run


def _stepped(layer: keras.layers.RNN, loop: Loop) -> Run:
    """Take all steps in the direction in which the layer reads."""
    entry = loop.entry
    start = [np.zeros_like(loop.last_output), *tree.flatten(entry.states)]
    inputs = [np.moveaxis(entry.sequences, 1, 0)]
    if entry.mask is not None:
        inputs.append(np.moveaxis(entry.mask, 1, 0))
    long = not loop.taken and len(inputs[0]) > LONG and is_keras_own(layer.cell)
    scan = compiled(ops.scan) if long else _scan
    with AutocastScope(entry.autocast):
        _, over_time = scan(_step_function(layer, loop), start, inputs, reverse=layer.go_backwards)
    outputs, *states = map(array_of, over_time)
    return Run(outputs, states)


def _step_function(layer: keras.layers.RNN, loop: Loop) -> Callable[[Carry, Any], Any]:
    """One time-step as `keras.ops.scan` wants it."""
    answer = _as_taken(loop.taken) if loop.taken else _anew(layer.cell, loop.entry)

    def step(carry: Carry, given: list[Any]) -> tuple[Carry, Carry]:
        inputs, *masks = given
        after = answer(inputs, carry[1:])
        for on in masks:
            before = [
                ops.zeros_like(after[0]) if layer.zero_output_for_mask else carry[0],
                *carry[1:],
            ]
            after = [_where(on, new, old) for new, old in zip(after, before, strict=True)]
        return after, after

    return step


def _as_taken(taken: Iterable[Taken]) -> Callable[[Any, Carry], Carry]:
    """The cell as it answered then, one time-step after the other."""
    steps = iter(taken)

    def answer(inputs: Any, states: Carry) -> Carry:
        step, given = next(steps), [inputs, *states]
        # Keras hands on more states than the cell has, too.
        _require_same(zip(step.given[: len(given)], map(array_of, given), strict=True))
        return list(step.gave)

    return answer


def _anew(cell: keras.Layer, entry: Entry) -> Callable[[Any, Carry], Carry]:
    """The cell, stepped again."""
    keywords = {}
    if getattr(cell, "_call_has_training_arg", False):
        keywords["training"] = entry.training

    def answer(inputs: Any, states: Carry) -> Carry:
        nested = tree.pack_sequence_as(entry.states, states)
        output, new_states = cell(inputs, tuple(nested), **keywords)
        return [output, *tree.flatten(new_states)]

    return answer


def _scan(
    step: Callable[[Carry, Any], Any], start: list[Array], inputs: list[Array], *, reverse: bool
) -> tuple[Carry, list[Array]]:
    """`keras.ops.scan` without its preparations, which take longer than a few steps."""
    carry = [ops.convert_to_tensor(array) for array in start]
    times = range(len(inputs[0]))
    taken = {}
    for t in reversed(times) if reverse else times:
        carry, after = step(carry, [ops.convert_to_tensor(array[t]) for array in inputs])
        taken[t] = [array_of(tensor) for tensor in after]
    return carry, [np.stack(part) for part in zip(*(taken[t] for t in times), strict=True)]


def _where(on: Any, new: Any, old: Any) -> Any:
    """As the mask says: ``(batch,)``, or for images ``(batch, width)`` and so on."""
    missing = len(new.shape) - len(on.shape)
    return ops.where(ops.reshape(on, (*on.shape, *[1] * missing)), new, old)


def is_keras_own(layer: keras.Layer) -> bool:
    """Whether a layer or cell is surely made of operations alone, so that it can be compiled."""
    return all(type(part).__module__.startswith("keras.") for part in layer._flatten_layers())


def _require_equal(layer: keras.layers.RNN, loop: Loop, run: Run) -> None:
    last = 0 if layer.go_backwards else -1
    pairs = [(loop.last_output, run.outputs[last])]
    pairs += zip(loop.states, [states[last] for states in run.states], strict=True)
    if layer.return_sequences:
        in_order = run.outputs[::-1] if layer.go_backwards else run.outputs
        pairs.append((loop.outputs, np.moveaxis(in_order, 0, 1)))
    _require_same(pairs)


def _require_same(pairs: Iterable[tuple[Array, Array]]) -> None:
    if not all(np.array_equal(theirs, ours, equal_nan=True) for theirs, ours in pairs):
        raise Differs


def _step(layer: keras.layers.RNN, entry: Entry, run: Run, t: int) -> Step:
    before = t + 1 if layer.go_backwards else t - 1
    first = not 0 <= before < len(run.outputs)
    return Step(
        t=t,
        input=spec_of(entry.sequences[:, t]),
        states_before=tuple(
            spec_of(initial if first else states[before])
            for initial, states in zip(tree.flatten(entry.states), run.states, strict=True)
        ),
        output=spec_of(run.outputs[t]),
        states=tuple(spec_of(states[t]) for states in run.states),
        masked=entry.mask is not None and not entry.mask[0, t].any(),
    )


@contextmanager
def _as_then(layer: keras.layers.RNN, entry: Entry) -> Iterator[None]:
    """Give the layer the variables and the dropout masks that it had; no step leaves a trace."""
    with as_it_was(entry.variables), losses_kept(layer), _dropout(entry):
        yield


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
        return "Its time-steps are not drawn: taken one by one, they gave other numbers than Keras"
    return f"Its time-steps are not drawn: taking them one by one failed ({error!r})"
