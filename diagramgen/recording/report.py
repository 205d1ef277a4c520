"""The calls of a session as they stand in its trace."""

from __future__ import annotations

from collections.abc import Iterable

import keras
from keras import tree
from keras.src.layers.rnn.conv_lstm import ConvLSTMCell

from diagramgen.recording.calls import Call, kind_of
from diagramgen.recording.replay import describe_failure, is_keras_own, replay
from diagramgen.recording.sources import Sources
from diagramgen.recording.spelling import plain_config
from diagramgen.recording.values import Seen, spec_of, spec_of_seen
from diagramgen.trace import Cell, LayerCall, Source, Step, TensorSpec

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Reporter:
    """Turns calls into records, the recurrent ones step by step.

    Calls and tensors are numbered anew from 1: a loop's earlier rounds, which took numbers too,
    are not kept.
    """

    def __init__(self, calls: Iterable[Call], sources: Sources) -> None:
        self._sources = sources
        self._numbers = {id(call): number for number, call in enumerate(calls, start=1)}
        self._tensors: dict[int, int] = {}

    def number(self, call: Call) -> int:
        """A call's number in the session."""
        return self._numbers[id(call)]

    def record(self, call: Call) -> LayerCall:
        """A call's record; call it in the order of the numbers."""
        layer = call.layer
        steps, note = _steps(call)
        loop = call.loop
        return LayerCall(
            number=self.number(call),
            layer=type(layer).__name__,
            name=layer.name,
            kind=kind_of(layer),
            line=call.line,
            depth=call.depth,
            parent=self.number(call.parent) if call.parent else None,
            symbolic=call.symbolic,
            example=call.example,
            given=call.given,
            config=plain_config(layer),
            source=self._source(call),
            input_source=call.input_source,
            wrapped=_wrapped(layer),
            cells=_cells(layer, len(loop.states)) if loop else (),
            inputs=self._specs(call.inputs),
            outputs=self._specs(call.outputs),
            names=call.names,
            mask=next(iter(self._specs((call.mask,) if call.mask else ())), None),
            parameters=call.parameters,
            initial_states=tuple(map(spec_of, tree.flatten(loop.entry.states))) if loop else (),
            final_states=tuple(map(spec_of, loop.states)) if loop else (),
            steps=steps,
            note=note,
            unverified=note is not None and is_keras_own(layer),
        )

    def _source(self, call: Call) -> Source | None:
        if call.parent and isinstance(call.parent.layer, keras.layers.Bidirectional):
            return self._sources.of_half(call.parent.layer, call.layer)
        return self._sources.of(call.layer)

    def _specs(self, tensors: Iterable[Seen]) -> tuple[TensorSpec, ...]:
        return tuple(
            spec_of_seen(seen, self._tensors.setdefault(seen.number, len(self._tensors) + 1))
            for seen in tensors
        )


def _wrapped(layer: keras.Layer) -> str | None:
    """The class of what a layer holds; an LSTM's cell, which its author didn't choose, is none."""
    names = ("cell",) if type(layer) is keras.layers.RNN else ("layer", "forward_layer")
    held = (getattr(layer, name, None) for name in names)
    return next((type(part).__name__ for part in held if isinstance(part, keras.Layer)), None)


def _cells(layer: keras.layers.RNN, states: int) -> tuple[Cell, ...]:
    """What the layer steps; a stack whose cells don't say what their states are is one cell."""
    held = layer.cell
    cells = held.cells if isinstance(held, keras.layers.StackedRNNCells) else [held]
    symbols = [_symbols(cell, len(tree.flatten(cell.state_size))) for cell in cells]
    if sum(map(len, symbols)) != states:
        return (Cell(type(held).__name__, _symbols(held, states)),)
    return tuple(Cell(type(cell).__name__, own) for cell, own in zip(cells, symbols, strict=True))


def _symbols(cell: keras.Layer, states: int) -> tuple[str, ...]:
    """The letters that the field has for a cell's states; numbers where it has none."""
    if states == 1:
        return ("h",)
    if states == 2 and isinstance(cell, keras.layers.LSTMCell | ConvLSTMCell):
        return ("h", "c")
    return tuple(f"s{number}".translate(_SUPERSCRIPTS) for number in range(1, states + 1))


def _steps(call: Call) -> tuple[tuple[Step, ...], str | None]:
    if call.symbolic or not call.outputs or not isinstance(call.layer, keras.layers.RNN):
        return (), None
    if call.loop is None:
        return (), "Its time-steps are not drawn: it doesn't run its cell over time as Keras does"
    try:
        return replay(call.layer, call.loop), None
    except Exception as error:  # noqa: BLE001 - the cell may be the author's
        return (), describe_failure(error)
