"""A step that is opened up, on the sheet: x enters from below, states from the left.

Gates stand side by side. Under them run two lines, the input's and the hidden state's, into each;
over them a state goes from left to right, and on its way is multiplied and added to.
"""

from __future__ import annotations

from typing import NamedTuple

from diagramgen.figures.drawing import Drawing, Label
from diagramgen.figures.flow import OPERATION, Flow, Point
from diagramgen.figures.scene import Opened
from diagramgen.figures.sheet import extent
from diagramgen.figures.text import text_width
from diagramgen.figures.theme import CODE_SIZE, LINE_HEIGHT, MONO, VALUE_HEIGHT, VALUE_WIDTH
from diagramgen.figures.vectors import lay, stand, vector_height

_PITCH = 128.0
"""From one gate to the next."""
_BOX = (108.0, 44.0)
_SPACE = 26.0
_X_LINE, _H_LINE = 36.0, 54.0
"""How high over the input's middle the two lines run that lead into the gates."""
_FEED = 11.0
"""How far beside the middle of a gate they enter it."""
_ORDER = {"LSTM": "figo", "GRU": "zrg"}


class Plan(NamedTuple):
    """Where things go; heights count from the middle of the input."""

    scene: Opened
    flow: Flow
    columns: dict[str, float]
    """The middle of each gate, by its symbol."""
    left: float
    """The middle of the states that enter."""
    right: float
    """The middle of the states after the step."""
    gate: float
    """The height of the gates' boxes."""
    values: float
    """The height of their values."""
    middle: float
    """The height at which something is done with those first."""
    top: float
    """The height of the state on its way."""


def open_up(scene: Opened) -> Drawing:
    """Every mark of the figure, in its place."""
    plan = _plan(scene)
    _draw_input(plan)
    for symbol in plan.columns:
        _draw_gate(plan, symbol)
    if scene.cell == "LSTM":
        _draw_lstm(plan)
    else:
        _draw_gru(plan)
    _draw_code(plan)
    return plan.flow.sheet.finish()


def _plan(scene: Opened) -> Plan:
    two = scene.cell == "LSTM"
    order = _ORDER[scene.cell]
    height = vector_height(scene.after[0])
    gate = _H_LINE + _BOX[1] / 2 + (_SPACE if two else 2 * (_SPACE + OPERATION))
    values = gate + _BOX[1] / 2 + 18 + height / 2
    middle = values + height / 2 + _SPACE + OPERATION / 2
    return Plan(
        scene,
        Flow(scene.layer, scene.t),
        columns={symbol: place * _PITCH for place, symbol in enumerate(order)},
        left=-_PITCH,
        right=len(order) * _PITCH,
        gate=gate,
        values=values,
        middle=middle,
        top=middle + (height + 2 * LINE_HEIGHT if two else height / 2 + _SPACE),
    )


def _draw_input(plan: Plan) -> None:
    vector = lay("input", plan.scene.input, _middle(plan), 0)
    left, _, right, _ = extent(vector)
    plan.flow.sheet.add(vector)
    plan.flow.label("input-name", (left - 8, 0), "x", "input", "end")
    rows = f" · first of {plan.scene.batch} rows" if plan.scene.batch > 1 else ""
    plan.flow.label("input-step", (right + 10, 0), f"t = {plan.scene.t}{rows}", "ink", "start")


def _middle(plan: Plan) -> float:
    return sum(plan.columns.values()) / len(plan.columns)


def _draw_gate(plan: Plan, symbol: str) -> None:
    """A gate with what enters it, and over it its values."""
    part, x, flow = plan.scene.parts[symbol], plan.columns[symbol], plan.flow
    gate, bottom = f"gate-{symbol}", plan.gate - _BOX[1] / 2
    flow.cell(gate, (x, plan.gate), _BOX, (part.title, part.activation))
    vector = stand(f"values-{symbol}", part.vector, x, plan.values)
    flow.sheet.add(vector)
    flow.upright("gate", gate, vector.id)
    if symbol != "g":  # the candidate, whose box says so
        left, *_, top = extent(vector)
        beside = (left - 6, top - VALUE_HEIGHT / 2)
        flow.label(f"{vector.id}-name", beside, symbol, "gate", "end")
    enters, middle = x + _FEED, _middle(plan)
    path = ((middle, VALUE_HEIGHT / 2), (middle, _X_LINE), (enters, _X_LINE), (enters, bottom))
    flow.join("input", gate, "input", *path)
    if plan.scene.cell == "GRU" and symbol == "g":
        _feed_candidate(plan, bottom)
    else:
        flow.join("h-before", gate, "state", *_h_line(plan, x - _FEED), (x - _FEED, bottom))


