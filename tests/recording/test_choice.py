from __future__ import annotations

import pytest

from diagramgen.program import Block
from tests.recording.conftest import Record

MODEL = "model = keras.Sequential([Input((3, 2)), LSTM(4, name='r')])\n"
PLAIN = "plain = keras.Sequential([Input((2,)), Dense(4, name='d')], name='plain')\n"

BLOCKS = {
    "the last recurrent layer called": ("LSTM(2)(x)\nGRU(2)(x)\nDense(1)(x)", "gru"),
    "a model on data before one that was built": (MODEL + "model(x)\nGRU(2)", "sequential"),
    "what stands on a recurrent layer": (
        "y = LSTM(2, return_sequences=True)(x)\nTimeDistributed(Dense(2))(y)",
        "time_distributed",
    ),
    "a model that was built": ("SimpleRNN(2)\n" + MODEL, "sequential"),
    "the last model with a recurrent layer": (MODEL + PLAIN, "sequential"),
    "a model without one": (PLAIN, "plain"),
    "a plain layer is not drawn": ("Dense(2)(x)", None),
    "a model with no shape is not drawn": ("keras.Sequential([LSTM(2)])", None),
    "the outer of two models": (
        MODEL + "keras.Sequential([model, Dense(1)], name='outer')",
        "outer",
    ),
    "nothing": ("y = 1", None),
}


@pytest.mark.parametrize("case", BLOCKS)
def test_a_block_draws_what_it_did_last_with_time(record: Record, case: str) -> None:
    code, name = BLOCKS[case]
    keras_names = record("keras.utils.clear_session()", code)
    drawn = keras_names.drawn()
    assert (drawn.name if drawn else None) == name
    assert keras_names.recorded[1].note is None


def test_what_a_later_block_puts_on_top_is_drawn(record: Record) -> None:
    session = record(
        "sequence = GRU(2, return_sequences=True)(x)",
        "TimeDistributed(Dense(4))(sequence)",
        "Dense(1)(x)",
    )
    gru, tagger = session.drawn(0), session.drawn(1)
    assert gru is not None
    assert tagger is not None
    assert (gru.layer, tagger.layer) == ("GRU", "TimeDistributed")
    assert tagger.inputs[0].tensor == gru.outputs[0].tensor
    assert session.recorded[2].draw is None


def test_a_model_is_drawn_again_only_where_something_happens_to_it(record: Record) -> None:
    session = record(
        MODEL, "model.count_params()", "model.add(Dense(1))", "model.predict(x, verbose=0)"
    )
    assert [block.draw is not None for block in session.recorded] == [True, False, True, True]


def test_figure_none_draws_nothing(record: Record) -> None:
    (block,) = record(Block("LSTM(2)(x)", figure="none")).recorded
    assert (block.draw, block.note) == (None, None)


NAMED = {
    "layer": "LSTM",
    "output": "LSTM",
    "state": "LSTM",
    "model": "Sequential",
    "scored": "Sequential",
    "inner": "GRU",
    "dense": "Dense",
}


@pytest.mark.parametrize("name", NAMED)
def test_a_named_variable_is_drawn(record: Record, name: str) -> None:
    code = (
        "layer = LSTM(4, return_state=True)\noutput, state, _ = layer(x)\n"
        "inner = GRU(2)\nmodel = keras.Sequential([inner])\nscored = model(x)\n"
        "dense = Dense(2)\ndense.build((None, 3))\nSimpleRNN(2)(x)"
    )
    drawn = record(Block(code, figure=name)).drawn()
    assert drawn is not None
    assert drawn.layer == NAMED[name]


def test_a_named_tensor_of_an_earlier_block_is_drawn(record: Record) -> None:
    session = record("y = LSTM(2)(x)", Block("1 + 1", figure="y"))
    assert session.recorded[1].draw == session.recorded[0].calls[0].number
    assert session.recorded[1].calls == ()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("lstm", 'figure="lstm": there is no variable'),
        ("word", "is a str"),
        ("x", "is a ndarray"),
        ("unbuilt", "has no shape yet"),
    ],
)
def test_a_name_that_leads_nowhere_is_explained(record: Record, name: str, reason: str) -> None:
    code = "word = 'Groot'\nunbuilt = LSTM(2)\nGRU(2)(x)"
    (block,) = record(Block(code, figure=name)).recorded
    assert block.draw is None
    assert block.note is not None
    assert reason in block.note


@pytest.mark.parametrize(
    "code",
    [
        "LSTM(4)(LSTM(4)(x))",
        "keras.Sequential([Input((3, 2)), LSTM(4), LSTM(4)])",
        "keras.Sequential([LSTM(4), LSTM(4)])(x)",
    ],
)
def test_layers_that_do_not_fit_are_drawn_up_to_the_misfit(record: Record, code: str) -> None:
    session = record(Block(code, raises="ValueError"))
    first, second = (call for call in session.calls if call.layer == "LSTM")
    assert second.outputs == ()
    assert second.inputs[0].shape[-1] == 4
    assert second.inputs[0].tensor == first.outputs[0].tensor
    drawn = session.drawn()
    assert drawn is not None
    assert drawn.outputs == ()
