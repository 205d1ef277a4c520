"""Runs the Keras code on your pages and draws what it did.

`Figure` and `draw` are imported on first use: a build that has nothing to draw does without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diagramgen.errors import DiagramgenError

if TYPE_CHECKING:
    from diagramgen.figures.figure import Figure
    from diagramgen.notebook import draw

__version__ = "0.1.0"

__all__ = ["DiagramgenError", "Figure", "__version__", "draw"]


def __getattr__(name: str) -> Any:
    if name not in ("Figure", "draw"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from diagramgen import notebook  # noqa: PLC0415 - loads all that draws

    return getattr(notebook, name)
