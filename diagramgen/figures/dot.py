"""A drawing as DOT text: every mark a node or an edge, pinned in its place."""

from __future__ import annotations

from itertools import pairwise

import graphviz

from diagramgen.figures.drawing import Box, Drawing, Edge, Group, Label
from diagramgen.figures.sheet import extent
from diagramgen.figures.theme import MONO, ROLES, SANS

_POINTS_PER_INCH = 72
_ARROW = 7.0


def to_dot(drawing: Drawing) -> str:
    """The drawing in Graphviz's language, for ``neato -n2``, which keeps every place."""
    graph = _graph({"bgcolor": "transparent", "pad": "0.1"}, {"fontname": SANS})
    nodes = _nodes(drawing)
    for mark in drawing.marks:
        if isinstance(mark, Edge):
            _edge(graph, mark, nodes, _edge_paint(mark))
        else:
            for node in mark.children if isinstance(mark, Group) else (mark,):
                if isinstance(node, Box):
                    _box(graph, node, _box_paint(node))
                else:
                    _label(graph, node)
    return str(graph.source)


def outline(drawing: Drawing) -> str:
    """The drawing's boxes and lines alone, bare of words and colours, likewise.

    It is all that an SVG takes over from Graphviz, and the same for figures of the same shape,
    whatever their numbers are.
    """
    graph = _graph({}, {"label": ""})
    nodes = _nodes(drawing)
    lines = [mark for mark in drawing.marks if isinstance(mark, Edge)]
    ends = {nodes.get(end, end) for line in lines for end in (line.tail, line.head)}
    for mark in drawing.marks:
        for node in mark.children if isinstance(mark, Group) else (mark,):
            if isinstance(node, Box):
                _box(graph, node, {"style": "rounded"} if node.rounded else {})
            elif isinstance(node, Label) and node.id in ends:
                graph.node(node.id, pos=f"{_place(node.x, node.y)}!")
    for line in lines:
        _edge(graph, line, nodes, {})
    return str(graph.source)


def _graph(whole: dict[str, str], nodes: dict[str, str]) -> graphviz.Digraph:
    return graphviz.Digraph(
        graph_attr={"notranslate": "true", "outputorder": "edgesfirst", **whole},
        node_attr={"fixedsize": "true", "margin": "0", "shape": "box", **nodes},
        edge_attr={"arrowsize": "0.7"},
    )


def _nodes(drawing: Drawing) -> dict[str, str]:
    """The node at which a line to a group begins or ends."""
    return {mark.id: mark.children[0].id for mark in drawing.marks if isinstance(mark, Group)}


def _box(graph: graphviz.Digraph, box: Box, paint: dict[str, str]) -> None:
    graph.node(
        box.id,
        id=box.id,
        pos=f"{_place(box.x, box.y)}!",
        width=_number(box.width / _POINTS_PER_INCH),
        height=_number(box.height / _POINTS_PER_INCH),
        **paint,
    )


def _box_paint(box: Box) -> dict[str, str]:
    paint = ROLES[box.role]
    named = {"rounded": box.rounded, "dashed": box.dashed}
    return {
        "label": graphviz.escape(box.text),
        "style": ",".join(["filled", *(name for name, wanted in named.items() if wanted)]),
        "color": paint.line,
        "fillcolor": paint.fill,
        "fontcolor": paint.text,
        "fontsize": _number(box.size),
    }


def _label(graph: graphviz.Digraph, label: Label) -> None:
    # Graphviz can only centre, by a width that it guesses; svg.py anchors the text again.
    left, _, right, _ = extent(label)
    graph.node(
        label.id,
        graphviz.escape(label.text),
        id=label.id,
        pos=f"{_place((left + right) / 2, label.y)}!",
        shape="plain",
        fixedsize="false",
        fontcolor=ROLES[label.role].line if label.role != "muted" else ROLES["muted"].text,
        fontname=MONO if label.mono else SANS,
        fontsize=_number(label.size),
    )


def _edge(
    graph: graphviz.Digraph, edge: Edge, nodes: dict[str, str], paint: dict[str, str]
) -> None:
    graph.edge(
        nodes.get(edge.tail, edge.tail),
        nodes.get(edge.head, edge.head),
        id=edge.id,
        pos=_spline(edge),
        arrowhead="normal" if edge.arrow else "none",
        **paint,
    )


def _edge_paint(edge: Edge) -> dict[str, str]:
    return {"color": ROLES[edge.role].line, "style": "dashed" if edge.dashed else "solid"}


def _spline(edge: Edge) -> str:
    """Straight pieces as the Bézier curves that Graphviz expects: three points each."""
    points = list(edge.points)
    end = ""
    if edge.arrow:
        (fromx, fromy), (x, y) = points[-2:]
        length = max(abs(x - fromx) + abs(y - fromy), 1e-6)
        back = min(_ARROW, length) / length
        end = f"e,{_place(x, y)} "
        points[-1] = (x - (x - fromx) * back, y - (y - fromy) * back)
    curve = [_place(*points[0])]
    for (x0, y0), (x1, y1) in pairwise(points):
        curve += [
            _place(x0 + (x1 - x0) / 3, y0 + (y1 - y0) / 3),
            _place(x0 + (x1 - x0) * 2 / 3, y0 + (y1 - y0) * 2 / 3),
            _place(x1, y1),
        ]
    return end + " ".join(curve)


def _place(x: float, y: float) -> str:
    return f"{_number(x)},{_number(y)}"


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
