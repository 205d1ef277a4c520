"""A scene in words: its name, its caption, and what somebody who can't see it should know."""

from __future__ import annotations

from diagramgen.figures.scene import Graph, Node, Relay, Row, Scene, Unrolled
from diagramgen.figures.text import count, format_number


def title(scene: Scene) -> str:
    """The figure's name, in a few words."""
    match scene:
        case Graph():
            return f"{scene.name}, layer by layer"
        case Relay():
            return ", then ".join(title(part) for part in scene.parts)
        case Unrolled():
            names = _list(list(dict.fromkeys(row.title for row in scene.rows if row.passes)))
            return f"{names}, unrolled through {count(scene.length, 'time-step')}"


def caption(scene: Scene) -> str:
    """A few plain sentences under the figure, true of what it shows."""
    match scene:
        case Graph():
            return _graph_caption(scene)
        case Relay():
            return " The next part begins with the states that this one ended with. ".join(
                _unrolled_caption(part) for part in scene.parts
            )
        case Unrolled():
            return _unrolled_caption(scene)


def describe(scene: Scene) -> str:
    """What the picture shows, in sentences: layers, numbers of things, and the output's values."""
    match scene:
        case Graph():
            return _describe_graph(scene)
        case Relay():
            return " Then, with the states that this part ended with: ".join(
                _describe_unrolled(part) for part in scene.parts
            )
        case Unrolled():
            return _describe_unrolled(scene)


def _unrolled_caption(scene: Unrolled) -> str:
    first = next(index for index, row in enumerate(scene.rows) if row.passes)
    under = [row.title for row in scene.rows[:first]]
    over = [row.title for row in scene.rows[first + 1 :]]
    text = _reads(scene.rows[first], scene)
    text += f", each from {_list(under)}" if under else ""
    text += f"; over it {_list(over)}" if over else ""
    if scene.misfit:
        shape = scene.rows[-1].output_shape
        sentences = [f"{text}.", f"{scene.misfit.title} can't take what comes out, shape {shape}."]
    elif over:
        sentences = [f"{text}.", f"The whole {_returns(scene)}."]
    else:
        sentences = [f"{text}, and {_returns(scene)}."]
    if scene.example:
        sentences.append("The numbers come from an example input.")
    return " ".join(sentences)


def _describe_unrolled(scene: Unrolled) -> str:
    parts = [f"Time runs from left to right in {count(scene.length, 'time-step')}."]
    if scene.words:
        parts.append(f"Under them stand the words {_list(list(scene.words))}.")
    parts.append(f"Each brings {count(scene.inputs[0].length, 'number')} in.")
    parts += [_describe_row(row) for row in scene.rows]
    if scene.misfit:
        parts.append(f"On top, {scene.misfit.title} can't take that.")
    last = scene.rows[-1].outputs[-1]
    if len(last.values) == last.length:
        numbers = ", ".join(format_number(value) for value in last.values)
        parts.append(f"The last output is {numbers}.")
    return " ".join(parts)


def _reads(row: Row, scene: Unrolled) -> str:
    units = count(row.passes[0].lanes[0].initial.length, "unit")
    features = (
        f" of {count(scene.inputs[0].length, 'feature')}" if len(scene.input_shape) == 3 else ""
    )
    return f"{row.title} with {units} reads {count(scene.length, 'time-step')}{features}"


def _returns(scene: Unrolled) -> str:
    top = scene.rows[-1]
    sequence = len(top.output_shape) == 3
    what = "an output for each time-step" if sequence else "one output"
    lanes = [lane for passed in top.passes for lane in passed.lanes if lane.returned]
    states = f", with {count(len(lanes), 'final state')}" if lanes else ""
    return f"returns {what}, shape {top.output_shape}{states}"


def _describe_row(row: Row) -> str:
    if not row.passes:
        where = "at each time-step" if row.over is None else "to the last vector"
        where = "to all time-steps at once" if row.across else where
        return f"{row.title} is applied {where}; its output has shape {row.output_shape}."
    lanes = row.passes[0].lanes
    units = count(lanes[0].initial.length, "unit")
    states = "a hidden state" if len(lanes) == 1 else "a hidden state and a cell state"
    handed = "each time-step's output" if len(row.output_shape) == 3 else "the last output only"
    cells = "Two cells" if len(row.passes) > 1 else f"One cell of {row.title}"
    return (
        f"{cells}, the same at each time-step, {'carry' if len(row.passes) > 1 else 'carries'} "
        f"{states} of {units} {_direction(row)}; {handed} is handed out, "
        f"shape {row.output_shape}."
    )


def _direction(row: Row) -> str:
    if len(row.passes) > 1:
        return f"each, {row.passes[0].title} to the right and {row.passes[1].title} to the left"
    return "from right to left" if row.passes[0].backward else "from left to right"


def _graph_caption(scene: Graph) -> str:
    for node in scene.nodes:
        if node.layer and not node.gives:
            wrong = _list([_shapes(scene.nodes[below]) for below in node.takes])
            return f"{node.title} can't take a tensor of shape {wrong}."
    inputs = [_shapes(node) for node in scene.nodes if not node.takes]
    text = f"{scene.name}: {_list(inputs)} goes in, {_shapes(scene.nodes[-1])} comes out."
    return f"{text} {scene.note}" if scene.note else text


def _describe_graph(scene: Graph) -> str:
    parts = []
    for node in scene.nodes:
        taken = _list([_shapes(scene.nodes[below]) for below in node.takes])
        if not node.takes:
            parts.append(f"An input has shape {_shapes(node)}.")
        elif node.hidden:
            parts.append(f"{node.hidden} more layers make {_shapes(node)} of it.")
        elif node.gives:
            parts.append(f"{node.title} makes {_shapes(node)} of {taken}.")
        else:
            parts.append(f"{node.title} could not take {taken}.")
    return " ".join(parts)


def _shapes(node: Node) -> str:
    return _list([str(shape) for shape in node.gives])


def _list(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
