"""The gates of one step, computed from the layer's weights."""

from __future__ import annotations

import numpy as np
import pytest

from diagramgen.program import Block
from diagramgen.trace import OpenedStep, TensorSpec
from tests.recording.conftest import Record


def numbers(tensor: TensorSpec) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(tensor.values, "float64")


def opened(record: Record, code: str, figure: str = "gates:layer") -> OpenedStep:
    session = record(Block(code, figure=figure))
    (block,) = session.recorded
    assert block.note is None
    assert block.opened is not None
    assert session.drawn() is not None
    return block.opened


@pytest.mark.parametrize(
    "options",
    [
        "",
        "use_bias=False",
        "implementation=1",
        "go_backwards=True",
        "activation='relu'",
        "dtype='float64'",
        "dtype='mixed_float16'",
    ],
)
def test_the_gates_of_an_lstm_make_its_states(record: Record, options: str) -> None:
    step = opened(record, f"layer = LSTM(3, {options})\nlayer(x)")
    assert (step.cell, step.units, step.length) == ("LSTM", 3, 3)
    assert step.t == (0 if "backwards" in options else 2)
    i, f, candidate, o = (numbers(gate.values) for gate in step.gates)
    h, c = map(numbers, step.after)
    activation = (lambda a: np.maximum(a, 0)) if "relu" in options else np.tanh
    slack = 1e-2 if "16" in options else 1e-5
    np.testing.assert_allclose(f * numbers(step.before[1]) + i * candidate, c, atol=slack)
    np.testing.assert_allclose(o * activation(c), h, atol=slack)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("after", [True, False])
def test_the_gates_of_a_gru_make_its_state(record: Record, bias: bool, after: bool) -> None:
    step = opened(record, f"layer = GRU(3, use_bias={bias}, reset_after={after})\nlayer(x)")
    assert (step.bias, step.reset_after) == (bias, after)
    z, _, candidate = (numbers(gate.values) for gate in step.gates)
    (before,), (h,) = (map(numbers, states) for states in (step.before, step.after))
    np.testing.assert_allclose(z * before + (1 - z) * candidate, h, atol=1e-5)


def test_a_step_of_the_author_s_choice(record: Record) -> None:
    step = opened(record, "layer = LSTM(3)\nlayer(x)", "gates:layer:1")
    assert step.t == 1
    session = record(Block("layer = LSTM(3)\nlayer(x)", figure="layer"))
    assert step.after == session.call("LSTM").steps[1].states
    assert step.before == session.call("LSTM").steps[0].states


def test_the_last_step_that_no_mask_takes_out(record: Record) -> None:
    mask = "mask=np.array([[True, True, False]])"
    assert opened(record, f"layer = GRU(3)\nlayer(x, {mask})").t == 1


def test_weights_are_those_of_the_call(record: Record) -> None:
    change = "layer.set_weights([w * 2 for w in layer.get_weights()])"
    assert opened(record, f"layer = GRU(3)\nlayer(x)\n{change}").after


def test_a_layer_that_was_never_called_on_data_takes_an_example(record: Record) -> None:
    model = "keras.Sequential([Input((3, 2)), LSTM(2)])"
    assert opened(record, f"layer = {model}.layers[0]").cell == "LSTM"


@pytest.mark.parametrize(
    ("code", "figure", "note"),
    [
        ("layer = SimpleRNN(2)\nlayer(x)", "gates:layer", "is a SimpleRNN, which can't be opened"),
        ("layer = Bidirectional(GRU(2))\nlayer(x)", "gates:layer", "is a Bidirectional"),
        ("layer = LSTM(2)\nlayer(x)", "gates:layer:3", "3 is not among its 3, from 0"),
        ("layer = LSTM(2)\nlayer(x)", "gates:other", "no variable of that name"),
        (
            "layer = LSTM(2)\nlayer(x, mask=np.array([[True, True, False]]))",
            "gates:layer:2",
            "time-step 2 is masked",
        ),
        (
            "layer = LSTM(2)\nlayer(x, mask=np.zeros((1, 3), bool))",
            "gates:layer",
            "each time-step is masked",
        ),
        (
            "layer = LSTM(2, dropout=0.5)\nlayer(x, training=True)",
            "gates:layer",
            "call it without training",
        ),
    ],
)
def test_what_can_not_be_opened_up_is_said(
    record: Record, code: str, figure: str, note: str
) -> None:
    (block,) = record(Block(code, figure=figure)).recorded
    assert note in (block.note or "")
    assert (block.draw, block.opened) == (None, None)
