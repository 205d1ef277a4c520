"""A figure: as SVG in a page, as a file of its own, or in a notebook."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from diagramgen.errors import FigureError
from diagramgen.figures.describe import caption, describe, title
from diagramgen.figures.dot import outline, to_dot
from diagramgen.figures.drawing import Drawing
from diagramgen.figures.engine import find_program, run_graphviz, to_png
from diagramgen.figures.layout import lay_out
from diagramgen.figures.scene import Scene
from diagramgen.figures.svg import standalone, to_svg


class Sketch(msgspec.Struct, frozen=True):
    """A figure before Graphviz draws it."""

    scene: Scene
    drawing: Drawing
    outline: str
    """As DOT text, what Graphviz is to draw of it."""

    def finish(self, drawn: str, *, prefix: str, description: str | None = None) -> str:
        """The SVG, to stand in a page that has the style sheet.

        Args:
            drawn: What Graphviz made of the outline.
            prefix: Unique in the page; every id in the SVG begins with it.
            description: In words, what the picture shows; None for the generated one.
        """
        return to_svg(
            self.drawing,
            drawn,
            prefix=prefix,
            title=title(self.scene),
            description=description or describe(self.scene),
        )


def sketch(scene: Scene) -> Sketch:
    """Decide what stands where in a figure."""
    drawing = lay_out(scene)
    return Sketch(scene, drawing, outline(drawing))


class Figure:
    """A drawn layer or model: shows itself in a notebook, and saves itself as a file.

    Attributes:
        caption: In a sentence or two, what it shows.
        dot: The DOT text, every place given; ``neato -n2`` draws it.
        svg: The SVG, as a file of its own.
    """

    def __init__(self, scene: Scene) -> None:
        """Draw a scene.

        Raises:
            EnvironmentProblem: There is no Graphviz program.
        """
        self.caption = caption(scene)
        sketched = sketch(scene)
        self.dot = to_dot(sketched.drawing)
        # A notebook shows many figures on one page, and none may point at another one's title.
        prefix = f"figure-{hashlib.sha256(self.dot.encode()).hexdigest()[:8]}"
        (drawn,) = run_graphviz([sketched.outline], find_program(None))
        self.svg = standalone(sketched.finish(drawn, prefix=prefix))

    def __repr__(self) -> str:
        return f"<Figure: {self.caption}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows: the picture, or its caption where there are no pictures."""
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}

    def save(self, path: str | Path) -> None:
        """Write the figure to a file.

        Args:
            path: Ends in ``.svg``, ``.png`` or ``.dot``, which chooses the format.

        Raises:
            FigureError: The path ends otherwise.
        """
        path = Path(path)
        match path.suffix:
            case ".svg":
                path.write_text(self.svg, encoding="utf-8")
            case ".dot":
                path.write_text(self.dot, encoding="utf-8")
            case ".png":
                path.write_bytes(to_png(self.dot, find_program(None)))
            case suffix:
                raise FigureError(
                    f"A figure can't be saved as {suffix or 'a file without a suffix'}",
                    hint="Name a file that ends in .svg, .png or .dot",
                )
