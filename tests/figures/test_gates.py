"""One step of an LSTM or a GRU, opened up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from diagramgen.errors import FigureError
from diagramgen.figures.compose import compose
from diagramgen.figures.describe import caption, describe
from diagramgen.figures.drawing import Drawing, Edge, Group, Label
from diagramgen.figures.layout import lay_out
from diagramgen.figures.scene import Scene
from diagramgen.trace import Gate, LayerCall, OpenedStep, TensorSpec, kept
from tests.figures.test_geometry import assert_apart, parts

SYMBOLS = {"LSTM": "ifgo", "GRU": "zrg"}


def tensor(length: int, value: float, batch: int = 1) -> TensorSpec:
    return TensorSpec((batch, length), "float32", [[value] * len(kept(length))] * batch)


def step(cell: str = "LSTM", units: int = 2, features: int = 3, batch: int = 1) -> OpenedStep:
    states = (tensor(units, 0.5, batch),) * (2 if cell == "LSTM" else 1)
    return OpenedStep(
        variable="layer",
        cell=cell,
        t=1,
        length=3,
        units=units,
        bias=True,
        input=tensor(features, -1.0, batch),
        before=states,
        gates=tuple(
            Gate(symbol, "tanh" if symbol == "g" else "sigmoid", tensor(units, place / 10, batch))
            for place, symbol in enumerate(SYMBOLS[cell])
        ),
        after=states,
    )


def scene(one: OpenedStep) -> Scene:
    call = LayerCall(number=1, layer=one.cell, name="layer", inputs=(one.input,))
    return compose([call], 1, step=one)


def texts(drawing: Drawing) -> list[str]:
    return [part.text for part in parts(drawing)]


def edges(drawing: Drawing) -> set[tuple[str, str]]:
    return {(mark.tail, mark.head) for mark in drawing.marks if isinstance(mark, Edge)}


def test_the_data_flows_as_the_formula_of_an_lstm_says() -> None:
    joined = edges(lay_out(scene(step())))
    assert {(tail, head) for tail, head in joined if tail in {"input", "h-before"}} == {
        (tail, f"gate-{symbol}") for tail in ("input", "h-before") for symbol in "ifgo"
    }
    assert joined >= {
        *(("c-before", "forget"), ("values-f", "forget"), ("forget", "add"), ("add", "c-after")),
        *(("values-i", "take"), ("values-g", "take"), ("take", "add")),
        *(("add", "squash"), ("squash", "show"), ("values-o", "show"), ("show", "h-after")),
    }


@pytest.mark.parametrize("after", [True, False])
def test_a_gru_resets_before_or_after_its_recurrent_weights(after: bool) -> None:
    joined = edges(lay_out(scene(replace(step("GRU"), reset_after=after))))
    assert ("h-before", "recurrent" if after else "reset") in joined
    assert (("recurrent", "reset") in joined) == after
    assert {("values-r", "reset"), ("reset", "gate-g"), ("values-z", "rest")} <= joined


def test_the_numbers_stand_in_their_gates() -> None:
    groups = {mark.id: mark for mark in lay_out(scene(step())).marks if isinstance(mark, Group)}
    shown = {name: [box.text for box in group.children] for name, group in groups.items()}
    assert shown["values-i"] == ["0", "0"]
    assert shown["values-o"] == ["0.30", "0.30"]
    assert shown["input"] == ["−1.00"] * 3 or shown["input"] == ["−1"] * 3


def test_the_formula_names_the_slices_of_the_weights() -> None:
    lines = [
        mark.text for mark in lay_out(scene(step())).marks if isinstance(mark, Label) and mark.mono
    ]
    assert lines[0] == "W, U, b = layer.get_weights()"
    assert lines[2] == "f = sigmoid(x @ W[:, 2:4] + h @ U[:, 2:4] + b[2:4])"
    assert lines[-1] == "h = o * tanh(c)"


@pytest.mark.parametrize(
    ("bias", "after", "line"),
    [
        (True, True, "tanh(x @ W[:, 4:6] + b[0, 4:6] + r * (h @ U[:, 4:6] + b[1, 4:6]))"),
        (True, False, "tanh(x @ W[:, 4:6] + (r * h) @ U[:, 4:6] + b[4:6])"),
        (False, True, "tanh(x @ W[:, 4:6] + r * (h @ U[:, 4:6]))"),
        (False, False, "tanh(x @ W[:, 4:6] + (r * h) @ U[:, 4:6])"),
    ],
)
def test_the_formula_of_a_candidate(bias: bool, after: bool, line: str) -> None:
    drawing = lay_out(scene(replace(step("GRU"), bias=bias, reset_after=after)))
    assert f"candidate = {line}" in texts(drawing)


def test_it_is_told_in_words() -> None:
    told = scene(step())
    assert caption(told).startswith("One step of LSTM with 2 units, t = 1, opened up. It keeps")
    assert "The output gate, sigmoid, is 0.30, 0.30." in describe(told)


def test_words_have_nothing_to_name() -> None:
    call = LayerCall(number=1, layer="LSTM", name="layer")
    with pytest.raises(FigureError, match="nothing to name"):
        compose([call], 1, words=["am"], step=step())


@given(
    st.sampled_from(["LSTM", "GRU"]),
    st.integers(1, 20),
    st.integers(1, 20),
    st.integers(1, 40),
    st.booleans(),
)
def test_nothing_lies_on_anything_else(
    cell: str, units: int, features: int, batch: int, after: bool
) -> None:
    drawing = lay_out(scene(replace(step(cell, units, features, batch), reset_after=after)))
    assert_apart(drawing)
