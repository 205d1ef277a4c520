"""One step of an LSTM or a GRU opened up: its gates, computed from the layer's own weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops, tree

from diagramgen.recording.calls import Call
from diagramgen.recording.choice import CannotDraw
from diagramgen.recording.replay import Differs, Run, verified
from diagramgen.recording.snapshot import Entry, as_it_was
from diagramgen.recording.values import Array, array_of, spec_of
from diagramgen.trace import Gate, OpenedStep

_TOLERANCE = 100
"""In units of the last digit: Keras adds up in another order than the formula says."""

Gates = dict[str, Array]
"""Each gate's values by its symbol, ``(batch, units)``, in the order of the kernel's columns."""


def opened(name: str, call: Call, t: int | None) -> OpenedStep:
    """A step of a recurrent call, opened up.

    Args:
        name: The author's name for the layer.
        call: A call of it on data.
        t: The time-step; None for the last that the layer read and that no mask takes out.

    Raises:
        CannotDraw: The layer has no gates, there is no such time-step, or what its formula gives
            differs from what Keras returned.
    """
    layer, loop = call.layer, call.loop
    cell: Any = getattr(layer, "cell", None)
    if type(cell) not in _FORMULAS or loop is None:
        raise CannotDraw(
            f"{name} is a {type(layer).__name__}, which can't be opened up: "
            "name the variable of an LSTM or a GRU, called on data"
        )
    try:
        run = verified(layer, loop)
    except Differs:
        raise CannotDraw(
            f"{name}: its time-steps, taken one by one, gave other numbers than Keras"
        ) from None
    t = _step(name, layer, loop.entry, t)
    x, before, after = _around(layer, loop.entry, run, t)
    with as_it_was(loop.entry.variables):
        weights = [np.asarray(array_of(weight), "float64") for weight in _weights(cell)]
        gates, states = _FORMULAS[type(cell)](cell, weights, x, before)
    for ours, theirs in zip(states, after, strict=True):
        slack = _TOLERANCE * float(np.spacing(theirs.dtype.type(1)))
        if not np.allclose(ours, theirs.astype("float64"), rtol=slack, atol=slack):
            raise CannotDraw(
                f"{name}: its formula gives other numbers than Keras returned. "
                "If it drops out, call it without training"
            )
    return OpenedStep(
        variable=name,
        cell=type(cell).__name__.removesuffix("Cell"),
        t=t,
        length=len(run.outputs),
        units=cell.units,
        bias=cell.use_bias,
        reset_after=getattr(cell, "reset_after", False),
        input=spec_of(x),
        before=tuple(map(spec_of, before)),
        gates=tuple(
            Gate(symbol, _name(_activation(cell, symbol)), spec_of(values.astype(after[0].dtype)))
            for symbol, values in gates.items()
        ),
        after=tuple(map(spec_of, after)),
    )


def _step(name: str, layer: keras.layers.RNN, entry: Entry, t: int | None) -> int:
    """The time-step to open, which must be one at which something happens."""
    times = range(entry.sequences.shape[1])
    read = [at for at in times if entry.mask is None or entry.mask[0, at].all()]
    if t is None and read:
        return read[0] if layer.go_backwards else read[-1]
    if t is None or t not in read:
        which = "each time-step" if t is None else f"time-step {t}"
        why = "is masked" if t is None or t in times else f"is not among its {len(times)}, from 0"
        raise CannotDraw(f"{name}: {which} {why}")
    return t


def _around(
    layer: keras.layers.RNN, entry: Entry, run: Run, t: int
) -> tuple[Array, list[Array], list[Array]]:
    """What enters a step, the states before it, and those after it."""
    before = t + 1 if layer.go_backwards else t - 1
    initial = tree.flatten(entry.states)
    started = 0 <= before < len(run.outputs)
    return (
        entry.sequences[:, t],
        [states[before] for states in run.states] if started else initial,
        [states[t] for states in run.states],
    )


def _weights(cell: Any) -> list[Any]:
    weights = [cell.kernel, cell.recurrent_kernel]
    return [*weights, cell.bias] if cell.use_bias else weights


def _lstm(
    cell: Any, weights: list[Array], x: Array, states: list[Array]
) -> tuple[Gates, list[Array]]:
    h, c = states
    kernel, recurrent, *bias = weights
    rows = np.split(x @ kernel + h @ recurrent + sum(bias), 4, axis=-1)
    gates = {
        symbol: _activated(_activation(cell, symbol), row)
        for symbol, row in zip("ifgo", rows, strict=True)
    }
    c = gates["f"] * c + gates["i"] * gates["g"]
    return gates, [gates["o"] * _activated(cell.activation, c), c]


def _gru(
    cell: Any, weights: list[Array], x: Array, states: list[Array]
) -> tuple[Gates, list[Array]]:
    (h,) = states
    kernel, recurrent, *biases = weights
    both = np.zeros((2, kernel.shape[1]))
    if biases:
        both[: biases[0].ndim] = biases[0]  # the second is the recurrent kernel's own
    from_x = np.split(x @ kernel + both[0], 3, axis=-1)
    from_h = np.split(h @ recurrent + both[1], 3, axis=-1)
    z, r = (
        _activated(cell.recurrent_activation, ours + theirs)
        for ours, theirs in zip(from_x[:2], from_h[:2], strict=True)
    )
    candidate_part = np.split(recurrent, 3, axis=-1)[2]
    reset = r * from_h[2] if cell.reset_after else (r * h) @ candidate_part
    candidate = _activated(cell.activation, from_x[2] + reset)
    return {"z": z, "r": r, "g": candidate}, [z * h + (1 - z) * candidate]


_FORMULAS: dict[type, Callable[..., tuple[Gates, list[Array]]]] = {
    keras.layers.LSTMCell: _lstm,
    keras.layers.GRUCell: _gru,
}


def _activation(cell: Any, symbol: str) -> Callable[[Any], Any]:
    """The candidate's activation is the layer's, a gate's the recurrent one."""
    return cell.activation if symbol == "g" else cell.recurrent_activation  # type: ignore[no-any-return]


def _activated(activation: Callable[[Any], Any], values: Array) -> Array:
    return array_of(activation(ops.convert_to_tensor(values, "float64")))


def _name(activation: Callable[[Any], Any]) -> str:
    return str(getattr(activation, "__name__", type(activation).__name__))
