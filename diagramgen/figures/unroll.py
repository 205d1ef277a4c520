"""Recurrent layers as an `Unrolled` scene: one column a time-step, one row a layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from diagramgen.errors import FigureError
from diagramgen.figures.scene import Lane, Row, Unrolled, Vector
from diagramgen.figures.theme import LEADING, SHOWN_STEPS
from diagramgen.trace import LayerCall, Source, Step, TensorSpec, kept

PER_STEP = frozenset(
    {
        "Activation",
        "Dense",
        "Dropout",
        "Embedding",
        "GaussianNoise",
        "LayerNormalization",
        "Masking",
        "ReLU",
        "Softmax",
        "TimeDistributed",
    }
)
"""Layers that treat every time-step by itself, when they are given a sequence."""

ACROSS = frozenset({"Flatten", "GlobalAveragePooling1D", "GlobalMaxPooling1D"})
"""Layers that make one vector of a whole sequence."""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_STATE_NAMES = ("h", "c")


def unroll(
    layers: Sequence[LayerCall], words: Sequence[str], labels: Sequence[str]
) -> Unrolled | None:
    """The scene of these layer calls, or None where they can't be told step by step.

    Args:
        layers: One line of calls, from the input up.
        words: What stands under the time-steps: as many as there are.
        labels: Names for the entries of the topmost output: as many as it has.

    Raises:
        FigureError: The words or labels are more or fewer than what they name.
    """
    if not _can_unroll(layers):
        return None
    length = layers[0].inputs[0].shape[1] or 0
    columns = shown_steps(length)
    rows = [_row(call, columns) for call in layers]
    _check_count("words", len(words), length, "time-steps")
    _check_count("labels", len(labels), rows[-1].outputs[-1].length, "entries in the output")
    rows[-1] = replace(rows[-1], labels=tuple(labels))
    return Unrolled(
        steps=columns,
        length=length,
        words=tuple(words[t] for t in columns) if words else (),
        inputs=_sequence("input", layers[0], layers[0].inputs[0], columns),
        input_shape=layers[0].inputs[0].shape,
        input_source=_input_source(layers, length),
        rows=tuple(rows),
        batch=layers[0].inputs[0].shape[0] or 1,
        example=layers[0].example,
    )


def shown_steps(length: int) -> tuple[int, ...]:
    """The time-steps that get a column of their own, out of ``length``."""
    if length < SHOWN_STEPS:
        return tuple(range(length))
    return (*range(LEADING), length - 1)


def _can_unroll(layers: Sequence[LayerCall]) -> bool:
    """Whether every layer is recurrent with replayed steps, or works step by step or on top."""
    if not any(call.steps for call in layers):
        return False
    sequence = True
    for call in layers:
        if not _has_values(call):
            return False
        if call.kind == "recurrent":
            sequence = bool(call.config.get("return_sequences"))
        elif call.layer in ACROSS:
            sequence = False
        elif call.layer not in PER_STEP:
            return False
        if len(call.outputs[0].shape) != (3 if sequence else 2):
            return False
    return True


def _has_values(call: LayerCall) -> bool:
    """Whether all that a row shows of this call was recorded."""
    tensors = (*call.inputs[:1], *call.outputs[:1])
    if len(tensors) < 2 or any(tensor.values is None for tensor in tensors):
        return False
    if call.kind != "recurrent":
        return True
    return bool(call.steps) and len(tensors[0].shape) == 3 and not call.config.get("go_backwards")


def _input_source(layers: Sequence[LayerCall], length: int) -> Source | None:
    """The ``keras.Input`` call, unless it speaks of another length than the data had."""
    source = next((call.input_source for call in layers if call.input_source), None)
    for argument in source.arguments if source else ():
        text = source.text[argument.start : argument.end] if source else ""
        if argument.name == "shape[0]" and text.isdigit() and int(text) != length:
            return None
    return source


def _row(call: LayerCall, columns: tuple[int, ...]) -> Row:
    if call.kind == "recurrent":
        return _recurrent_row(call, columns)
    output = call.outputs[0]
    once = len(output.shape) == 2
    return Row(
        layer=call.name,
        title=call.wrapped or call.layer,
        once=once,
        across=call.layer in ACROSS,
        outputs=(
            (_vector("output", call, output, columns[-1]),)
            if once
            else _sequence("output", call, output, columns)
        ),
        output_shape=output.shape,
        source=call.source,
    )


def _recurrent_row(call: LayerCall, columns: tuple[int, ...]) -> Row:
    steps = {step.t: step for step in call.steps}
    shown = [steps[t] for t in columns]
    outputs = [_vector("output", call, step.output, step.t) for step in shown]
    if not call.config.get("return_sequences"):
        outputs = [*(replace(output, ghost=True) for output in outputs[:-1]), outputs[-1]]
    return Row(
        layer=call.name,
        title=call.layer,
        lanes=tuple(_lane(call, index, shown) for index in range(len(call.initial_states))),
        outputs=tuple(outputs),
        output_shape=call.outputs[0].shape,
        masked=tuple(step.t for step in shown if step.masked),
        source=call.source,
    )


def _lane(call: LayerCall, index: int, shown: Sequence[Step]) -> Lane:
    """The lane of state ``index``, with a vector before and after each column."""
    role = "cell-state" if index else "state"
    letter = _STATE_NAMES[index] if index < len(_STATE_NAMES) else f"s{index}"
    returned = bool(call.config.get("return_state"))

    def state(spec: TensorSpec, made: int) -> Vector:
        vector = _vector(role, call, spec, max(made - 1, 0))
        return replace(vector, name=f"{letter}{made}".translate(_SUBSCRIPTS))

    after = [state(step.states[index], step.t + 1) for step in shown]
    return Lane(
        role=role,
        initial=state(call.initial_states[index], 0),
        before=tuple(state(step.states_before[index], step.t) for step in shown),
        after=(*after[:-1], replace(after[-1], ghost=not returned)),
        returned=returned,
        shown_last=returned or shown[-1].states[index].values != shown[-1].output.values,
    )


def _sequence(
    role: str, call: LayerCall, tensor: TensorSpec, columns: tuple[int, ...]
) -> tuple[Vector, ...]:
    """A vector for each column, out of a tensor ``(batch, time, …)``."""
    places = {t: place for place, t in enumerate(kept(tensor.shape[1] or 0))}
    return tuple(_vector(role, call, tensor, t, tensor.values[0][places[t]]) for t in columns)


def _vector(
    role: str, call: LayerCall, tensor: TensorSpec, step: int, values: Any = None
) -> Vector:
    """The numbers of the batch's first row, or ``values``; an id stands alone."""
    row = tensor.values[0] if values is None else values
    numbers = tuple(row) if isinstance(row, list) else (row,)
    length = tensor.shape[-1] if isinstance(row, list) else 1
    return Vector(
        role=role, layer=call.name, step=step, length=length or len(numbers), values=numbers
    )


def _check_count(option: str, given: int, wanted: int, what: str) -> None:
    if given and given != wanted:
        raise FigureError(
            f'{option}="…" names {given}, but there are {wanted} {what}',
            hint=f"Give {wanted} {option}, or leave the option out",
        )
