"""Runs the Keras code on your pages and draws what it did."""

from diagramgen.errors import DiagramgenError
from diagramgen.figures.figure import Figure
from diagramgen.notebook import draw

__version__ = "0.1.0"

__all__ = ["DiagramgenError", "Figure", "__version__", "draw"]
