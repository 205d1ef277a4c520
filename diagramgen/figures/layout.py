"""Every mark of a scene in its place: data from bottom to top, time from left to right."""

from __future__ import annotations

from diagramgen.figures.boxes import stack_up
from diagramgen.figures.drawing import Drawing, Edge, Label
from diagramgen.figures.gates import open_up
from diagramgen.figures.grid import ARROW
from diagramgen.figures.lineup import line_up
from diagramgen.figures.rows import draw_misfit, draw_row
from diagramgen.figures.scene import Graph, Opened, Relay, Scene, Unrolled, Vector
from diagramgen.figures.sheet import Sheet, extent
from diagramgen.figures.stage import Stage, Tie
from diagramgen.figures.strip import draw_strip
from diagramgen.figures.text import count
from diagramgen.figures.theme import CELL_SIZE, LINE_HEIGHT, VALUE_HEIGHT, WORD_SIZE
from diagramgen.figures.vectors import lay

_TIME_LINE = -18.0


def lay_out(scene: Scene) -> Drawing:
    """The drawing of a scene, without Graphviz's help: the same scene gives the same places."""
    if isinstance(scene, Graph):
        return stack_up(scene)
    if isinstance(scene, Opened):
        return open_up(scene)
    if isinstance(scene, Relay):
        return line_up(scene, [_lay_out_part(part) for part in scene.parts])
    return _lay_out_part(scene).finish()


def _lay_out_part(scene: Unrolled) -> Sheet:
    """One unrolled figure, its words at height 0."""
    stage = Stage.of(scene)
    y = _draw_inputs(stage)
    for index in range(len(scene.rows)):
        y = draw_row(stage, index, y)
    if scene.misfit:
        draw_misfit(stage, scene.misfit, y)
    _draw_time(stage)
    draw_strip(stage, top=_TIME_LINE - 2 * LINE_HEIGHT)
    return stage.sheet


def _draw_inputs(stage: Stage) -> float:
    """Words with the input vectors over them; returns the height at which the vectors end."""
    scene = stage.scene
    y = WORD_SIZE * 0.6 + ARROW + VALUE_HEIGHT / 2
    for column, vector in enumerate(scene.inputs):
        _draw_input(stage, column, vector, y)
    stage.elide("input", y)
    last = lay(f"input-{stage.last}", scene.inputs[-1], stage.grid.columns[-1], y)
    notes = [f"input {scene.input_shape}"]
    axes = len(scene.inputs[-1].shape)
    if len(scene.input_shape) > axes + 1:
        notes.insert(0, count(scene.inputs[-1].length, "feature" if axes == 1 else "channel"))
        stage.ties.append(Tie(f"shape[{axes}]", None, last.id, extent(last)[2], y, "input"))
    if scene.batch > 1:
        notes.append(f"first of {scene.batch} rows drawn")
    stage.note(last, y, notes, "input")
    return y + VALUE_HEIGHT / 2


def _draw_input(stage: Stage, column: int, vector: Vector, y: float) -> None:
    x, words = stage.grid.columns[column], stage.scene.words
    word = Label(
        id=f"word-{column}",
        x=x,
        y=0,
        text=words[column] if words else f"t = {vector.step}",
        role="ink",
        size=WORD_SIZE if words else CELL_SIZE,
        bold=True,
        classes="dg-word",
    )
    group = lay(f"input-{column}", vector, x, y)
    edge = Edge(
        tail=word.id,
        head=group.id,
        points=((x, WORD_SIZE * 0.6), (x, y - VALUE_HEIGHT / 2)),
        data={"layer": vector.layer, "step": str(vector.step)},
    )
    stage.sheet.add(word, edge)
    stage.put(group)


def _draw_time(stage: Stage) -> None:
    """The line under the words that stands for the time axis, and how long it is."""
    words = [extent(stage.sheet.marks[f"word-{column}"]) for column in (0, stage.last)]
    half = stage.grid.cell / 2
    left = min(words[0][0], stage.grid.columns[0] - half)
    right = max(words[1][2], stage.grid.columns[-1] + half)
    label = Label(
        id="time",
        x=(left + right) / 2,
        y=_TIME_LINE - LINE_HEIGHT,
        text=count(stage.scene.length, "time-step"),
        role="time",
        bold=True,
    )
    line = Edge(
        tail="word-0",
        head=label.id,
        points=((left, _TIME_LINE), (right, _TIME_LINE)),
        role="time",
        arrow=False,
    )
    stage.sheet.add(line, label)
    stage.ties.append(Tie("shape[0]", None, label.id, label.x, _TIME_LINE, "time"))
