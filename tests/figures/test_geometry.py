"""Nothing in a figure lies on anything else: checked on the drawing, for figures of all kinds."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from diagramgen.figures.column import stack_up
from diagramgen.figures.compose import compose
from diagramgen.figures.drawing import Box, Drawing, Edge, Group, Label
from diagramgen.figures.layout import lay_out
from diagramgen.figures.scene import Chain
from diagramgen.figures.sheet import Extent, extent
from diagramgen.figures.text import text_width
from diagramgen.trace import Argument, Source
from tests.figures.calls import Tape, input_source, source

_NEAR = 0.01


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """A figure of one to three recurrent layers, with or without something under and on top."""
    tape = Tape()
    batch, time = draw(st.integers(1, 3)), draw(st.sampled_from([1, 2, 3, 5, 6, 17, 100]))
    units = st.sampled_from([1, 2, 4, 5, 7, 8, 17, 128])
    if draw(st.booleans()):
        width = draw(units)
        code = source(f"Embedding(50, {width})", output_dim=str(width))
        x = tape.dense(tape.ids(batch, time), width, "Embedding", code=code).outputs[0]
        given_by = None
    else:
        x = tape.tensor(batch, time, draw(units))
        given_by = input_source(time, x.shape[2] or 0)
    depth = draw(st.integers(1, 3))
    sequences = True
    for index in range(depth):
        sequences = index < depth - 1 or draw(st.booleans())
        count, state = draw(units), draw(st.booleans())
        flags = f"return_sequences={sequences}, return_state={state}"
        text = draw(st.sampled_from([f"Layer({count}, {flags})", f"Layer({flags}, units={count})"]))
        x = tape.recurrent(
            x,
            count,
            draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU"])),
            code=Source(
                text=text,
                arguments=tuple(
                    Argument(name=name, start=found.start(1), end=found.end(1))
                    for name, pattern in (
                        ("units", rf"(?:\(|units=)({count})"),
                        ("return_sequences", r"return_sequences=(\w+)"),
                        ("return_state", r"return_state=(\w+)"),
                    )
                    if (found := re.search(pattern, text))
                ),
            ),
            given=given_by,
            return_sequences=sequences,
            return_state=state,
        ).outputs[0]
    if sequences and draw(st.booleans()):
        sequences = draw(st.booleans())
        mode = draw(st.sampled_from(["concat", "sum"]))
        x = tape.bidirectional(x, draw(units), mode, sequences=sequences).outputs[0]
    if sequences and draw(st.booleans()):
        x = tape.pool(x).outputs[0]
    labels: tuple[str, ...] = ()
    if draw(st.booleans()):
        x = tape.dense(x, 3, code=source("keras.layers.Dense(3)", units="3")).outputs[0]
        if draw(st.booleans()):
            labels = ("other", "a person or two", "W")
    words = draw(st.sampled_from([(), tuple(f"word{'s' * (t % 9)}" for t in range(time))]))
    scene = compose(tape.calls, tape.calls[-1].number, words=words, labels=labels)
    assert not isinstance(scene, Chain)
    return lay_out(scene)


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


@settings(max_examples=150, deadline=None)
@given(drawings())
def test_no_box_and_no_text_lies_on_another(drawing: Drawing) -> None:
    places = [(part.id, extent(part)) for part in parts(drawing)]
    assert not [
        (one[0], other[0]) for one, other in combinations(places, 2) if overlap(one[1], other[1])
    ]


@settings(max_examples=150, deadline=None)
@given(drawings())
def test_no_line_runs_through_a_box_or_a_text(drawing: Drawing) -> None:
    areas = {part.id: extent(part) for part in parts(drawing)}
    hit = [
        (edge.id, name)
        for edge in drawing.marks
        if isinstance(edge, Edge)
        for piece in pieces(edge)
        for name, area in areas.items()
        if runs_through(piece, area)
    ]
    assert not hit


@settings(max_examples=100, deadline=None)
@given(drawings())
def test_lines_cross_seldom_and_never_lie_on_each_other(drawing: Drawing) -> None:
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
@given(drawings())
def test_every_number_fits_its_box(drawing: Drawing) -> None:
    for box in boxes(drawing):
        width = text_width(box.text, box.size, bold=box.bold)
        assert width <= box.width - 2, (box.text, width, box.width)


@settings(max_examples=50, deadline=None)
@given(drawings())
def test_a_line_ends_at_the_marks_that_it_joins(drawing: Drawing) -> None:
    places = {mark.id: extent(mark) for mark in drawing.marks if not isinstance(mark, Edge)}
    for edge in drawing.marks:
        if isinstance(edge, Edge) and edge.head != "time":
            x, y = edge.points[-1]
            left, bottom, right, top = places[edge.head]
            assert left - 1 <= x <= right + 1, edge.id
            assert bottom - 1 <= y <= top + 1, edge.id


@given(st.lists(st.integers(1, 600), min_size=1, max_size=12))
def test_a_chain_keeps_its_boxes_apart(widths: list[int]) -> None:
    tape = Tape()
    x = tape.tensor(4, 5)
    for units in widths:
        x = tape.dense(x, units, code=source(f"Dense({units})", units=str(units))).outputs[0]
    scene = compose(tape.calls, len(widths))
    assert isinstance(scene, Chain)
    drawing = stack_up(scene)
    areas = [extent(mark) for mark in boxes(drawing)]
    assert not [pair for pair in combinations(areas, 2) if overlap(*pair)]
    assert drawing.height < 800
