"""What a figure shows, before anybody asks where.

There are four kinds of scene: an `Unrolled` one (time from left to right, one row a layer), a
`Relay` of such, each of which goes on with the states of the one before, a `Graph` of layers with
the shapes between them, and a step that is `Opened` up. All are frozen data without coordinates.
"""

from __future__ import annotations

from typing import Any

import msgspec

from diagramgen.trace import Source, kept

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Vector(msgspec.Struct, frozen=True, kw_only=True):
    """What one time-step brings, holds or gives: numbers, drawn as one box each, or an image."""

    role: str
    """``"input"``, ``"state"``, ``"cell-state"``, ``"gate"`` or ``"output"``."""
    layer: str
    """Keras's name of the layer that it enters (an input) or comes from."""
    step: int
    """The 0-based time-step that it belongs to; a state bears the step that made it, an initial
    state the first."""
    shape: tuple[int, ...]
    """``(units,)`` or ``(features,)``; of an image ``(width, channels)`` and so on."""
    values: tuple[Any, ...]
    """The numbers at its `places`; none of an image, which is drawn as its shape."""
    symbol: str = ""
    """Of a state, what is written over it: ``"h"``, with `made` under the line."""
    made: int = 0
    """Of a state, how many steps made it."""
    ghost: bool = False
    """Computed, but not returned."""
    backward_from: int | None = None
    """From which number on it comes out of the pass that goes back in time; None for no number."""

    @property
    def length(self) -> int:
        """How many numbers it holds along its last axis, elided ones included."""
        return self.shape[-1]

    @property
    def halves(self) -> tuple[range, ...]:
        """Its numbers, those of either direction by themselves."""
        split = self.backward_from or 0
        return (range(split), range(split, self.length)) if split else (range(self.length),)

    @property
    def places(self) -> tuple[int, ...]:
        """Which numbers are known: of each half, those that `diagramgen.trace.kept` gives."""
        return tuple(half[place] for half in self.halves for place in kept(len(half)))

    @property
    def name(self) -> str:
        """What is written over it: ``"h₁"``."""
        return f"{self.symbol}{self.made}".translate(_SUBSCRIPTS) if self.symbol else ""


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """One state of a recurrent cell on its way through time: h, or an LSTM's c."""

    role: str
    initial: Vector
    after: tuple[Vector, ...]
    """The state after each column's step, in the order of the columns."""
    before: tuple[Vector, ...]
    """The state that enters each column's step."""
    returned: bool
    """Whether the layer hands its last value out."""
    shown_last: bool
    """Whether the last value is drawn: it goes on, or no output shows the same numbers."""
    variable: str | None = None
    """The author's name for the last value, if it is returned: ``"state_h"``."""
    given: bool = False
    """Whether its initial value came out of the part before."""
    handed_on: bool = False
    """Whether its last value goes on into the part after."""


class Core(msgspec.Struct, frozen=True, kw_only=True):
    """A recurrent cell: what is applied at each time-step, always the same."""

    title: str
    """What is written in its boxes: ``"SimpleRNN"``, ``"LSTMCell"``."""
    lanes: tuple[Lane, ...]
    """Its states."""


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """One way of a recurrent layer through time."""

    layer: str
    """Keras's name: ``"simple_rnn"``, ``"backward_lstm"``."""
    cores: tuple[Core, ...]
    """Its cell, or those stacked in each step, from the input up."""
    backward: bool = False
    """Whether it begins at the last time-step."""
    masked: tuple[int, ...] = ()
    """The time-steps at which the mask is off."""

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The states of all its cells, in the order in which Keras returns them."""
        return tuple(lane for core in self.cores for lane in core.lanes)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One layer of an unrolled figure, or a gap where several are left out."""

    layer: str
    """Keras's name: ``"simple_rnn"``."""
    title: str
    """What is written in its boxes: ``"SimpleRNN"``."""
    passes: tuple[Pass, ...] = ()
    """One for a recurrent layer, two for a bidirectional one, none for the rest."""
    over: int | None = None
    """The column over which its only output stands; None if each column has one."""
    across: bool = False
    """Whether it takes all time-steps at once, in one box: an average, a flattening."""
    outputs: tuple[Vector, ...]
    """One for each column, or a single one `over` its column."""
    backward_outputs: tuple[Vector, ...] = ()
    """What the second direction hands out where the two aren't merged: as many as `outputs`, a
    single one over the first column."""
    output_shape: tuple[int | None, ...]
    """As Keras says it: ``(batch, units)`` or ``(batch, time, units)``."""
    sequence: bool
    """Whether it hands an output of each time-step on."""
    labels: tuple[str, ...] = ()
    """Names for the entries of its outputs."""
    source: Source | None = None
    shared: bool = False
    """Whether one wrapped layer, with one set of weights, works at each time-step."""
    hidden: int = 0
    """How many layers it stands for, where the middle of a deep model is left out."""

    @property
    def returned(self) -> int:
        """The column over which its output, or the last one of them, is handed out."""
        if self.over is not None:
            return self.over
        given = [column for column, output in enumerate(self.outputs) if not output.ghost]
        return given[-1]


