"""What Keras did: the reply of a runner, as frozen data.

The same structs serve the cache, the command ``diagramgen record``, the JSON beside each figure
and the tests. Lines are counted from 1 at the first line of a block's code, since the same code
may move about its page; `diagramgen.build` maps them to lines of the file.
"""

from __future__ import annotations

from typing import Any

import msgspec

KEPT = 16
"""The longest axis whose entries are all kept in a record; of a longer one, the first
``KEPT - 1`` and the last."""

DRAWN_RANK = 3
"""Values are kept up to ``(batch, time, features)``; images and videos keep their shape alone."""


def kept(length: int) -> tuple[int, ...]:
    """The positions along an axis of ``length`` entries whose values are kept."""
    if length <= KEPT:
        return tuple(range(length))
    return (*range(KEPT - 1), length - 1)


class TensorSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tensor's shape and dtype, and its values where a figure needs them."""

    shape: tuple[int | None, ...]
    """As Keras says it, batch axis included; None where an axis is open."""
    dtype: str
    """``"float32"``, …"""
    values: Any = None
    """Nested lists in the order of the axes, each entry the shortest decimal that reads back as
    the same number (``"nan"``, ``"inf"`` and ``"-inf"`` as strings); None if not recorded."""
    elided: tuple[int, ...] = ()
    """How many entries `values` leaves out along each axis (see `kept`); empty if none."""
    tensor: int | None = None
    """Which tensor of the session this is: two specs with the same number are the same tensor, so
    that an output can be followed into the call that takes it."""


