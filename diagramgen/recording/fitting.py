"""What a model's ``fit`` reported."""

from __future__ import annotations

import math
from typing import Any

import keras

from diagramgen.trace import Training


def training(model: keras.Model, returned: Any, line: int | None) -> Training | None:
    """The record of a call of ``fit``.

    Args:
        model: The model.
        returned: What ``fit`` returned.
        line: Where it was called.

    Returns:
        None if there is nothing to draw a line through: a single epoch, no finite number, or a
        ``fit`` of the author's own that returns something else.
    """
    if not isinstance(returned, keras.callbacks.History) or len(returned.epoch) < 2:
        return None
    found = {name: _numbers(values) for name, values in returned.history.items()}
    metrics = {name: values for name, values in found.items() if set(values) - {None}}
    if not metrics:
        return None
    return Training(
        model=type(model).__name__, epochs=tuple(returned.epoch), metrics=metrics, line=line
    )


def _numbers(values: list[Any]) -> tuple[float | None, ...]:
    """One number an epoch; none where there are vectors, of a metric told class by class."""
    if any(getattr(value, "shape", ()) for value in values):
        return ()
    numbers = map(float, values)
    return tuple(number if math.isfinite(number) else None for number in numbers)
