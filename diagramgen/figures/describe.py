"""A scene in words: its name, its caption, and what somebody who can't see it should know."""

from __future__ import annotations

from diagramgen.figures.opened import describe_opened, opened_caption
from diagramgen.figures.scene import Graph, Node, Opened, Relay, Row, Scene, Unrolled, Vector
from diagramgen.figures.text import count, format_number


def title(scene: Scene) -> str:
    """The figure's name, in a few words."""
    match scene:
        case Graph():
            return f"{scene.name}, layer by layer"
        case Opened():
            return f"One step of {scene.cell}, opened up"
        case Relay():
            return ", then ".join(title(part) for part in scene.parts)
        case Unrolled():
            told = [row for row in scene.rows if row.passes] or scene.rows
            names = _list(list(dict.fromkeys(row.title for row in told)))
            return f"{names}, unrolled through {count(scene.length, 'time-step')}"


def caption(scene: Scene) -> str:
    """A few plain sentences under the figure, true of what it shows."""
    match scene:
        case Graph():
            return _graph_caption(scene)
        case Opened():
            return opened_caption(scene)
        case Relay():
            return _relay_caption(scene)
        case Unrolled():
            return _unrolled_caption(scene)


def _relay_caption(scene: Relay) -> str:
    parts = [_unrolled_caption(part) for part in scene.parts]
    handed = [_handed(scene, index) for index in range(len(parts) - 1)]
    if len(set(parts)) == len(set(handed)) == 1:
        return f"{count(len(parts), 'part')}, one after another. In each, {parts[0]} {handed[0]}"
    return " ".join(
        text for pair in zip(parts, [*handed, ""], strict=True) for text in pair if text
    )


def _handed(scene: Relay, index: int) -> str:
    """What goes on from one part to the next."""
    handed = [one for one in scene.handovers if one.part == index]
    states = "the states" if len(handed) > 1 else "the state"
    text = f"The next part begins with {states} that this one ended with"
    swapped = []
    for one in handed:
        ends = (scene.parts[index], one.giver), (scene.parts[index + 1], one.taker)
        given, taken = (
            part.rows[row].passes[0].lanes[state].initial.symbol for part, (row, state) in ends
        )
        swapped += [f"{taken} begins as {given}"] if given != taken else []
    return f"{text}: {_list(swapped)}." if swapped else f"{text}."


def describe(scene: Scene) -> str:
    """What the picture shows, in sentences: layers, numbers of things, and the output's values."""
    match scene:
        case Graph():
            return _describe_graph(scene)
        case Opened():
            return describe_opened(scene)
        case Relay():
            return " Then, with the states that this part ended with: ".join(
                _describe_unrolled(part) for part in scene.parts
            )
        case Unrolled():
            return _describe_unrolled(scene)


def _unrolled_caption(scene: Unrolled) -> str:
    first = next((index for index, row in enumerate(scene.rows) if row.passes), 0)
    under = [row.title for row in scene.rows[:first]]
    over = [_named(row) for row in scene.rows[first + 1 :]]
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
    if scene.origin:
        sentences.append(scene.origin)
    return " ".join(sentences)


def _describe_unrolled(scene: Unrolled) -> str:
    parts = [f"Time runs from left to right in {count(scene.length, 'time-step')}."]
    if scene.words:
        parts.append(f"Under them stand the words {_list(list(scene.words))}.")
    parts.append(f"Each brings {_content(scene.inputs[0])} in.")
    parts += [_describe_row(row) for row in scene.rows]
    if scene.misfit:
        parts.append(f"On top, {scene.misfit.title} can't take that.")
    if scene.batch > 1:
        parts.append(f"The first of {scene.batch} rows of the batch is drawn.")
    last = scene.rows[-1].outputs[-1]
    if last.places == tuple(range(last.length)) and last.values:
        numbers = ", ".join(format_number(value) for value in last.values)
        parts.append(f"The last output is {numbers}.")
    return " ".join(parts)


