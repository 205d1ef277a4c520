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
    graph = graphviz.Digraph(
        graph_attr={
            "bgcolor": "transparent",
            "notranslate": "true",
            "outputorder": "edgesfirst",
            "pad": "0.1",
        },
        node_attr={"fixedsize": "true", "fontname": SANS, "margin": "0", "shape": "box"},
        edge_attr={"arrowsize": "0.7"},
    )
    nodes = {mark.id: mark.children[0].id for mark in drawing.marks if isinstance(mark, Group)}
    for mark in drawing.marks:
        if isinstance(mark, Edge):
            _edge(graph, mark, nodes)
        else:
            for node in mark.children if isinstance(mark, Group) else (mark,):
                _box(graph, node) if isinstance(node, Box) else _label(graph, node)
    return str(graph.source)


def _box(graph: graphviz.Digraph, box: Box) -> None:
    paint = ROLES[box.role]
    graph.node(
        box.id,
        graphviz.escape(box.text),
        id=box.id,
        pos=f"{_place(box.x, box.y)}!",
        width=_number(box.width / _POINTS_PER_INCH),
        height=_number(box.height / _POINTS_PER_INCH),
        style=",".join(_styles(box)),
        color=paint.line,
        fillcolor=paint.fill,
        fontcolor=paint.text,
        fontsize=_number(box.size),
    )


def _styles(box: Box) -> list[str]:
    named = {"rounded": box.rounded, "dashed": box.dashed}
    return ["filled", *(name for name, wanted in named.items() if wanted)]


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


def _edge(graph: graphviz.Digraph, edge: Edge, nodes: dict[str, str]) -> None:
    paint = ROLES[edge.role]
    graph.edge(
        nodes.get(edge.tail, edge.tail),
        nodes.get(edge.head, edge.head),
        id=edge.id,
        pos=_spline(edge),
        color=paint.line,
        arrowhead="normal" if edge.arrow else "none",
        style="dashed" if edge.dashed else "solid",
    )


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
