"""Recurrent layers as an `Unrolled` scene: one column a time-step, one row a layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from msgspec.structs import replace

from diagramgen.figures.columns import origin, sequence, shown_steps, vector
from diagramgen.figures.passes import halves_outputs, outputs_of, pass_of
from diagramgen.figures.scene import Misfit, Row, Unrolled, Vector
from diagramgen.figures.theme import LEADING, SHOWN_LAYERS, SHOWN_RECURRENT
from diagramgen.trace import DRAWN_RANK, LayerCall, Source, kept

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

MOVES_TIME = frozenset({"Permute", "RepeatVector", "Reshape"})
"""Layers after which the second axis is no longer the time that it was, whatever its length."""

_VECTOR = 2
"""The rank of a tensor ``(batch, features)``."""


class _Kind(NamedTuple):
    """What a layer makes of the time axis."""

    sequence: bool
    """Whether it hands an output of each time-step on."""
    across: bool
    """Whether it takes all time-steps at once, and is no recurrent layer."""


def unroll(layers: Sequence[LayerCall], calls: Sequence[LayerCall]) -> Unrolled | None:
    """The scene of these layer calls, or None where they can't be told step by step.

    Args:
        layers: One line of calls, from the input up.
        calls: All calls, to find a bidirectional layer's halves among.
    """
    misfit = None if layers[-1].outputs else layers[-1]
    layers = layers if misfit is None else layers[:-1]
    passes = {call.number: _passes(call, calls) for call in layers}
    kinds = _kinds(layers, passes)
    if kinds is None:
        return None
    given = layers[0].inputs[0]
    length = given.shape[1] or 0
    columns = shown_steps(length)
    rows: list[Row] = []
    for call, kind in zip(layers, kinds, strict=True):
        over = rows[-1].returned if rows else len(columns) - 1
        rows.append(_row(call, passes[call.number], columns, kind, over))
    return Unrolled(
        steps=columns,
        length=length,
        inputs=sequence("input", layers[0], given, columns),
        input_shape=given.shape,
        input_source=_input_source(layers, length),
        rows=_shortened(rows),
        misfit=_misfit(misfit) if misfit else None,
        batch=given.shape[0] or 1,
        origin=origin(layers[0]),
    )


def _passes(call: LayerCall, calls: Sequence[LayerCall]) -> tuple[LayerCall, ...]:
    """The calls that went through time for this one: itself, or a bidirectional layer's halves."""
    if call.kind != "bidirectional":
        return (call,) if call.kind == "recurrent" else ()
    halves = [half for half in calls if half.parent == call.number]
    halves.sort(key=lambda half: bool(half.config.get("go_backwards")))
    names = list(call.names[-sum(len(half.final_states) for half in halves) :])
    named = []
    for half in halves:
        mine, names = names[: len(half.final_states)], names[len(half.final_states) :]
        named.append(replace(half, names=(None, *mine)))
    return tuple(named)


def _kinds(
    layers: Sequence[LayerCall], passes: Mapping[int, Sequence[LayerCall]]
) -> list[_Kind] | None:
    """What each layer makes of the time axis; None if one can't be drawn over its time-steps."""
    if not any(passes[call.number] or call.kind == "time_distributed" for call in layers):
        return None
    kinds: list[_Kind] = []
    for place, call in enumerate(layers):
        kind = _kind(call, passes[call.number], after=kinds[-1] if kinds else _Kind(True, False))
        last = place == len(layers) - 1
        if kind is None or not (last or _stands_as_drawn(call)):
            return None
        kinds.append(kind)
    return kinds


def _kind(call: LayerCall, passes: Sequence[LayerCall], *, after: _Kind) -> _Kind | None:
    if not _is_known(call) or not _takes_one_tensor(call):
        return None
    if call.kind in ("recurrent", "bidirectional"):
        if not after.sequence or not _replayed(call, passes):
            return None
        return _Kind(bool(passes[0].config.get("return_sequences")), across=False)
    if not after.sequence or call.layer in PER_STEP or call.kind == "time_distributed":
        return _Kind(after.sequence, across=False)
    given, made = call.inputs[0].shape, call.outputs[0].shape
    if call.layer not in MOVES_TIME and len(made) > _VECTOR and made[1] == given[1]:
        return _Kind(sequence=True, across=True)
    return _Kind(sequence=False, across=True) if len(made) == _VECTOR else None


def _is_known(call: LayerCall) -> bool:
    """Whether its numbers were recorded; those of images never are."""
    tensors = (*call.inputs[:1], *call.outputs[:1])
    if len(tensors) < 2 or call.symbolic:
        return False
    return all(one.values is not None or len(one.shape) > DRAWN_RANK for one in tensors)


