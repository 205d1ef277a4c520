from __future__ import annotations

import pytest

from diagramgen.recording.onetext import on_one_line
from diagramgen.trace import Source
from tests.recording.conftest import Record


def arguments(source: Source | None) -> dict[str, str]:
    assert source is not None
    return {a.name: source.text[a.start : a.end] for a in source.arguments}


CALLS = {
    "LSTM(4)(x)": ("LSTM(4)", {"units": "4"}),
    "keras.layers.LSTM(units=4)(x)": ("keras.layers.LSTM(units=4)", {"units": "4"}),
    "n = 4; LSTM(n, 'relu', name=f'é{n}')(x)": (
        "LSTM(n, 'relu', name=f'é{n}')",
        {"units": "n", "activation": "'relu'", "name": "f'é{n}'"},
    ),
    "é = 'tanh'; LSTM(4, é, return_sequences=True)(x)": (
        "LSTM(4, é, return_sequences=True)",
        {"units": "4", "activation": "é", "return_sequences": "True"},
    ),
    'LSTM(\n    4,  # units\n    activation="tanh",\n)(x)': (
        'LSTM(4, activation="tanh")',
        {"units": "4", "activation": '"tanh"'},
    ),
    "[cls(2)(x) for cls in (LSTM,)]": ("cls(2)", {"units": "2"}),
    "def make(n):\n    return LSTM(n)\nmake(2)(x)": ("LSTM(n)", {"units": "n"}),
}


@pytest.mark.parametrize("code", CALLS)
def test_a_layer_bears_the_very_call_that_made_it(record: Record, code: str) -> None:
    text, parts = CALLS[code]
    source = record(code).call("LSTM").source
    assert source is not None
    assert source.text == text
    assert arguments(source) == parts
    assert not source.respelt


def test_two_calls_on_one_line_are_told_apart(record: Record) -> None:
    session = record("LSTM(2)(x), LSTM(3)(x)")
    assert [call.source.text for call in session.calls if call.source] == ["LSTM(2)", "LSTM(3)"]


ELSEWHERE = {
    "options = {'units': 4}; LSTM(**options, return_state=True)(x)": "LSTM(4, return_state=True)",
    "sizes = [4]; LSTM(*sizes)(x)": "LSTM(4)",
    "list(map(LSTM, [4]))[0](x)": "LSTM(4)",
    "LSTM.from_config(LSTM(4, activation='relu').get_config())(x)": 'LSTM(4, activation="relu")',
}


@pytest.mark.parametrize("code", ELSEWHERE)
def test_a_layer_without_such_a_call_is_spelt_anew(record: Record, code: str) -> None:
    source = record(code).call("LSTM").source
    assert source is not None
    assert source.text == ELSEWHERE[code]
    assert source.respelt
    assert arguments(source)["units"] == "4"


WRAPPERS = {
    "Bidirectional(GRU(3, return_sequences=True))": {
        "layer.units": "3",
        "layer.return_sequences": "True",
    },
    'Bidirectional(LSTM(3), merge_mode="sum")': {"layer.units": "3", "merge_mode": '"sum"'},
    "Bidirectional(LSTM(3), backward_layer=GRU(3, go_backwards=True))": {
        "layer.units": "3",
        "backward_layer.units": "3",
        "backward_layer.go_backwards": "True",
    },
    'TimeDistributed(Dense(4, activation="softmax"))': {
        "layer.units": "4",
        "layer.activation": '"softmax"',
    },
    "TimeDistributed(Reshape((2, 1)))": {
        "layer.target_shape[0]": "2",
        "layer.target_shape[1]": "1",
    },
    "RNN(GRUCell(4), return_sequences=True)": {"cell.units": "4", "return_sequences": "True"},
    "RNN([LSTMCell(4), GRUCell(3)])": {"cell[0].units": "4", "cell[1].units": "3"},
}


@pytest.mark.parametrize("code", WRAPPERS)
def test_a_wrapper_made_elsewhere_is_spelt_with_what_it_holds(record: Record, code: str) -> None:
    session = record(f"eval({code!r})(x)")
    (call,) = (call for call in session.calls if call.depth == 0)
    assert call.source is not None
    assert call.source.text == code
    assert call.source.respelt
    assert arguments(call.source) == WRAPPERS[code]


