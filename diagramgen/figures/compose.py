"""From recorded calls to a scene."""

from __future__ import annotations

from collections.abc import Sequence

from diagramgen.errors import FigureError
from diagramgen.figures.chain import chain
from diagramgen.figures.path import layers_of
from diagramgen.figures.scene import Scene
from diagramgen.figures.unroll import unroll
from diagramgen.trace import LayerCall


def compose(
    calls: Sequence[LayerCall],
    draw: int,
    *,
    words: Sequence[str] = (),
    labels: Sequence[str] = (),
) -> Scene:
    """The scene of one call: unrolled through time where that was recorded, else a chain.

    Args:
        calls: All calls of the session up to the figure's block, in order.
        draw: The `LayerCall.number` of the call to draw.
        words: What stands under the time-steps.
        labels: Names for the entries of the topmost output.

    Raises:
        FigureError: Words or labels are given that don't fit what is drawn.
    """
    drawn = next(call for call in calls if call.number == draw)
    layers = layers_of(calls, draw) or (drawn,)
    scene = unroll(layers, calls, words, labels)
    if scene is not None:
        return scene
    if words or labels:
        option = "words" if words else "labels"
        raise FigureError(
            f'{option}="…" has nothing to name: this figure has no time-steps of its own',
            hint=f"Take {option} out, or draw a recurrent layer",
        )
    return chain(drawn, layers)