def _h_line(plan: Plan, x: float) -> tuple[Point, ...]:
    """From the hidden state that enters, along the line under the gates, to a place on it."""
    if plan.scene.cell == "LSTM":
        return (plan.left + VALUE_WIDTH / 2, _H_LINE), (x, _H_LINE)
    start = plan.top - vector_height(plan.scene.before[0]) / 2
    return (plan.left, start), (plan.left, _H_LINE), (x, _H_LINE)


def _feed_candidate(plan: Plan, bottom: float) -> None:
    """How a GRU's hidden state gets to the candidate: reset before its weights, or after them."""
    flow, candidate = plan.flow, plan.columns["g"]
    x, half = candidate - _FEED, OPERATION / 2
    low, high = _H_LINE + _SPACE, bottom - _SPACE
    flow.operation("reset", (x, high), "×")
    first, y = "reset", high
    if plan.scene.reset_after:
        first, y = "recurrent", low
        flow.operation("recurrent", (x, low), "@ U")
        flow.upright("state", "recurrent", "reset")
    flow.join("h-before", first, "state", *_h_line(plan, x), (x, y - half))
    flow.join("reset", "gate-g", "state", (x, high + half), (x, bottom))
    start, between = plan.columns["r"] + VALUE_WIDTH / 2, candidate - _PITCH / 2
    path = ((start, plan.values), (between, plan.values), (between, high), (x - half, high))
    flow.join("values-r", "reset", "gate", *path)


def _draw_lstm(plan: Plan) -> None:
    """The cell state on its way, and the hidden state that is shown of it."""
    scene, flow = plan.scene, plan.flow
    f, i, g, o = plan.columns.values()
    both = (i + g) / 2
    flow.state("h-before", scene.before[0], (plan.left, _H_LINE))
    flow.state("c-before", scene.before[1], (plan.left, plan.top))
    flow.state("h-after", scene.after[0], (plan.right, plan.middle))
    flow.state("c-after", scene.after[1], (plan.right, plan.top))
    flow.operation("forget", (f, plan.top), "×")
    flow.operation("take", (both, plan.middle), "×")
    flow.operation("add", (both, plan.top), "+")
    squash = (plan.middle + plan.top) / 2
    flow.operation("squash", (o, squash), scene.parts["g"].activation)
    flow.operation("show", (o, plan.middle), "×")
    flow.across("cell-state", ("c-before", "forget", "add", "c-after"))
    flow.join("add", "squash", "cell-state", (o, plan.top), (o, squash + OPERATION / 2))
    flow.upright("cell-state", "squash", "show")
    flow.upright("cell-state", "take", "add")
    flow.upright("gate", "values-f", "forget")
    flow.upright("gate", "values-o", "show")
    start = plan.values + vector_height(scene.after[0]) / 2
    for symbol, x, side in (("i", i, -1), ("g", g, 1)):
        end = (both + side * OPERATION / 2, plan.middle)
        flow.join(f"values-{symbol}", "take", "gate", (x, start), (x, plan.middle), end)
    flow.across("state", ("show", "h-after"))


def _draw_gru(plan: Plan) -> None:
    """The hidden state on its way."""
    scene, flow = plan.scene, plan.flow
    z, _, g = plan.columns.values()
    flow.state("h-before", scene.before[0], (plan.left, plan.top))
    flow.state("h-after", scene.after[0], (plan.right, plan.top))
    flow.operation("keep", (z, plan.top), "×")
    flow.operation("rest", (z + _PITCH / 2, plan.middle), "1 − z")
    flow.operation("take", (g, plan.middle), "×")
    flow.operation("add", (g, plan.top), "+")
    flow.across("state", ("h-before", "keep", "add", "h-after"))
    flow.upright("gate", "values-z", "keep")
    left, *_ = extent(flow.sheet.marks["rest"])
    flow.join("values-z", "rest", "gate", (z, plan.middle), (left, plan.middle))
    flow.across("gate", ("rest", "take"))
    flow.upright("gate", "values-g", "take")
    flow.upright("state", "take", "add")


def _draw_code(plan: Plan) -> None:
    """The formula under the figure."""
    sheet, lines = plan.flow.sheet, plan.scene.code
    left, bottom, right, _ = sheet.extent()
    width = max(text_width(line, CODE_SIZE, font=MONO) for line in lines)
    for number, line in enumerate(lines):
        label = Label(
            id=f"code-{number}",
            x=(left + right - width) / 2,
            y=bottom - (number + 1.5) * (LINE_HEIGHT + 3),
            text=line,
            role="ink",
            size=CODE_SIZE,
            classes="dg-code",
            anchor="start",
            mono=True,
        )
        sheet.add(label)
