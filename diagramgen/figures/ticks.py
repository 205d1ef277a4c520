"""Round numbers for the axes of a chart."""

from __future__ import annotations

import math

Y_TICKS = 4
X_TICKS = 6
"""About how many an axis bears."""

_FLAT = 1e-4
"""Of its values, the share that a line must rise or fall to be told from a flat one."""
_TINY = 1e-30


def value_ticks(low: float, high: float) -> list[float]:
    """Round numbers, evenly spaced, the first not above ``low`` and the last not below ``high``.

    They begin at zero where that is near: a chart of ``0.2`` to ``0.7`` doesn't look like a fall to
    nothing.
    """
    if 0 < low < high - low:
        low = 0
    span, size = high - low, max(abs(low), abs(high))
    step = _round_step(max(span if span > size * _FLAT else size, _TINY) / Y_TICKS)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def epoch_ticks(first: int, last: int) -> list[int]:
    """The first and the last epoch, and round ones between them."""
    step = max(1, round(_round_step((last - first) / X_TICKS)))
    between = [
        epoch
        for epoch in range(step * (first // step), last, step)
        if min(epoch - first, last - epoch) > step / 2
    ]
    return [first, *between, last]


def tick_texts(ticks: list[float]) -> list[str]:
    """The numbers of an axis, all with as many decimals as their distance needs."""
    decimals = max(0, -math.floor(math.log10(ticks[1] - ticks[0]) + 1e-9))
    if decimals > 4 or max(map(abs, ticks)) >= 100_000:
        texts = [f"{tick:g}".replace("e+0", "e").replace("e-0", "e-") for tick in ticks]
    else:
        texts = [f"{tick:.{decimals}f}" for tick in ticks]
    return [text.replace("-", "−") for text in texts]


def _round_step(step: float) -> float:
    """The smallest of 1, 2 and 5, times a power of ten, that is not below a step."""
    power: float = 10 ** math.floor(math.log10(step))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= step * (1 - 1e-9))
