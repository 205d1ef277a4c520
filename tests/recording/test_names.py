from __future__ import annotations

import pytest

from tests.recording.conftest import Record

STATES = "lstm = LSTM(2, return_state=True)\n"

ASSIGNED: dict[str, tuple[str | None, ...]] = {
    "h = LSTM(2)(x)": ("h",),
    "first = second = LSTM(2)(x)": ("first",),
    "h: object = LSTM(2)(x)": ("h",),
    "print(h := LSTM(2)(x))": ("h",),
    "def run():\n    h = LSTM(2)(x)\n    return h\nother = run()": ("h",),
    STATES + "output, state_h, state_c = lstm(x)": ("output", "state_h", "state_c"),
    STATES + "[output, state_h, state_c] = lstm(\n    x,\n)": ("output", "state_h", "state_c"),
    STATES + "_, state_h, state_c = lstm(x)": (None, "state_h", "state_c"),
    STATES + "output, *states = lstm(x)": ("output", "states[0]", "states[1]"),
    STATES + "*most, last = lstm(x)": ("most[0]", "most[1]", "last"),
    STATES + "returned = lstm(x)": ("returned[0]", "returned[1]", "returned[2]"),
    "model = keras.Sequential([LSTM(2)])\nmodel.h = model(x)": (),
    "LSTM(2)(x)": (),
    "_ = LSTM(2)(x)": (),
    "h = LSTM(2)(x)[0]": (),
    "h = np.asarray(LSTM(2)(x))": (),
    "(h,) = LSTM(2)(x)": (),
    "i = Input((3, 2))\nh = LSTM(2)(i)": ("h",),
}


@pytest.mark.parametrize("code", ASSIGNED)
def test_outputs_bear_the_names_that_the_author_gives_them(record: Record, code: str) -> None:
    calls = [call for call in record(code).calls if call.depth == 0 and not call.example]
    assert calls[-1].names == ASSIGNED[code]


def test_the_layers_of_a_model_have_no_part_in_its_name(record: Record) -> None:
    session = record("model = keras.Sequential([LSTM(2), Dense(1)])\nscore = model(x)")
    assert [call.names for call in session.calls] == [("score",), (), ()]


def test_a_function_of_an_earlier_block_names_its_own(record: Record) -> None:
    session = record("def run(layer):\n    inner = layer(x)\n    return inner", "y = run(LSTM(2))")
    assert session.calls[0].names == ("inner",)
