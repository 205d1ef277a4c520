"""Recurrent layers as an `Unrolled` scene: one column a time-step, one row a layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from diagramgen.figures.scene import Lane, Misfit, Pass, Row, Unrolled, Vector
from diagramgen.figures.theme import LEADING, SHOWN_LAYERS, SHOWN_STEPS
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
_STATES = ("h", "c")


def unroll(layers: Sequence[LayerCall], calls: Sequence[LayerCall]) -> Unrolled | None:
    """The scene of these layer calls, or None where they can't be told step by step.

    Args:
        layers: One line of calls, from the input up.
        calls: All calls, to find a bidirectional layer's halves among.
    """
    misfit = None if layers[-1].outputs else layers[-1]
    layers = layers if misfit is None else layers[:-1]
    passes = {call.number: _passes(call, calls) for call in layers}
    if not _can_unroll(layers, passes):
        return None
    length = layers[0].inputs[0].shape[1] or 0
    columns = shown_steps(length)
    rows: list[Row] = []
    for call in layers:
        over = rows[-1].returned if rows else len(columns) - 1
        rows.append(_row(call, passes[call.number], columns, over))
    return Unrolled(
        steps=columns,
        length=length,
        inputs=_sequence("input", layers[0], layers[0].inputs[0], columns),
        input_shape=layers[0].inputs[0].shape,
        input_source=_input_source(layers, length),
        rows=tuple(rows),
        misfit=_misfit(misfit) if misfit else None,
        batch=layers[0].inputs[0].shape[0] or 1,
        example=layers[0].example,
    )


def shown_steps(length: int) -> tuple[int, ...]:
    """The time-steps that get a column of their own, out of ``length``."""
    if length < SHOWN_STEPS:
        return tuple(range(length))
    return (*range(LEADING), length - 1)


def _passes(call: LayerCall, calls: Sequence[LayerCall]) -> tuple[LayerCall, ...]:
    """The calls that went through time for this one: itself, or a bidirectional layer's halves."""
    if call.kind == "bidirectional":
        halves = [half for half in calls if half.parent == call.number]
        return tuple(sorted(halves, key=lambda half: bool(half.config.get("go_backwards"))))
    return (call,) if call.kind == "recurrent" else ()


def _can_unroll(layers: Sequence[LayerCall], passes: Mapping[int, Sequence[LayerCall]]) -> bool:
    """Whether every layer has replayed steps, works step by step, or stands on top."""
    if not any(passes.values()) or len(layers) >= SHOWN_LAYERS:
        return False
    sequence = True
    for call in layers:
        if not _has_values(call) or not _replayed(call, passes[call.number]):
            return False
        if passes[call.number]:
            sequence = bool(passes[call.number][0].config.get("return_sequences"))
        elif call.layer in ACROSS:
            sequence = False
        elif call.layer not in PER_STEP:
            return False
        if len(call.outputs[0].shape) != (3 if sequence else 2):
            return False
    return not _turned(layers)


def _has_values(call: LayerCall) -> bool:
    tensors = (*call.inputs[:1], *call.outputs[:1])
    return len(tensors) == 2 and all(tensor.values is not None for tensor in tensors)


def _replayed(call: LayerCall, passes: Sequence[LayerCall]) -> bool:
    """Whether every pass of a call was told step by step, and its two halves come together."""
    if call.kind == "bidirectional" and (len(passes) != 2 or not call.config.get("merge_mode")):
        return False
    return all(
        half.steps and len(half.inputs[0].shape) == 3 and len(half.initial_states) <= len(_STATES)
        for half in passes
    )


def _turned(layers: Sequence[LayerCall]) -> bool:
    """Whether a sequence that was handed on in reverse would stand over the wrong time-steps."""
    return any(
        call.config.get("go_backwards") and call.config.get("return_sequences")
        for call in layers[:-1]
    )


def _input_source(layers: Sequence[LayerCall], length: int) -> Source | None:
    """The ``keras.Input`` call, unless it speaks of another length than the data had."""
    source = next((call.input_source for call in layers if call.input_source), None)
    for argument in source.arguments if source else ():
        text = source.text[argument.start : argument.end] if source else ""
        if argument.name == "shape[0]" and text.isdigit() and int(text) != length:
            return None
    return source


def _row(call: LayerCall, passes: Sequence[LayerCall], columns: tuple[int, ...], over: int) -> Row:
    output = call.outputs[0]
    single = len(output.shape) == 2
    if call.kind == "recurrent":
        outputs = _own_outputs(call, columns)
    elif single:
        outputs = (_vector("output", call, output, columns[over]),)
    else:
        outputs = _sequence("output", call, output, columns)
    if call.config.get("merge_mode") == "concat":
        split = passes[0].final_states[0].shape[-1]
        outputs = tuple(replace(vector, backward_from=split) for vector in outputs)
    return Row(
        layer=call.name,
        title=_title(call),
        passes=tuple(_pass(half, columns) for half in passes),
        over=over if single and call.kind != "recurrent" else None,
        across=call.layer in ACROSS,
        outputs=outputs,
        output_shape=output.shape,
        source=call.source,
    )


def _misfit(call: LayerCall) -> Misfit:
    return Misfit(layer=call.name, title=_title(call), source=call.source)


def _title(call: LayerCall) -> str:
    if call.kind == "bidirectional":
        return f"Bidirectional {call.wrapped}"
    return call.wrapped or call.layer


def _own_outputs(call: LayerCall, columns: tuple[int, ...]) -> tuple[Vector, ...]:
    """What a recurrent layer's cell gave at each column; what it didn't return as ghosts."""
    steps = {step.t: step for step in call.steps}
    last = columns[0] if call.config.get("go_backwards") else columns[-1]
    return tuple(
        replace(
            _vector("output", call, steps[t].output, t),
            ghost=not (call.config.get("return_sequences") or t == last),
        )
        for t in columns
    )


def _pass(call: LayerCall, columns: tuple[int, ...]) -> Pass:
    steps = {step.t: step for step in call.steps}
    shown = [steps[t] for t in columns]
    return Pass(
        layer=call.name,
        title=call.layer,
        lanes=tuple(_lane(call, index, shown) for index in range(len(call.initial_states))),
        backward=bool(call.config.get("go_backwards")),
        masked=tuple(step.t for step in shown if step.masked),
    )


def _lane(call: LayerCall, index: int, shown: Sequence[Step]) -> Lane:
    """The lane of state ``index``, with a vector before and after each column."""
    backward = bool(call.config.get("go_backwards"))
    returned = bool(call.config.get("return_state"))
    length = call.inputs[0].shape[1] or 0

    def state(spec: TensorSpec, t: int, *, after: bool) -> Vector:
        """A state beside time-step ``t``, named after the number of steps that made it."""
        made = (length - 1 - t if backward else t) + after
        vector = _vector("cell-state" if index else "state", call, spec, t)
        name = f"{_STATES[index]}{made}"
        return replace(
            vector,
            name=name.translate(_SUBSCRIPTS),
            ghost=after and made == length and not returned,
            backward_from=0 if backward else None,
        )

    first, last = (shown[-1], shown[0]) if backward else (shown[0], shown[-1])
    return Lane(
        role="backward" if backward else "cell-state" if index else "state",
        initial=state(call.initial_states[index], first.t, after=False),
        before=tuple(state(step.states_before[index], step.t, after=False) for step in shown),
        after=tuple(state(step.states[index], step.t, after=True) for step in shown),
        returned=returned,
        variable=call.names[index + 1] if returned and len(call.names) > index + 1 else None,
        shown_last=returned or last.states[index].values != last.output.values,
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
