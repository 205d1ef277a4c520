"""From what Graphviz draws to the SVG that stands in a page.

Graphviz draws boxes and lines. Their text, whose width it only guesses, and what it can't write
(groups of groups, ``data-*``, a title and a description in words) are put in here; colours are left
to the style sheet.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from importlib import resources

from diagramgen.figures.drawing import Box, Drawing, Edge, Group, Label, Mark
from diagramgen.figures.text import BASELINE

_SVG = "http://www.w3.org/2000/svg"


def to_svg(drawing: Drawing, drawn: str, *, prefix: str, title: str, description: str) -> str:
    """The figure's SVG, grouped, classed and described, ready to stand inside an HTML page.

    Args:
        drawing: The figure.
        drawn: What `run_graphviz` made of its `outline`.
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
    group.extend(shapes.get(mark.id, ()))  # a label has none
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