def _takes_one_tensor(call: LayerCall) -> bool:
    """Whether nothing but its line leads into it; initial states are told otherwise."""
    others = {tensor.tensor for tensor in call.inputs[1:]} - {call.inputs[0].tensor}
    return not others or call.kind in ("recurrent", "bidirectional")


def _replayed(call: LayerCall, passes: Sequence[LayerCall]) -> bool:
    """Whether every pass of a call was told step by step."""
    wanted = 2 if call.kind == "bidirectional" else 1
    return len(passes) == wanted and all(half.steps for half in passes)


def _stands_as_drawn(call: LayerCall) -> bool:
    """Whether what stands on a call finds its time-steps in their columns, and in one tensor."""
    reversed_time = call.config.get("go_backwards") and call.config.get("return_sequences")
    return not reversed_time and not _is_unmerged(call)


def _is_unmerged(call: LayerCall) -> bool:
    return call.kind == "bidirectional" and call.config.get("merge_mode") is None


def _input_source(layers: Sequence[LayerCall], length: int) -> Source | None:
    """The ``keras.Input`` call, unless it speaks of another length than the data had."""
    source = next((call.input_source for call in layers if call.input_source), None)
    for argument in source.arguments if source else ():
        text = source.text[argument.start : argument.end] if source else ""
        if argument.name == "shape[0]" and text.isdigit() and int(text) != length:
            return None
    return source


def _row(
    call: LayerCall,
    passes: Sequence[LayerCall],
    columns: tuple[int, ...],
    kind: _Kind,
    over: int,
) -> Row:
    outputs, backward = _outputs(call, passes, columns, kind, over)
    return Row(
        layer=call.name,
        title=_title(call, passes),
        passes=tuple(pass_of(half, columns) for half in passes),
        over=None if kind.sequence or call.kind == "recurrent" else over,
        across=kind.across,
        outputs=outputs,
        backward_outputs=backward,
        output_shape=call.outputs[0].shape,
        sequence=kind.sequence,
        source=call.source,
        shared=call.kind == "time_distributed" and call.parameters > 0,
    )


def _outputs(
    call: LayerCall,
    passes: Sequence[LayerCall],
    columns: tuple[int, ...],
    kind: _Kind,
    over: int,
) -> tuple[tuple[Vector, ...], tuple[Vector, ...]]:
    """What stands over a layer; apart from it, what an unmerged second direction gives."""
    if call.kind == "recurrent":
        return outputs_of(call, columns), ()
    if _is_unmerged(call):
        return halves_outputs(passes, columns)
    whole = call.outputs[0]
    outputs = (
        sequence("output", call, whole, columns)
        if kind.sequence
        else (vector("output", call, whole, columns[over]),)
    )
    if call.config.get("merge_mode") == "concat" and outputs[0].values:
        pairs = zip(outputs, *halves_outputs(passes, columns), strict=True)
        return tuple(_joined(*pair) for pair in pairs), ()
    return outputs, ()


def _joined(whole: Vector, forward: Vector, backward: Vector) -> Vector:
    """Two directions in one vector, each elided by itself: of a long one, both ends are known."""
    values = (*forward.values, *backward.values)
    joined = replace(whole, values=values, backward_from=forward.length)
    known = dict(zip(joined.places, values, strict=True))
    told = zip(kept(whole.length), whole.values, strict=True)
    # A wrapper of the author's own may do something else than it says.
    agree = all(known.get(place, value) == value for place, value in told)
    return joined if agree else whole


def _shortened(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows without the middle of a deep stack: first ones, a gap, last ones."""
    recurrent = [place for place, row in enumerate(rows) if row.passes]
    if len(recurrent) >= SHOWN_RECURRENT:
        start, end = recurrent[0] + 1, recurrent[-1]
    elif len(rows) >= SHOWN_LAYERS:
        start, end = LEADING, len(rows) - 1
    else:
        return tuple(rows)
    hidden = end - start
    gap = replace(
        rows[end - 1],
        title=f"⋯ {hidden} more ⋯",
        hidden=hidden,
        passes=(),
        across=rows[start - 1].sequence,
        source=None,
        shared=False,
    )
    if not gap.sequence and gap.over is None:
        gap = replace(gap, over=gap.returned, outputs=(gap.outputs[gap.returned],))
    return (*rows[:start], gap, *rows[end:])


def _misfit(call: LayerCall) -> Misfit:
    return Misfit(layer=call.name, title=_title(call, ()), source=call.source)


def _title(call: LayerCall, passes: Sequence[LayerCall]) -> str:
    if call.kind == "bidirectional":
        halves = [half.layer for half in passes] or [call.wrapped or ""]
        return f"Bidirectional {' and '.join(name for name, _ in groupby(halves))}"
    if call.kind == "recurrent" and (call.wrapped or len(call.cells) > 1):
        cells = " and ".join(cell.layer for cell in call.cells) or call.wrapped
        return f"{call.layer} of {cells}"
    return call.wrapped or call.layer
