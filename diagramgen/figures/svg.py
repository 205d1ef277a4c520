"""From DOT text to the SVG that stands in a page.

Graphviz draws; what it can't write (groups of groups, ``data-*``, a title and a description in
words) is put in afterwards, and what repeats itself is left to the style sheet.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from importlib import resources

from diagramgen.errors import EnvironmentProblem
from diagramgen.figures.drawing import Box, Drawing, Edge, Group, Label, Mark
from diagramgen.figures.text import BASELINE

_SVG = "http://www.w3.org/2000/svg"


def find_program(configured: str | None) -> str:
    """The Graphviz program that draws: the configured one, graphviz-pure, or one on the PATH.

    Args:
        configured: A program's name or path, from a site's configuration; ``DIAGRAMGEN_DOT`` in
            the environment goes before it.

    Raises:
        EnvironmentProblem: The configured program isn't there, or there is none at all.
    """
    # The scripts beside this Python come first: its environment may not be activated.
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))
    named = os.environ.get("DIAGRAMGEN_DOT") or configured
    for candidate in (named,) if named else ("graphviz-pure", "dot"):
        if found := shutil.which(candidate, path=path):
            return found
    if named:
        raise EnvironmentProblem(
            f"The Graphviz program {named!r} is not there or can't be run",
            hint="Correct the option `dot` or DIAGRAMGEN_DOT, or leave both out",
        )
    raise EnvironmentProblem(
        "There is no Graphviz program to draw the figures with",
        hint="Install one: `pip install graphviz-pure`, or your system's graphviz package",
    )


def run_graphviz(dots: Sequence[str], program: str) -> list[str]:
    """The SVG that a Graphviz program makes of each DOT text, whose places are all given.

    It runs once for all of them: half of what it takes for one is its start.

    Raises:
        EnvironmentProblem: The program failed.
    """
    written = _run("\n".join(dots), program, "svg").decode("utf-8", "replace")
    before, *drawn = re.split(r"^(?=<\?xml)", written, flags=re.MULTILINE)
    if before or len(drawn) != len(dots):
        raise _not_graphviz(program, f"of {len(dots)} SVGs it wrote {len(drawn)}")
    return drawn


def to_png(dot: str, program: str) -> bytes:
    """The same figure as pixels, in the light colours on white, twice the size for sharp screens.

    Raises:
        EnvironmentProblem: The program failed.
    """
    return _run(dot, program, "png", "-Gdpi=144", "-Gbgcolor=white")


def _run(dot: str, program: str, form: str, *options: str) -> bytes:
    done = subprocess.run(
        [program, "-Kneato", "-n2", f"-T{form}", *options],
        input=dot.encode("utf-8"),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise _not_graphviz(program, done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


def _not_graphviz(program: str, why: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{program} could not draw a figure: {why}",
        hint="Check that it is a Graphviz program, of version 2.43 or later",
    )


def to_svg(drawing: Drawing, drawn: str, *, prefix: str, title: str, description: str) -> str:
    """The figure's SVG, grouped, classed and described, ready to stand inside an HTML page.

    Args:
        drawing: The figure.
        drawn: What `run_graphviz` made of its DOT text.
        prefix: Unique in the page; every id begins with it.
        title: The figure's name, for a screen reader.
        description: In words, what it shows.
    """
    shapes = _shapes(drawn)
    root = ET.Element(
        "svg",
        {
            "xmlns": _SVG,
            "class": "dg-svg",
            "role": "img",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
            "viewBox": " ".join(
                _number(value)
                for value in (
                    drawing.left,
                    -drawing.bottom - drawing.height,
                    drawing.width,
                    drawing.height,
                )
            ),
            "style": f"--dg-width:{_number(drawing.width)}px",
        },
    )
    ET.SubElement(root, "title", {"id": f"{prefix}-title"}).text = title
    ET.SubElement(root, "desc", {"id": f"{prefix}-desc"}).text = description
    for mark in drawing.marks:
        _put(root, mark, shapes)
    return ET.tostring(root, encoding="unicode")


def standalone(svg: str) -> str:
    """The same SVG as a file of its own: the style sheet in it, a size, and white paper."""
    css = resources.files("diagramgen").joinpath("assets/figures.css").read_text("utf-8")
    root = ET.fromstring(svg)  # noqa: S314 - made by to_svg
    ET.register_namespace("", _SVG)
    _, _, width, height = root.attrib["viewBox"].split()
    root.attrib |= {"width": width, "height": height, "style": "background:#fff"}
    style = ET.Element(f"{{{_SVG}}}style")
    style.text = css
    root.insert(2, style)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _shapes(drawn: str) -> dict[str, list[ET.Element]]:
    """What Graphviz drew for each id: paths and polygons, bare of their colours."""
    shapes: dict[str, list[ET.Element]] = {}
    root = ET.fromstring(drawn.encode())  # noqa: S314 - made by our own Graphviz program
    for group in root.iter(f"{{{_SVG}}}g"):
        shapes[group.attrib["id"]] = [
            ET.Element(tag, {key: child.attrib[key]})
            for child in group
            for tag, key in (("path", "d"), ("polygon", "points"))
            if child.tag == f"{{{_SVG}}}{tag}"
        ]
    return shapes


def _put(parent: ET.Element, mark: Mark, shapes: dict[str, list[ET.Element]]) -> None:
    group = ET.SubElement(parent, "g", _attributes(mark))
    if isinstance(mark, Group):
        for child in mark.children:
            _put(group, child, shapes)
        return
    if isinstance(mark, Box) and mark.title is not None:
        ET.SubElement(group, "title").text = mark.title
    group.extend(shapes[mark.id])
    if isinstance(mark, Box | Label) and mark.text:
        group.append(_text(mark))


def _attributes(mark: Mark) -> dict[str, str]:
    classes = mark.classes.split()
    if not isinstance(mark, Group) and "dg-value" not in classes:
        classes.append(f"dg-{mark.role}")
    if isinstance(mark, Box | Edge) and mark.dashed:
        classes.append("dg-dashed")
    if isinstance(mark, Box | Label) and mark.bold:
        classes.append("dg-bold")
    attributes = {"class": " ".join(dict.fromkeys(classes))}
    return attributes | {f"data-{name}": value for name, value in mark.data.items()}


def _text(mark: Box | Label) -> ET.Element:
    """The text of a mark, anchored where the drawing says: Graphviz only guesses at widths."""
    attributes = {
        "x": _number(mark.x),
        "y": _number(-mark.y + mark.size * BASELINE),
        "font-size": _number(mark.size),
    }
    if isinstance(mark, Label) and mark.anchor != "middle":
        attributes["text-anchor"] = mark.anchor
    text = ET.Element("text", attributes)
    text.text = mark.text
    return text


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"
