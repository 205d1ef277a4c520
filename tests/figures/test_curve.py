"""The training curve."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagramgen.figures.curve import curve, curve_caption
from diagramgen.figures.ticks import epoch_ticks, tick_texts, value_ticks
from diagramgen.trace import Training

LOSSES = (0.9, 0.5, 0.25)
TRAINING = Training(
    model="Sequential",
    epochs=(0, 1, 2),
    metrics={"mae": LOSSES, "loss": LOSSES, "val_loss": (1.0, None, 0.75)},
)


def drawn(training: Training) -> ET.Element:
    return ET.fromstring(re.sub(' xmlns="[^"]*"', "", curve(training, prefix="a")))


def texts(root: ET.Element) -> list[str]:
    return [text.text or "" for text in root.iter("text")]


def test_each_metric_has_a_chart_with_its_lines_named_at_their_ends() -> None:
    loss, mae = drawn(TRAINING).findall("g")
    assert texts(loss)[0] == "loss"
    assert texts(loss)[-2:] == ["training 0.25", "validation 0.75"]
    assert texts(mae)[0] == "mae"
    assert "epoch" in texts(mae)
    assert len(loss.findall(".//circle")) == 5
    assert len(loss.findall("g[@class='dg-curve dg-input dg-dashed']/path")) == 2


def test_a_line_falls_as_its_numbers_do() -> None:
    path = drawn(TRAINING).find(".//g[@class='dg-curve dg-state']/path")
    assert path is not None
    points = [tuple(map(float, pair.split(","))) for pair in path.attrib["d"][1:].split("L")]
    (left, high), (middle, _), (right, low) = points
    assert middle - left == pytest.approx(right - middle)
    assert low > high  # y runs down


def test_validation_after_each_few_epochs_stands_at_those() -> None:
    training = Training(
        model="M",
        epochs=(0, 1, 2, 3),
        metrics={"loss": (4.0, 3.0, 2.0, 1.0), "val_loss": (3.5, 1.5)},
    )
    root = drawn(training)
    titles = [title.text for title in root.findall(".//circle/title")]
    assert titles[-2:] == ["validation, epoch 2: 3.5", "validation, epoch 4: 1.5"]


def test_it_is_told_in_words() -> None:
    told = drawn(TRAINING).findtext("desc")
    assert told is not None
    assert "loss in training from 0.90 to 0.25, in validation from 1.00 to 0.75." in told
    caption = "Sequential, trained for 3 epochs: loss from 0.90 to 0.25, mae from 0.90 to 0.25."
    assert curve_caption(TRAINING) == caption


@given(*[st.floats(-1e12, 1e12) | st.floats(-2, 2)] * 2)
def test_values_lie_between_the_first_and_the_last_number_of_their_axis(
    one: float, other: float
) -> None:
    low, high = sorted((one, other))
    ticks = value_ticks(low, high)
    slack = (ticks[-1] - ticks[0]) * 1e-6
    assert ticks[0] <= low + slack
    assert high <= ticks[-1] + slack
    assert 2 <= len(ticks) <= 8
    assert len(set(tick_texts(ticks))) == len(ticks)


@given(st.integers(1, 50), st.integers(1, 2000))
def test_epochs_are_named_in_order_and_not_too_many(first: int, more: int) -> None:
    ticks = epoch_ticks(first, first + more)
    assert ticks == sorted(set(ticks))
    assert (ticks[0], ticks[-1]) == (first, first + more)
    assert len(ticks) <= 9
