"""`draw` for a script or a notebook: one layer or model, drawn on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from diagramgen.errors import FigureError
from diagramgen.figures.compose import compose
from diagramgen.figures.figure import Figure
from diagramgen.program import Block


def draw(
    target: Any,
    x: Any = None,
    *,
    words: str | Sequence[str] = (),
    labels: Sequence[str] = (),
    steps: int | None = None,
) -> Figure:
    """Draw a Keras layer or model as it treats ``x``.

    Args:
        target: A layer or a model.
        x: What it is called on: ``(batch, time, features)`` for a recurrent layer. Without it, a
            made-up example of the shape that the layer was built for.
        words: What stands under the time-steps, as many as there are; a string is split at blanks.
        labels: Names for the entries of the topmost output.
        steps: Time-steps of the example where the model leaves them open.

    Returns:
        The figure, which a notebook shows when it is the last value of a cell.

    Raises:
        FigureError: There is nothing to draw, or the words or labels don't fit.
        EnvironmentProblem: There is no Graphviz program.
    """
    from diagramgen.recording import Recorder  # noqa: PLC0415 - imports Keras

    with Recorder() as recorder:
        recorder.begin(Block(code="", figure="target", steps=steps), "<draw>")
        try:
            if x is not None:
                target(x)
        finally:
            recorder.end({"target": target})
        (recorded,) = recorder.finish()
    if recorded.draw is None:
        raise FigureError(
            recorded.note or "Nothing to draw was called",
            hint="Give a layer or a model, and `x` where it was never built",
        )
    words = words.split() if isinstance(words, str) else words
    return Figure(compose(recorded.calls, recorded.draw, words=words, labels=labels))
