"""What a figure shows, before anybody asks where.

There are three kinds of scene: an `Unrolled` one (time from left to right, one row a layer), a
`Relay` of such, each of which goes on with the states of the one before, and a `Graph` of layers
with the shapes between them. All are frozen data without coordinates.
"""

from __future__ import annotations

from typing import Any

import msgspec

from diagramgen.trace import Source


class Vector(msgspec.Struct, frozen=True, kw_only=True):
    """One vector of numbers, drawn as one box a number."""

    role: str
    """``"input"``, ``"state"``, ``"cell-state"`` or ``"output"``."""
    layer: str
    """Keras's name of the layer that it enters (an input) or comes from."""
    step: int
    """The 0-based time-step that it belongs to; a state bears the step that made it, an initial
    state the first."""
    length: int
    """How many numbers it holds, elided ones included."""
    values: tuple[Any, ...]
    """The numbers at the positions that `diagramgen.trace.kept` gives for `length`."""
    name: str = ""
    """What is written over it: ``"h₁"``."""
    ghost: bool = False
    """Computed, but not returned."""
    backward_from: int | None = None
    """From which number on it comes out of the pass that goes back in time; None for no number."""

    @property
    def shape(self) -> tuple[int]:
        """``(units,)`` or ``(features,)``."""
        return (self.length,)


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """One state of a recurrent layer on its way through time: h, or an LSTM's c."""

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


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """One way of a recurrent cell through time."""

    layer: str
    """Keras's name: ``"simple_rnn"``, ``"backward_lstm"``."""
    title: str
    """What is written in its cells: ``"SimpleRNN"``."""
    lanes: tuple[Lane, ...]
    """Its states, at least one."""
    backward: bool = False
    """Whether it begins at the last time-step."""
    masked: tuple[int, ...] = ()
    """The time-steps at which the mask is off."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One layer of an unrolled figure."""

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
    output_shape: tuple[int | None, ...]
    """As Keras says it: ``(batch, units)`` or ``(batch, time, units)``."""
    labels: tuple[str, ...] = ()
    """Names for the entries of its outputs."""
    source: Source | None = None

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
    example: bool = False
    """Whether the numbers come from a made-up input, since the page gave none."""


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """States that go from one part to the next."""

    giver: int
    """The row that ends with them."""
    taker: int
    """The row of the next part that begins with them."""


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """Parts one after another in time: an encoder and a decoder, two calls of a stateful layer."""

    parts: tuple[Unrolled, ...]
    handovers: tuple[Handover, ...]
    """One between each two parts."""


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


Scene = Unrolled | Relay | Graph
