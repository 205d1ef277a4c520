"""From a step that was opened up to its scene: the vectors, and the formula in code."""

from __future__ import annotations

from diagramgen.figures.columns import origin, vector
from diagramgen.figures.scene import Opened, Part, Vector
from diagramgen.figures.text import count, format_number
from diagramgen.figures.theme import SHOWN_UNITS
from diagramgen.trace import LayerCall, OpenedStep, TensorSpec

_TITLES = {
    ("LSTM", "i"): "input gate",
    ("LSTM", "f"): "forget gate",
    ("LSTM", "g"): "candidate",
    ("LSTM", "o"): "output gate",
    ("GRU", "z"): "update gate",
    ("GRU", "r"): "reset gate",
    ("GRU", "g"): "candidate",
}
_ROLES = ("state", "cell-state")
_NAMES = ("h", "c")


def opened(call: LayerCall, step: OpenedStep) -> Opened:
    """The scene of one step of a call."""

    def states(tensors: tuple[TensorSpec, ...], made: int) -> tuple[Vector, ...]:
        named = zip(_ROLES, tensors, _NAMES, strict=False)
        return tuple(
            vector(role, call, tensor, step.t, symbol=symbol, made=made)
            for role, tensor, symbol in named
        )

    made = step.length - 1 - step.t if call.config.get("go_backwards") else step.t
    return Opened(
        layer=call.name,
        cell=step.cell,
        t=step.t,
        reset_after=step.reset_after,
        input=vector("input", call, step.input, step.t),
        before=states(step.before, made),
        parts={
            gate.symbol: Part(
                title=_TITLES[step.cell, gate.symbol],
                activation=gate.activation,
                vector=vector("gate", call, gate.values, step.t),
            )
            for gate in step.gates
        },
        after=states(step.after, made + 1),
        code=_code(step),
        batch=step.input.shape[0] or 1,
        origin=origin(call),
    )


def opened_caption(scene: Opened) -> str:
    """A few plain sentences under the figure."""
    units = count(scene.after[0].length, "unit")
    text = f"One step of {scene.cell} with {units}, t = {scene.t}, opened up."
    if scene.cell == "LSTM":
        text += (
            " It keeps the share f of the old cell state, adds the share i of the candidate, "
            "and shows the share o of what comes out."
        )
    else:
        text += (
            " It keeps the share z of the old state and takes the rest from the candidate, "
            "which sees the share r of the old state."
        )
    return f"{text} {scene.origin}" if scene.origin else text


def describe_opened(scene: Opened) -> str:
    """What the picture shows, with the numbers of each gate."""
    parts = [f"x = ({_numbers(scene.input)}) and {_named(scene.before[0])} enter each gate."]
    parts += [
        f"The {part.title}, {part.activation}, is {_numbers(part.vector)}."
        for part in scene.parts.values()
    ]
    parts.append(f"What comes out: {' and '.join(map(_named, scene.after))}.")
    return " ".join(parts)


def _named(vector: Vector) -> str:
    return f"{vector.name} = ({_numbers(vector)})"


def _numbers(vector: Vector) -> str:
    shown = ", ".join(format_number(value) for value in vector.values[:SHOWN_UNITS])
    return shown if vector.length <= SHOWN_UNITS else f"{shown}, …"


def _symbol(symbol: str) -> str:
    return "candidate" if symbol == "g" else symbol


def _code(step: OpenedStep) -> tuple[str, ...]:
    """The formula as NumPy would say it, with the slices of the weights."""
    weights = "W, U, b" if step.bias else "W, U"
    lines = [f"{weights} = {step.variable}.get_weights()"]
    for place, gate in enumerate(step.gates):
        columns = f":, {place * step.units}:{(place + 1) * step.units}"
        lines.append(
            f"{_symbol(gate.symbol)} = {gate.activation}({_sum(step, gate.symbol, columns)})"
        )
    if step.cell == "LSTM":
        shown = next(gate.activation for gate in step.gates if gate.symbol == "g")
        return (*lines, "c = f * c + i * candidate", f"h = o * {shown}(c)")
    return (*lines, "h = z * h + (1 - z) * candidate")


def _sum(step: OpenedStep, symbol: str, columns: str) -> str:
    """What goes into an activation."""
    resets = step.cell == "GRU" and symbol == "g"
    two = step.cell == "GRU" and step.reset_after
    from_x = f"x @ W[{columns}]"
    from_h = f"(r * h) @ U[{columns}]" if resets and not two else f"h @ U[{columns}]"
    if not step.bias:
        return f"{from_x} + {f'r * ({from_h})' if resets and two else from_h}"
    bias = f"b[{columns.removeprefix(':, ')}]"
    if not two:
        return f"{from_x} + {from_h} + {bias}"
    mine, its = (f"b[{number}, {columns.removeprefix(':, ')}]" for number in (0, 1))
    from_h = f"r * ({from_h} + {its})" if resets else f"{from_h} + {its}"
    return f"{from_x} + {mine} + {from_h}"
