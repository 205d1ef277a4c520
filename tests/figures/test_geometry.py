"""Nothing in a figure lies on anything else: checked on the drawing, for figures of all kinds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from diagramgen.figures.boxes import stack_up
from diagramgen.figures.compose import compose
from diagramgen.figures.drawing import Box, Drawing, Edge, Group, Label
from diagramgen.figures.layout import lay_out
from diagramgen.figures.scene import Graph
from diagramgen.figures.sheet import Extent, extent
from diagramgen.figures.text import text_width
from diagramgen.trace import Argument, Cell, LayerCall, Source
from tests.figures.calls import Tape, input_source, source

_NEAR = 0.01
CELLS = {"RNN": (Cell("LSTMCell", ("h", "c")), Cell("OwnCell", ("s¹", "s²", "s³")))}
AXIS = "word-0--time"


@dataclass
class Recipe:
    """What a figure is made of; short, so that a failure can be read."""

    batch: int
    time: int
    features: int
    images: bool
    embedded: bool
    layers: list[tuple[str, int, bool, bool]]
    """Class, units, `return_state`, and whether the units come first in the call."""
    both_ways: tuple[int, str | None] | None
    sequences: bool
    top: str
    words: bool

    def drawing(self) -> Drawing:
        tape = Tape()
        given_by = None
        if self.embedded and not self.images:
            code = source(f"Embedding(50, {self.features})", output_dim=str(self.features))
            ids = tape.ids(self.batch, self.time)
            x = tape.dense(ids, self.features, "Embedding", code=code).outputs[0]
        else:
            inside = (28, 28, self.features) if self.images else (self.features,)
            x = tape.tensor(self.batch, self.time, *inside)
            given_by = input_source(self.time, self.features)
        for place, (layer, units, state, units_first) in enumerate(self.layers):
            config: dict[str, Any] = {
                "return_sequences": self.sequences
                or self.both_ways is not None
                or place < len(self.layers) - 1,
                "return_state": state,
            }
            code = call_of(units, units_first=units_first, **config)
            cells = CELLS.get(layer, ())
            x = tape.recurrent(
                x, units, layer, code=code, given=given_by, cells=cells, **config
            ).outputs[0]
        top = "dense" if self.images and self.top == "labels" else self.top
        if self.both_ways:
            x = tape.bidirectional(
                x, *self.both_ways, sequences=self.sequences, state=self.layers[0][2]
            ).outputs[0]
            top = "nothing" if self.both_ways[1] is None else top
        if top == "pool" and self.sequences and not self.images:
            x = tape.pool(x).outputs[0]
        labels = ("other", "a person or two", "W") if top == "labels" else ()
        if top == "own":
            x = tape.dense(x, 12, "Own").outputs[0]
        if top in {"dense", "labels", "shared"}:
            code = source("keras.layers.Dense(3)", units="3")
            wrapped = ("TimeDistributed", "Dense") if top == "shared" else ("Dense", None)
            call = tape.dense(x, 3, wrapped[0], code=code, wrapped=wrapped[1])
            if top == "shared":
                tape.calls[-1] = replace(call, kind="time_distributed", parameters=12)
        words = [f"word{'s' * (t % 9)}" for t in range(self.time)] if self.words else ()
        last = next(call for call in reversed(tape.calls) if call.parent is None)
        return lay_out(compose(tape.calls, last.number, words=words, labels=labels))


def call_of(units: int, *, units_first: bool, **flags: Any) -> Source:
    """A call's text with its arguments in one order or the other."""
    given = {"units": str(units), **{name: str(value) for name, value in flags.items()}}
    arguments, text = [], "Layer("
    for name in given if units_first else reversed(given):
        text += f"{name}="
        arguments.append(Argument(name=name, start=len(text), end=len(text) + len(given[name])))
        text += f"{given[name]}, "
    return Source(text=f"{text[:-2]})", arguments=tuple(arguments))


sizes = st.sampled_from([1, 2, 4, 5, 7, 8, 17, 128])
recipes = st.builds(
    Recipe,
    batch=st.integers(1, 3),
    time=st.sampled_from([1, 2, 3, 5, 6, 17, 100]),
    features=sizes,
    images=st.integers(0, 3).map(lambda number: number == 0),
    embedded=st.booleans(),
    layers=st.lists(
        st.tuples(
            st.sampled_from(["SimpleRNN", "LSTM", "GRU", "RNN"]),
            sizes,
            st.booleans(),
            st.booleans(),
        ),
        min_size=1,
        max_size=5,
    ),
    both_ways=st.none() | st.tuples(sizes, st.sampled_from(["concat", "sum", None])),
    sequences=st.booleans(),
    top=st.sampled_from(["nothing", "pool", "dense", "labels", "own", "shared"]),
    words=st.booleans(),
)


def parts(drawing: Drawing) -> list[Box | Label]:
    """All boxes and texts, those of vectors among them."""
    found: list[Box | Label] = []
    for mark in drawing.marks:
        if isinstance(mark, Group):
            found += mark.children
        elif not isinstance(mark, Edge):
            found.append(mark)
    return found


def boxes(drawing: Drawing) -> list[Box]:
    return [part for part in parts(drawing) if isinstance(part, Box)]


def lies_behind(one: str, other: str) -> bool:
    """Whether one of two marks is a sheet that stands behind the other, as it should."""
    (vector, sheet, _), name = one.partition("-sheet-"), other
    return bool(sheet) and name.startswith(f"{vector}-")


def overlap(one: Extent, other: Extent) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    up = min(one[3], other[3]) - max(one[1], other[1])
    return across > _NEAR and up > _NEAR


