"""What is recorded of a model that is trained."""

from __future__ import annotations

import pytest

from tests.recording.conftest import Record

MODEL = """
model = keras.Sequential([Input((3, 2)), LSTM(2), Dense(1)])
model.compile("sgd", "mse", metrics=["mae"])
x, y = np.ones((6, 3, 2)), np.ones((6, 1))
"""


def test_what_fit_reports_after_each_epoch(record: Record) -> None:
    session = record(
        f"{MODEL}history = model.fit(\n    x, y, epochs=3, validation_split=0.5, verbose=0)"
    )
    ((training,),) = (block.trainings for block in session.recorded)
    assert (training.model, training.epochs, training.line) == ("Sequential", (0, 1, 2), 5)
    assert training.metrics == {
        name: tuple(values) for name, values in session.namespace["history"].history.items()
    }
    assert set(training.metrics) == {"loss", "mae", "val_loss", "val_mae"}


@pytest.mark.parametrize(
    ("code", "epochs"),
    [
        ("model.fit(x, y, verbose=0)", []),
        ("for n in (2, 3, 4): model.fit(x, y, epochs=n, verbose=0)", [4]),
        ("model.fit(x, y, epochs=2, verbose=0)\nmodel.fit(x, y, epochs=3, verbose=0)", [2, 3]),
        ("try: model.fit(x, y[:1], epochs=2, verbose=0)\nexcept ValueError: pass", []),
    ],
)
def test_which_calls_of_fit_are_kept(record: Record, code: str, epochs: list[int]) -> None:
    (block,) = record(MODEL + code).recorded
    assert [len(training.epochs) for training in block.trainings] == epochs


def test_what_is_no_number_is_left_out(record: Record) -> None:
    metric = "keras.metrics.F1Score(threshold=0.5)"
    vectors = (
        f"model.compile('sgd', 'mse', metrics=[{metric}])\nmodel.fit(x, y, epochs=2, verbose=0)"
    )
    ((training,),) = (block.trainings for block in record(MODEL + vectors).recorded)
    assert set(training.metrics) == {"loss"}
    infinite = "model.fit(x, y * np.inf, epochs=2, verbose=0)"
    assert record(MODEL + infinite).recorded[0].trainings == ()


def test_a_model_that_was_drawn_is_not_drawn_again_beside_its_curve(record: Record) -> None:
    fit = "model.fit(x, y, epochs=2, verbose=0)"
    assert [block.draw is None for block in record(MODEL, fit).recorded] == [False, True]
    assert record(MODEL, "model.fit(x, y, verbose=0)").recorded[1].draw is not None
    assert record(MODEL + fit).recorded[0].draw is not None