def _reads(row: Row, scene: Unrolled) -> str:
    shown = scene.inputs[0]
    what = f"shape {shown.shape}" if len(shown.shape) > 1 else count(shown.length, "feature")
    features = f" of {what}" if len(scene.input_shape) > len(shown.shape) + 1 else ""
    reads = f"reads {count(scene.length, 'time-step')}{features}"
    return f"{row.title} with {_units(row)} {reads}" if row.passes else f"{row.title} {reads}"


def _units(row: Row) -> str:
    """How many units its cells have; where they differ, those of each."""
    first = row.passes[0].cores if len(row.passes) == 1 else [p.cores[0] for p in row.passes]
    shapes = [core.lanes[0].initial.shape for core in first]
    noun = "unit" if len(shapes[0]) == 1 else "filter"
    numbers = [shape[-1] for shape in shapes]
    if len(row.passes) > 1:
        numbers = list(dict.fromkeys(numbers))
    return f"{_list([f'{number:,}' for number in numbers[:-1]] + [count(numbers[-1], noun)])}"


def _named(row: Row) -> str:
    return count(row.hidden, "more layer") if row.hidden else row.title


def _content(vector: Vector) -> str:
    """What a vector or an image holds."""
    if len(vector.shape) > 1:
        return f"an image of shape {vector.shape}"
    return count(vector.length, "number")


def _returns(scene: Unrolled) -> str:
    top = scene.rows[-1]
    what = "an output for each time-step" if top.sequence else "one output"
    each = " of each direction" if top.backward_outputs else ""
    lanes = [lane for passed in top.passes for lane in passed.lanes if lane.returned]
    states = f", with {count(len(lanes), 'final state')}" if lanes else ""
    return f"returns {what}{each}, shape {top.output_shape}{states}"


def _describe_row(row: Row) -> str:
    if row.hidden:
        return f"{_named(row)} follow; what comes out of them has shape {row.output_shape}."
    if not row.passes:
        where = "at each time-step" if row.over is None else "to the last vector"
        where = "to all time-steps at once" if row.across else where
        return f"{row.title} is applied {where}; its output has shape {row.output_shape}."
    handed = "each time-step's output" if row.sequence else "the last output only"
    several = len(row.passes) > 1 or len(row.passes[0].cores) > 1
    cells = f"The cells of {row.title}" if several else f"One cell of {row.title}"
    return (
        f"{cells}, the same at each time-step, {'carry' if several else 'carries'} "
        f"{_states(row)} of {_units(row)} {_direction(row)}; {handed} is handed out, "
        f"shape {row.output_shape}."
    )


def _states(row: Row) -> str:
    symbols = [lane.initial.symbol for lane in row.passes[0].lanes]
    named = {("h",): "a hidden state", ("h", "c"): "a hidden state and a cell state"}
    return named.get(tuple(symbols)) or count(len(symbols), "state")


def _direction(row: Row) -> str:
    if len(row.passes) > 1:
        right, left = (passed.cores[0].title for passed in row.passes)
        return f"each, {right} to the right and {left} to the left"
    return "from right to left" if row.passes[0].backward else "from left to right"


def _graph_caption(scene: Graph) -> str:
    for node in scene.nodes:
        if node.layer and not node.gives:
            wrong = _list([_shapes(scene.nodes[below]) for below in node.takes])
            return f"{node.title} can't take a tensor of shape {wrong}."
    taken = {below for node in scene.nodes for below in node.takes}
    ends = [node for place, node in enumerate(scene.nodes) if place not in taken]
    inputs = [str(shape) for node in scene.nodes if not node.takes for shape in node.gives]
    outputs = [str(shape) for node in ends for shape in node.gives]
    goes = "go" if len(inputs) > 1 else "goes"
    comes = "come" if len(outputs) > 1 else "comes"
    text = f"{scene.name}: {_list(inputs)} {goes} in, {_list(outputs)} {comes} out."
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
            mask = "" if node.masked is None else f", with a mask of shape {node.masked}"
            title = f"{node.title}, which is called more than once," if node.shared else node.title
            parts.append(f"{title} makes {_shapes(node)} of {taken}{mask}.")
        else:
            parts.append(f"{node.title} could not take {taken}.")
    return " ".join(parts)


def _shapes(node: Node) -> str:
    return _list([str(shape) for shape in node.gives])


def _list(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
