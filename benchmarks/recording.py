"""What it costs that Keras is watched: calls of layers and a ``fit``, bare and recorded.

It runs as ``python -m benchmarks.recording``. Both are timed by turns in one process. Time-steps
are put together after a session's last block, so that is told apart.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from statistics import median

import click
import keras
import numpy as np

from benchmarks.tables import table
from diagramgen.program import Block
from diagramgen.recording import Recorder

LAYERS = (keras.layers.SimpleRNN, keras.layers.LSTM, keras.layers.GRU)


@click.command()
@click.option("--times", default=200, show_default=True, type=click.IntRange(1))
def main(times: int) -> None:
    """Measure what recording costs, as a table in Markdown."""
    rows = [["", "bare", "recorded", "ratio", "time-steps, afterwards"]]
    sentence = np.random.default_rng(1).normal(size=(8, 10, 4)).astype("float32")
    for kind in LAYERS:
        layer = kind(16)
        rows.append([f"a call of {kind.__name__}", *_compared(lambda: layer(sentence), times)])  # noqa: B023
    rows.append(["fit, 20 epochs", *_compared(_fit(sentence), max(times // 20, 1))])
    click.echo(table(rows))


def _fit(sentence: np.ndarray) -> Callable[[], object]:
    model = keras.Sequential([keras.layers.LSTM(16), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    targets = np.ones((len(sentence), 1))
    return lambda: model.fit(sentence, targets, epochs=20, verbose=0)


def _compared(call: Callable[[], object], times: int) -> list[str]:
    """The medians of a call, bare and recorded, their ratio, and the median of what comes after."""
    call()  # builds the layer
    bare, recorded, after = [], [], []
    for _ in range(times):
        bare.append(_seconds(call))
        with contextlib.ExitStack() as watched:
            recorder = watched.enter_context(Recorder())
            recorder.begin(Block(code=""), "<block>")
            recorded.append(_seconds(call))
            recorder.end({})
            after.append(_seconds(recorder.finish))
    ratio = median(recorded) / median(bare)
    return [_told(bare), _told(recorded), f"{ratio:.2f}", _told(after)]


def _seconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def _told(seconds: list[float]) -> str:
    return f"{1000 * median(seconds):.2f} ms"


if __name__ == "__main__":
    main()
