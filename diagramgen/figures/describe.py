"""A scene in words: its name, its caption, and what somebody who can't see it should know."""

from __future__ import annotations

from diagramgen.figures.scene import Chain, Row, Scene, Unrolled
from diagramgen.figures.text import count, format_number


def title(scene: Scene) -> str:
    """The figure's name, in a few words."""
    if isinstance(scene, Chain):
        return f"{scene.name}, layer by layer"
    names = " and ".join(dict.fromkeys(row.title for row in scene.rows if row.recurrent))
    return f"{names}, unrolled through {count(scene.length, 'time-step')}"


def caption(scene: Scene) -> str:
    """One or two plain sentences under the figure, true of what it shows."""
    if isinstance(scene, Chain):
        return _chain_caption(scene)
    first = next(index for index, row in enumerate(scene.rows) if row.recurrent)
    under = [row.title for row in scene.rows[:first]]
    over = [row.title for row in scene.rows[first + 1 :]]
    text = _reads(scene.rows[first], scene)
    text += f", each from {_list(under)}" if under else ""
    text += (
        f"; over it {_list(over)}. The whole {_returns(scene)}."
        if over
        else (f", and {_returns(scene)}.")
    )
    sentences = [text]
    if scene.example:
        sentences.append("The numbers come from an example input.")
    return " ".join(sentences)


def describe(scene: Scene) -> str:
    """What the picture shows, in sentences: layers, numbers of things, and the output's values."""
    if isinstance(scene, Chain):
        return _describe_chain(scene)
    parts = [f"Time runs from left to right in {count(scene.length, 'time-step')}."]
    if scene.words:
        parts.append(f"Under them stand the words {_list(list(scene.words))}.")
    parts.append(f"Each brings {count(scene.inputs[0].length, 'number')} in.")
    parts += [_describe_row(row) for row in scene.rows]
    last = scene.rows[-1].outputs[-1]
    if len(last.values) == last.length:
        numbers = ", ".join(format_number(value) for value in last.values)
        parts.append(f"The last output is {numbers}.")
    return " ".join(parts)


def _reads(row: Row, scene: Unrolled) -> str:
    units = count(row.lanes[0].initial.length, "unit")
    features = (
        f" of {count(scene.inputs[0].length, 'feature')}" if len(scene.input_shape) == 3 else ""
    )
    return f"{row.title} with {units} reads {count(scene.length, 'time-step')}{features}"


def _returns(scene: Unrolled) -> str:
    top = scene.rows[-1]
    sequence = len(top.output_shape) == 3
    what = "an output for each time-step" if sequence else "one output"
    return f"returns {what}, shape {top.output_shape}"


def _describe_row(row: Row) -> str:
    if not row.recurrent:
        where = "after the last time-step" if row.once else "at each time-step"
        return f"A {row.title} layer is applied {where}; its output has shape {row.output_shape}."
    units = count(row.lanes[0].initial.length, "unit")
    states = "a hidden state" if len(row.lanes) == 1 else "a hidden state and a cell state"
    handed = "each time-step's output" if len(row.output_shape) == 3 else "the last output only"
    return (
        f"One {row.title} cell, the same at each time-step, carries {states} of {units} "
        f"from left to right and hands out {handed}, shape {row.output_shape}."
    )


def _chain_caption(scene: Chain) -> str:
    shapes = [scene.input_shape, *(link.output_shape for link in scene.links)]
    for link, shape in zip(scene.links, shapes, strict=False):
        if link.output_shape is None:
            return f"{link.title} can't take a tensor of shape {shape}."
    text = f"{scene.name}: {shapes[0]} goes in, {shapes[-1]} comes out."
    return f"{text} {scene.note}" if scene.note else text


def _describe_chain(scene: Chain) -> str:
    parts = [f"The input has shape {scene.input_shape}."]
    for link in scene.links:
        if link.output_shape is None:
            parts.append(f"{link.title} could not take it.")
        else:
            parts.append(f"{link.title} makes {link.output_shape} of it.")
    return " ".join(parts)


def _list(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
