"""Numbers as they stand in boxes, and scenes in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from diagramgen.figures.compose import compose
from diagramgen.figures.describe import caption, describe, title
from diagramgen.figures.text import Number, format_number
from tests.figures.calls import Tape


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1.00"),
        (17, "17"),
        (0.714, "0.71"),
        (-0.996, "−1.00"),
        (0.0004, "4e−4"),
        (-0.00004, "−4e−5"),
        (12.345, "12.35"),
        (123.45, "123"),
        (99_999.5, "1e5"),
        (123_456, "1e5"),
        (True, "True"),
        ("nan", "nan"),
        ("-inf", "−∞"),
    ],
)
def test_a_number_in_a_box(value: Number, text: str) -> None:
    assert format_number(value) == text


def test_a_whole_number_among_whole_numbers_has_no_decimals() -> None:
    assert format_number(18.0, whole=True) == "18"


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9))
def test_a_number_is_short_and_keeps_its_sign(value: float) -> None:
    text = format_number(value)
    assert len(text) <= 7
    assert text.startswith("−") == (value < 0)
    assert (text == "0") == (value == 0)


def test_a_caption_says_what_goes_in_and_what_comes_out() -> None:
    tape = Tape()
    below = tape.recurrent(tape.tensor(1, 3, 2), 4, return_sequences=True)
    tape.dense(below.outputs[0], 1)

    alone = compose(tape.calls[:1], 1)
    assert title(alone) == "SimpleRNN, unrolled through 3 time-steps"
    assert caption(alone) == (
        "SimpleRNN with 4 units reads 3 time-steps of 2 features, "
        "and returns an output for each time-step, shape (1, 3, 4)."
    )
    assert caption(compose(tape.calls, 2)) == (
        "SimpleRNN with 4 units reads 3 time-steps of 2 features; over it Dense. "
        "The whole returns an output for each time-step, shape (1, 3, 1)."
    )


def test_a_caption_counts_the_states_that_are_returned() -> None:
    tape = Tape()
    tape.recurrent(tape.tensor(1, 3, 2), 4, "LSTM", return_state=True)
    assert caption(compose(tape.calls, 1)).endswith("shape (1, 4), with 2 final states.")


def test_a_caption_says_where_the_numbers_come_from_if_the_page_gave_none() -> None:
    tape = Tape()
    call = tape.recurrent(tape.tensor(1, 3, 2), 4)
    assert "numbers" not in caption(compose([call], 1))
    origins: dict[str, dict[str, Any]] = {
        "The numbers come from an example input.": {"example": True},
        "The numbers come from the first row given to fit.": {"given": "fit"},
        "The numbers come from an example input: for the first row given to predict, "
        "the model now returns something else.": {"example": True, "given": "predict"},
    }
    for sentence, origin in origins.items():
        assert caption(compose([replace(call, **origin)], 1)).endswith(f" {sentence}")


def test_a_description_tells_the_words_and_the_last_numbers() -> None:
    tape = Tape()
    call = tape.recurrent(tape.tensor(1, 3, 2), 2)
    text = describe(compose(tape.calls, 1, words=("I", "am", "Groot")))

    assert "I, am and Groot" in text
    for value in call.outputs[0].values[0]:
        assert format_number(value) in text
