"""From recorded calls to a scene."""

from __future__ import annotations

from collections.abc import Sequence

from diagramgen.errors import FigureError
from diagramgen.figures.graph import graph
from diagramgen.figures.naming import with_labels, with_words
from diagramgen.figures.opened import opened
from diagramgen.figures.path import Line, layers_of, lines_of
from diagramgen.figures.relay import relay
from diagramgen.figures.scene import Scene, Unrolled
from diagramgen.figures.unroll import unroll
from diagramgen.trace import LayerCall, OpenedStep


def compose(
    calls: Sequence[LayerCall],
    draw: int,
    *,
    words: Sequence[str] = (),
    labels: Sequence[str] = (),
    step: OpenedStep | None = None,
) -> Scene:
    """The scene of one call: unrolled through time where that was recorded, else a graph.

    Args:
        calls: All calls of the session up to the figure's block, in order.
        draw: The `LayerCall.number` of the call to draw.
        words: What stands under the time-steps, those of all parts in the order of time.
        labels: Names for the entries of the topmost output.
        step: The step of that call to draw instead, opened up.

    Raises:
        FigureError: Words or labels are given that don't fit what is drawn.
    """
    drawn = next(call for call in calls if call.number == draw)
    lines = lines_of(calls, draw)
    parts = [] if step else _unrolled(lines, calls)
    if parts:
        parts = with_words(parts, words)
        parts[-1] = with_labels(parts[-1], labels)
        return relay(parts, lines[-len(parts) :]) if len(parts) > 1 else parts[0]
    if words or labels:
        option = "words" if words else "labels"
        raise FigureError(
            f'{option}="…" has nothing to name: this figure has no time-steps of its own',
            hint=f"Take {option} out, or draw a recurrent layer",
        )
    if step:
        return opened(drawn, step)
    return graph(drawn, layers_of(calls, drawn) or [drawn])


def _unrolled(lines: Sequence[Line], calls: Sequence[LayerCall]) -> list[Unrolled]:
    """The last line with those just before it, as far as they can be told step by step."""
    parts: list[Unrolled] = []
    for line in reversed(lines):
        part = unroll(line, calls)
        if part is None:
            break
        parts.insert(0, part)
    return parts