def pieces(edge: Edge) -> list[Extent]:
    return [
        (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        for (x0, y0), (x1, y1) in pairwise(edge.points)
    ]


def runs_through(piece: Extent, area: Extent) -> bool:
    """Whether a piece of a line, which is upright or level, has a part inside an area."""
    return (
        piece[0] < area[2] - _NEAR
        and piece[2] > area[0] + _NEAR
        and piece[1] < area[3] - _NEAR
        and piece[3] > area[1] + _NEAR
    )


def assert_apart(drawing: Drawing) -> None:
    """No box and no text lies on another, but in its own box; no line runs through any."""
    inside = ("-title", "-detail")
    areas = {part.id: extent(part) for part in parts(drawing) if not part.id.endswith(inside)}
    assert not [
        (one, other) for one, other in combinations(areas, 2) if overlap(areas[one], areas[other])
    ]
    assert not [
        (edge.id, name)
        for edge in drawing.marks
        if isinstance(edge, Edge)
        for piece in pieces(edge)
        for name, area in areas.items()
        if runs_through(piece, area)
    ]


@settings(max_examples=150, deadline=None)
@given(recipes)
def test_no_box_and_no_text_lies_on_another(recipe: Recipe) -> None:
    drawing = recipe.drawing()
    places = [(part.id, extent(part)) for part in parts(drawing)]
    assert not [
        (one[0], other[0])
        for one, other in combinations(places, 2)
        if overlap(one[1], other[1]) and not lies_behind(one[0], other[0])
    ]


@settings(max_examples=150, deadline=None)
@given(recipes)
def test_no_line_runs_through_a_box_or_a_text(recipe: Recipe) -> None:
    drawing = recipe.drawing()
    areas = {part.id: extent(part) for part in parts(drawing)}
    hit = [
        (edge.id, name)
        for edge in drawing.marks
        if isinstance(edge, Edge)
        for piece in pieces(edge)
        for name, area in areas.items()
        # A line that leaves a vector comes out from behind its sheets.
        if runs_through(piece, area) and not lies_behind(name, f"{edge.tail}-")
    ]
    assert not hit


@settings(max_examples=100, deadline=None)
@given(recipes)
def test_lines_cross_seldom_and_never_lie_on_each_other(recipe: Recipe) -> None:
    drawing = recipe.drawing()
    ties = [mark for mark in drawing.marks if isinstance(mark, Edge) and "dg-tie" in mark.classes]
    for one, other in combinations(ties, 2):
        if one.tail == other.tail:
            continue  # an argument that sets two things: its lines begin as one
        for piece in pieces(one):
            for against in pieces(other):
                upright = piece[0] == piece[2], against[0] == against[2]
                if upright[0] != upright[1]:
                    continue
                same = 0 if upright[0] else 1
                if abs(piece[same] - against[same]) < _NEAR:
                    along = 1 - same
                    shared = min(piece[along + 2], against[along + 2]) - max(
                        piece[along], against[along]
                    )
                    assert shared <= _NEAR, (one.id, other.id)


@settings(max_examples=100, deadline=None)
@given(recipes)
def test_every_number_fits_its_box(recipe: Recipe) -> None:
    drawing = recipe.drawing()
    for box in boxes(drawing):
        width = text_width(box.text, box.size, bold=box.bold)
        assert width <= box.width - 2, (box.text, width, box.width)


@settings(max_examples=50, deadline=None)
@given(recipes)
def test_a_line_ends_at_the_marks_that_it_joins(recipe: Recipe) -> None:
    drawing = recipe.drawing()
    places = {mark.id: extent(mark) for mark in drawing.marks if not isinstance(mark, Edge)}
    for edge in drawing.marks:
        if isinstance(edge, Edge) and edge.head == "time" and edge.arrow:
            left, _, right, _ = extent(next(mark for mark in drawing.marks if mark.id == AXIS))
            assert left <= edge.points[-1][0] <= right
        elif isinstance(edge, Edge) and edge.head != "time":
            x, y = edge.points[-1]
            left, bottom, right, top = places[edge.head]
            assert left - 1 <= x <= right + 6, edge.id
            assert bottom - 1 <= y <= top + 1, edge.id


@st.composite
def graphs(draw: st.DrawFn) -> list[tuple[int, ...]]:
    """For each layer, those before it that it takes from; 0 is the input."""
    count = draw(st.integers(1, 9))
    return [
        tuple(draw(st.sets(st.integers(0, layer), min_size=1, max_size=3)))
        for layer in range(count)
    ]


@given(graphs())
def test_a_graph_keeps_its_boxes_apart_and_its_lines_out_of_them(
    graph: list[tuple[int, ...]],
) -> None:
    tape = Tape()
    outputs = [tape.tensor(4, 5)]
    for number, takes in enumerate(graph):
        code = source(f"Dense({10**number})", units=str(10**number))
        call = tape.dense(outputs[-1], 5, code=code)
        tape.calls[-1] = replace(call, inputs=tuple(outputs[node] for node in takes), parent=99)
        outputs.append(call.outputs[0])
    model = LayerCall(
        number=99, layer="Functional", name="functional", kind="model", inputs=(outputs[0],)
    )
    scene = compose([*tape.calls, model], 99)
    assert isinstance(scene, Graph)
    drawing = stack_up(scene)
    assert_apart(drawing)


@given(st.integers(1, 40))
def test_a_deep_model_has_a_figure_of_sane_height(depth: int) -> None:
    tape = Tape()
    x = tape.tensor(4, 5)
    for _ in range(depth):
        x = tape.dense(x, 5).outputs[0]
    scene = compose(tape.calls, depth)
    assert isinstance(scene, Graph)
    assert stack_up(scene).height < 850