class Misfit(msgspec.Struct, frozen=True, kw_only=True):
    """A layer that could not take what was handed up to it."""

    layer: str
    title: str
    source: Source | None = None


class Unrolled(msgspec.Struct, frozen=True, kw_only=True):
    """Recurrent layers through time, with what stands on them."""

    steps: tuple[int, ...]
    """The time-step of each column."""
    length: int
    """How many time-steps there are, elided ones included."""
    words: tuple[str, ...] = ()
    """What stands under each column; empty to write the time."""
    inputs: tuple[Vector, ...]
    input_shape: tuple[int | None, ...]
    """``(batch, time, features)``"""
    input_source: Source | None = None
    rows: tuple[Row, ...]
    """From the input up."""
    misfit: Misfit | None = None
    """What stands on the last row and does not fit."""
    batch: int
    """How many rows the batch has; the first one is drawn."""
    origin: str = ""
    """Where the numbers come from, in a sentence; empty if from a call on the page."""


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """A state that goes from one part to the next."""

    part: int
    """The part that ends with it."""
    giver: tuple[int, int]
    """The row that ends with it, and which of the row's states it is."""
    taker: tuple[int, int]
    """The row of the next part that begins with it, and as which of its states."""


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """Parts one after another in time: an encoder and a decoder, two calls of a stateful layer."""

    parts: tuple[Unrolled, ...]
    handovers: tuple[Handover, ...]
    """At least one between each two parts."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One layer of a graph; or, without a `layer`, an input or a gap."""

    layer: str = ""
    """Keras's name."""
    title: str = ""
    """The class."""
    takes: tuple[int, ...] = ()
    """The places of the nodes whose outputs it takes: all come before it."""
    gives: tuple[tuple[int | None, ...], ...] = ()
    """The shape of each of its outputs; none where the call failed."""
    source: Source | None = None
    parameters: int = 0
    shared: bool = False
    """Whether another node is the same layer, with the same weights, called again."""
    masked: tuple[int, ...] | None = None
    """The shape of the mask that it received; None without one."""
    hidden: int = 0
    """How many layers it stands for, where the middle of a deep model is left out."""


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """Layers that aren't told step by step, with the shapes that go between them."""

    name: str
    """The model's or the layer's class."""
    nodes: tuple[Node, ...]
    """Inputs and layers, each after those that it takes from."""
    note: str | None = None
    """Why there are no numbers in it, for the reader."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A gate of a step that is opened up, or its candidate."""

    title: str
    """``"forget gate"``"""
    activation: str
    """``"sigmoid"``"""
    vector: Vector


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """One step of an LSTM or a GRU, with all that happens in it."""

    layer: str
    """Keras's name."""
    cell: str
    """``"LSTM"`` or ``"GRU"``."""
    t: int
    """The 0-based time-step."""
    reset_after: bool
    """Of a GRU, whether it resets after the recurrent kernel, rather than the state before it."""
    input: Vector
    before: tuple[Vector, ...]
    """The states that enter: h, and for an LSTM c."""
    parts: dict[str, Part]
    """By their symbols, in the order of the kernel: see `diagramgen.trace.Gate`."""
    after: tuple[Vector, ...]
    code: tuple[str, ...]
    """The formula, line by line."""
    batch: int
    """How many rows the batch has; the first one is drawn."""
    origin: str = ""
    """Where the numbers come from, in a sentence; empty if from a call on the page."""


Scene = Unrolled | Relay | Graph | Opened