def test_what_is_not_known_is_left_out_openly(record: Record) -> None:
    session = record(
        "class Own(keras.layers.Layer):\n"
        "    def __init__(self, helper):\n"
        "        super().__init__()\n"
        "    def call(self, x): return x\n"
        "Own(*[print])(x)\nTimeDistributed(*[keras.Sequential([Dense(2)])])(x)"
    )
    calls = [call for call in session.calls if call.layer in ("Own", "TimeDistributed")]
    texts = [call.source.text for call in calls if call.source]
    assert texts == ["Own(...)", "TimeDistributed(Sequential(...))"]


def test_two_different_halves_bear_their_own_calls(record: Record) -> None:
    _, forward, backward = record(
        "Bidirectional(weights=list(), layer=LSTM(3), backward_layer=GRU(3, go_backwards=True))(x)"
    ).calls
    assert (forward.layer, backward.layer) == ("LSTM", "GRU")
    assert [half.source.text for half in (forward, backward) if half.source] == [
        "LSTM(3)",
        "GRU(3, go_backwards=True)",
    ]


def test_a_wrapper_holds_the_whole_call(record: Record) -> None:
    session = record('TimeDistributed(Dense(4, activation="softmax"), name="tags")(x)')
    call = session.call("TimeDistributed")
    assert call.wrapped == "Dense"
    assert call.config["layer.units"] == 4
    assert arguments(call.source) == {
        "layer.units": "4",
        "layer.activation": '"softmax"',
        "name": '"tags"',
    }


def test_both_halves_of_a_bidirectional_layer_bear_the_wrapped_call(record: Record) -> None:
    _, forward, backward = record("Bidirectional(LSTM(4), merge_mode='sum')(x)").calls
    for half in (forward, backward):
        assert half.source is not None
        assert half.source.text == "LSTM(4)"
        assert arguments(half.source) == {"units": "4"}


@pytest.mark.parametrize(
    "code",
    [
        "model = keras.Sequential([keras.Input(shape=(3, 2)), LSTM(4)])",
        "i = keras.Input(shape=(3, 2))\nmodel = keras.Model(i, LSTM(4)(i))",
    ],
)
def test_a_model_and_its_first_layer_bear_the_call_of_the_input(record: Record, code: str) -> None:
    session = record(code)
    for layer in (session.drawn(), session.call("LSTM")):
        assert layer is not None
        assert layer.input_source is not None
        assert layer.input_source.text == "keras.Input(shape=(3, 2))"
        assert arguments(layer.input_source) == {"shape[0]": "3", "shape[1]": "2"}


def test_a_layer_on_top_of_another_got_its_shape_from_no_input(record: Record) -> None:
    assert record("keras.Sequential([Input((3, 2)), LSTM(4), Dense(1)])").calls[1].layer == "Dense"
    assert (
        record("keras.Sequential([Input((3, 2)), LSTM(4), Dense(1)])").calls[1].input_source is None
    )


def test_lines_are_those_of_the_block_that_calls(record: Record) -> None:
    session = record(
        "layer = LSTM(2)\ndef run(x):\n    return layer(x)\nrun(x)",
        "\n\nrun(x)",
    )
    first, second = session.calls
    assert (first.line, second.line) == (3, 3)


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("f(a,\n  b)", "f(a, b)"),
        ("f(\n    a,\n    b,\n)", "f(a, b)"),
        ("f(  # why\n    [1,\n     2])", "f([1, 2])"),
        ("f(\n    (3,),\n)", "f((3,))"),
        ("f((\n    3,\n))", "f((3,))"),
        ("a\n.b\n.f(1)", "a.b.f(1)"),
        ('f("""a\nb""")', "f('a\\nb')"),
        ("f(x = 1)", "f(x = 1)"),
    ],
)
def test_a_call_over_several_lines_is_put_on_one(code: str, line: str) -> None:
    assert on_one_line(code) == line
