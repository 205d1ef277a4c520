"""A recurrent layer's way through time: its cells, their states, and what they give."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from diagramgen.figures.columns import vector
from diagramgen.figures.scene import Core, Lane, Pass, Vector
from diagramgen.trace import LayerCall, Step, TensorSpec


def pass_of(call: LayerCall, columns: tuple[int, ...]) -> Pass:
    """The pass of a recurrent layer's call whose steps were replayed."""
    shown = _shown(call, columns)
    cores, first = [], 0
    for cell in call.cells:
        title = call.layer if len(call.cells) == 1 and call.wrapped is None else cell.layer
        lanes = [
            _lane(call, first + place, symbol, shown) for place, symbol in enumerate(cell.states)
        ]
        cores.append(Core(title=title, lanes=tuple(lanes)))
        first += len(lanes)
    return Pass(
        layer=call.name,
        cores=tuple(cores),
        backward=bool(call.config.get("go_backwards")),
        masked=tuple(step.t for step in shown if step.masked),
    )


def outputs_of(call: LayerCall, columns: tuple[int, ...]) -> tuple[Vector, ...]:
    """What a recurrent layer's cell gave at each column; what it didn't return as ghosts."""
    last = columns[0] if call.config.get("go_backwards") else columns[-1]
    return tuple(
        vector(
            "output",
            call,
            step.output,
            step.t,
            ghost=not (call.config.get("return_sequences") or step.t == last),
        )
        for step in _shown(call, columns)
    )


def halves_outputs(
    passes: Sequence[LayerCall], columns: tuple[int, ...]
) -> tuple[tuple[Vector, ...], tuple[Vector, ...]]:
    """What the two directions of a bidirectional layer hand out, before they are merged."""
    forward, backward = (
        tuple(output for output in outputs_of(half, columns) if not output.ghost) for half in passes
    )
    return forward, tuple(replace(output, backward_from=0) for output in backward)


def _shown(call: LayerCall, columns: tuple[int, ...]) -> list[Step]:
    steps = {step.t: step for step in call.steps}
    return [steps[t] for t in columns]


def _lane(call: LayerCall, index: int, symbol: str, shown: Sequence[Step]) -> Lane:
    """The lane of state ``index``, with a vector before and after each column."""
    backward = bool(call.config.get("go_backwards"))
    returned = bool(call.config.get("return_state"))
    length = call.inputs[0].shape[1] or 0
    role = "cell-state" if symbol == "c" else "state"

    def state(spec: TensorSpec, t: int, *, after: bool) -> Vector:
        """A state beside time-step ``t``, numbered after the steps that made it."""
        made = (length - 1 - t if backward else t) + after
        return vector(
            role,
            call,
            spec,
            t,
            symbol=symbol,
            made=made,
            ghost=after and made == length and not returned,
            backward_from=0 if backward else None,
        )

    first, last = (shown[-1], shown[0]) if backward else (shown[0], shown[-1])
    # Of images no numbers are kept; their hidden state is what the cell gives.
    known = last.output.values is not None or symbol == "h"
    top = index >= len(call.initial_states) - len(call.cells[-1].states)
    given_out = top and known and last.states[index].values == last.output.values
    return Lane(
        role="backward" if backward else role,
        initial=state(call.initial_states[index], first.t, after=False),
        before=tuple(state(step.states_before[index], step.t, after=False) for step in shown),
        after=tuple(state(step.states[index], step.t, after=True) for step in shown),
        returned=returned,
        variable=call.names[index + 1] if returned and len(call.names) > index + 1 else None,
        shown_last=returned or not given_out,
    )