class Step(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One time-step of a recurrent layer, part of a chain that leads to what Keras returned.

    Every tensor here has a leading batch axis: ``(batch, features)`` or ``(batch, units)``.
    """

    t: int
    """The 0-based time in the input's order, whatever the direction."""
    input: TensorSpec
    states_before: tuple[TensorSpec, ...]
    """The states that the cell receives: h, or h and c for an LSTM."""
    output: TensorSpec
    states: tuple[TensorSpec, ...]
    """The states after the step: carried over unchanged where the step is masked."""
    masked: bool = False
    """Whether the mask is off here for the first row of the batch."""


class Cell(msgspec.Struct, frozen=True):
    """What a recurrent layer steps through time, or one of several stacked in each step."""

    layer: str
    """The class: ``"LSTMCell"``."""
    states: tuple[str, ...]
    """A symbol for each of its states: ``("h", "c")``."""


class Argument(msgspec.Struct, frozen=True, omit_defaults=True):
    """One argument in a call's source text."""

    name: str
    """The parameter that received it (``"units"``); an element of a tuple that is written out is
    an argument of its own (``"shape[0]"``)."""
    start: int
    """Where the argument's value begins in `Source.text`, in characters."""
    end: int


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """The call that made a layer, as it stands on the page."""

    text: str
    """One line: ``SimpleRNN(4, return_sequences=True)``."""
    arguments: tuple[Argument, ...] = ()
    respelt: bool = False
    """Whether the text was spelt anew from the layer's configuration, since the page has no call
    of that form (a clone, starred arguments, ``from_config``)."""


class LayerCall(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One call of a layer or model."""

    number: int
    """Counts the session's calls from 1, in the order in which they began."""
    layer: str
    """The class: ``"SimpleRNN"``."""
    name: str
    """Keras's name of the layer: ``"simple_rnn_1"``."""
    kind: str = "layer"
    """``"recurrent"``, ``"time_distributed"``, ``"bidirectional"``, ``"model"`` or ``"layer"``."""
    line: int | None = None
    """The line of the block from which the call came."""
    depth: int = 0
    """How many layer calls enclose this one."""
    parent: int | None = None
    """The `number` of the call that encloses this one."""
    symbolic: bool = False
    """Whether it was called on symbolic tensors, so that there are shapes and no values."""
    example: bool = False
    """Whether it was called after the session on a seeded example, to have values to draw."""
    given: str | None = None
    """The method of a model (``"predict"``, ``"fit"``, …) on whose first row it was called after
    the session; with `example`, the one that had returned something else for that row."""
    config: dict[str, Any] = {}
    """The plain entries (strings, numbers, booleans, None) of the layer's configuration:
    ``units``, ``return_sequences``, …"""
    source: Source | None = None
    """The call that made the layer."""
    input_source: Source | None = None
    """The ``keras.Input`` call that gave the shape, where there is one."""
    wrapped: str | None = None
    """The class of the layer that a wrapper holds, or of an RNN's cell: ``"Dense"``."""
    cells: tuple[Cell, ...] = ()
    """What a recurrent layer steps, from the input up; its states follow one another in this
    order."""
    inputs: tuple[TensorSpec, ...] = ()
    outputs: tuple[TensorSpec, ...] = ()
    names: tuple[str | None, ...] = ()
    """The author's names for the outputs, one for each (``"state_h"``, ``"states[0]"``), None where
    one has none; empty if none has, as where the result is passed on at once."""
    mask: TensorSpec | None = None
    """The mask that the layer received, ``(batch, time)``."""
    parameters: int = 0
    """Trainable and other weights, counted in numbers."""
    initial_states: tuple[TensorSpec, ...] = ()
    """``(batch, units)`` each: h, or h and c."""
    final_states: tuple[TensorSpec, ...] = ()
    steps: tuple[Step, ...] = ()
    """The time-steps at the positions that `kept` gives, in the order of time; empty where none
    are known, or where they don't lead to what Keras returned."""
    note: str | None = None
    """Why there are no steps where there should be some, in a sentence for the reader."""
    unverified: bool = False
    """Whether `note` is of one of Keras's own layers, so that something is wrong with the recorder
    and not with the page."""


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a block or an expression ended, if not well."""

    type: str
    """The exception's class (``"ValueError"``), or ``"Timeout"``, ``"Killed"``, ``"Exit"`` when the
    session's process ended otherwise."""
    message: str
    line: int | None = None
    """The line of the block that was running."""
    fatal: bool = False
    """Whether the session's process ended with it, which no block can declare."""
    cure: str | None = None
    """What to do about it, where one of the session's limits caused it."""


class Warned(msgspec.Struct, frozen=True, omit_defaults=True):
    """A warning that a block caused."""

    category: str
    """``"UserWarning"``"""
    message: str
    line: int | None = None


class Printed(msgspec.Struct, frozen=True):
    """What one top-level statement of a block printed."""

    line: int
    """The statement's last line."""
    text: str


class Picture(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a block drew with matplotlib: one of its figures."""

    svg: str = ""
    """A file of its own. The page's code made it: it may hold anything."""
    description: str = ""
    """What it says of itself: ``"Chart: loss against epoch: training, validation"``."""
    problem: str | None = None
    """Why there is no `svg`, in a sentence for the author."""


class Gate(msgspec.Struct, frozen=True):
    """One part of a gated cell's step, with its values."""

    symbol: str
    """``"i"``, ``"f"``, ``"g"`` (the candidate) and ``"o"`` of an LSTM; ``"z"``, ``"r"`` and
    ``"g"`` of a GRU: in the order in which they stand side by side in the kernel."""
    activation: str
    """``"sigmoid"``"""
    values: TensorSpec
    """``(batch, units)``"""


class OpenedStep(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One step of an LSTM or a GRU, computed from its weights and found equal to Keras's own."""

    variable: str
    """The author's name for the layer."""
    cell: str
    """``"LSTM"`` or ``"GRU"``."""
    t: int
    """The 0-based time in the input's order."""
    length: int
    """How many time-steps there are."""
    units: int
    bias: bool
    """Whether there is one."""
    reset_after: bool = False
    """Of a GRU, whether it resets after the recurrent kernel, rather than the state before it."""
    input: TensorSpec
    """``(batch, features)``"""
    before: tuple[TensorSpec, ...]
    """The states that enter, each ``(batch, units)``: h, and for an LSTM c."""
    gates: tuple[Gate, ...]
    after: tuple[TensorSpec, ...]


class Training(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one call of ``fit`` reported after each epoch: its History."""

    model: str
    """The class: ``"Sequential"``."""
    epochs: tuple[int, ...]
    """Counted from 0, as Keras does; at least two."""
    metrics: dict[str, tuple[float | None, ...]]
    """``"loss"``, ``"val_loss"``, …: one value for each epoch, or for each few of them; None where
    it isn't finite, which not all of a metric are."""
    line: int | None = None


class BlockResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one block did."""

    line: int = 1
    """The block's first line: 1 in an Outcome, its line in the file in what leaves `build`."""
    ran: bool = True
    """False if an earlier block of its session failed, so that this one was not run."""
    stdout: str = ""
    """All that it printed, in order, as UTF-8 with unreadable bytes replaced."""
    printed: tuple[Printed, ...] = ()
    """The same, statement by statement; statements that print nothing are left out."""
    warnings: tuple[Warned, ...] = ()
    error: Failure | None = None
    """What it raised, declared or not; None if it ran to its end."""
    pictures: tuple[Picture, ...] = ()
    """In the order in which they were shown."""
    calls: tuple[LayerCall, ...] = ()
    draw: int | None = None
    """The `number` of the call to draw, in this block or an earlier one; None for no figure."""
    note: str | None = None
    """Why there is no figure where one was asked for, in a sentence for the author."""
    opened: OpenedStep | None = None
    """The step to draw of the call `draw`, where the block asks for one opened up."""
    trainings: tuple[Training, ...] = ()
    """The calls of ``fit`` with more than one epoch; of those that a loop repeats, the last."""


class ValueResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an inline expression evaluated to."""

    text: str = ""
    """``str()`` of the value."""
    ran: bool = True
    error: Failure | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What a whole program did."""

    versions: dict[str, str]
    """``{"python": "3.11.7", "keras": "3.15.1", "backend": "tensorflow", "tensorflow": …}``"""
    blocks: tuple[BlockResult, ...] = ()
    """One for each block of the program, in order."""
    values: tuple[ValueResult, ...] = ()
    """One for each expression of the program, in order."""

    def calls_until(self, index: int) -> tuple[LayerCall, ...]:
        """All calls of the session up to and with those of block ``index``."""
        return tuple(call for block in self.blocks[: index + 1] for call in block.calls)
