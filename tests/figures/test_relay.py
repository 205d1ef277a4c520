"""States that go on: from an encoder to a decoder, from call to call of a stateful layer."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from diagramgen.figures.compose import compose
from diagramgen.figures.describe import caption
from diagramgen.figures.drawing import Drawing, Edge
from diagramgen.figures.layout import lay_out
from diagramgen.figures.scene import Graph, Relay, Unrolled
from diagramgen.figures.sheet import extent
from diagramgen.trace import LayerCall, Step
from tests.figures.calls import Tape
from tests.figures.test_geometry import overlap, parts, pieces, runs_through


def going_on(earlier: LayerCall, later: LayerCall) -> LayerCall:
    """The later call, begun with the states that the earlier one ended with."""
    first: Step = replace(later.steps[0], states_before=earlier.final_states)
    return replace(later, initial_states=earlier.final_states, steps=(first, *later.steps[1:]))


def encoder_and_decoder(
    tape: Tape, order: tuple[int, ...] = (0, 1), times: tuple[int, int] = (3, 2), units: int = 4
) -> None:
    """The decoder's initial states are those of the encoder, in this order."""
    encoder = tape.recurrent(tape.tensor(1, times[0], 2), units, "LSTM", return_state=True)
    states = [replace(state, tensor=1000 + n) for n, state in enumerate(encoder.final_states)]
    tape.calls[-1] = encoder = replace(encoder, outputs=(encoder.outputs[0], *states))
    decoder = tape.recurrent(tape.tensor(1, times[1], 2), units, "LSTM", return_sequences=True)
    handed = tuple(states[place] for place in order)
    first = replace(decoder.steps[0], states_before=handed)
    tape.calls[-1] = replace(
        decoder,
        inputs=(*decoder.inputs, *handed),
        initial_states=handed,
        steps=(first, *decoder.steps[1:]),
    )
    tape.dense(decoder.outputs[0], 3)


def carried(drawing: Drawing) -> list[Edge]:
    """The lines from part to part."""
    return [
        mark for mark in drawing.marks if isinstance(mark, Edge) and "dg-carried" in mark.classes
    ]


def test_a_decoder_goes_on_with_its_encoder_s_states() -> None:
    tape = Tape()
    encoder_and_decoder(tape)
    scene = compose(tape.calls, 3, words=["I", "am", "Groot", "Je", "suis"])

    assert isinstance(scene, Relay)
    assert [part.words for part in scene.parts] == [("I", "am", "Groot"), ("Je", "suis")]
    assert [row.title for row in scene.parts[1].rows] == ["LSTM", "Dense"]
    for lane in scene.parts[0].rows[0].passes[0].lanes:
        assert lane.handed_on
        assert lane.shown_last
        assert not lane.after[-1].ghost
    lanes = scene.parts[1].rows[0].passes[0].lanes
    assert all(lane.given for lane in lanes)
    # The states are the encoder's, so they are counted on.
    assert [lane.initial.name for lane in lanes] == ["h₃", "c₃"]
    assert [lane.after[-1].name for lane in lanes] == ["h₅", "c₅"]


def test_states_that_change_places_cross_and_are_counted_anew() -> None:
    tape = Tape()
    encoder_and_decoder(tape, order=(1, 0))
    scene = compose(tape.calls, 3)

    assert isinstance(scene, Relay)
    assert {(one.giver, one.taker) for one in scene.handovers} == {
        ((0, 0), (0, 1)),
        ((0, 1), (0, 0)),
    }
    lanes = scene.parts[1].rows[0].passes[0].lanes
    assert [lane.initial.name for lane in lanes] == ["h₀", "c₀"]
    assert "h begins as c and c begins as h." in caption(scene)
    hidden, cell = sorted(carried(lay_out(scene)), key=lambda edge: edge.tail)
    assert (hidden.points[0][1] < cell.points[0][1]) != (hidden.points[-1][1] < cell.points[-1][1])


def test_one_state_goes_on_alone() -> None:
    tape = Tape()
    encoder_and_decoder(tape)
    decoder = tape.calls[1]
    given = replace(decoder.initial_states[1], tensor=5000)
    tape.calls[1] = replace(decoder, inputs=(*decoder.inputs[:2], given))
    scene = compose(tape.calls, 3)

    assert isinstance(scene, Relay)
    assert [(one.giver, one.taker) for one in scene.handovers] == [((0, 0), (0, 0))]
    assert [lane.given for lane in scene.parts[1].rows[0].passes[0].lanes] == [True, False]
    assert "begins with the state that this one ended with." in caption(scene)


def test_each_layer_of_a_stack_hands_its_own_states_on() -> None:
    tape = Tape()
    encoders, x = [], tape.tensor(1, 3, 2)
    for _ in range(2):
        call = tape.recurrent(x, 4, "GRU", return_sequences=True, return_state=True)
        encoders.append(call)
        x = call.outputs[0]
    x = tape.tensor(1, 2, 2)
    for place, encoder in enumerate(encoders):
        state = replace(encoder.final_states[0], tensor=1000 + place)
        tape.calls[place] = replace(encoder, outputs=(encoder.outputs[0], state))
        decoder = tape.recurrent(x, 4, "GRU", return_sequences=True)
        x = decoder.outputs[0]
        decoder = going_on(encoder, decoder)
        tape.calls[-1] = replace(decoder, inputs=(*decoder.inputs, state))

    scene = compose(tape.calls, 4)
    assert isinstance(scene, Relay)
    assert [(one.giver, one.taker) for one in scene.handovers] == [
        ((0, 0), (0, 0)),
        ((1, 0), (1, 0)),
    ]


@given(
    times=st.tuples(st.sampled_from([1, 2, 7]), st.sampled_from([1, 2, 7])),
    units=st.sampled_from([1, 4, 9]),
    swapped=st.booleans(),
)
def test_parts_keep_apart_and_no_line_runs_through_them(
    times: tuple[int, int], units: int, *, swapped: bool
) -> None:
    tape = Tape()
    encoder_and_decoder(tape, (1, 0) if swapped else (0, 1), times, units)
    drawing = lay_out(compose(tape.calls, 3))
    areas = {part.id: extent(part) for part in parts(drawing)}
    assert not [
        (one, other) for one, other in combinations(areas, 2) if overlap(areas[one], areas[other])
    ]
    lines = [
        (edge, piece) for edge in drawing.marks if isinstance(edge, Edge) for piece in pieces(edge)
    ]
    assert not [
        (edge.id, name)
        for edge, piece in lines
        for name, area in areas.items()
        if runs_through(piece, area)
    ]
    if sum(times) > 5:
        assert len(carried(drawing)[0].points) == 6  # out, under the first part, and back in


def test_each_state_has_its_line_from_part_to_part() -> None:
    tape = Tape()
    encoder_and_decoder(tape)
    drawing = lay_out(compose(tape.calls, 3))

    carried = {
        (mark.tail, mark.head)
        for mark in drawing.marks
        if isinstance(mark, Edge) and "dg-carried" in mark.classes
    }
    assert carried == {
        ("part-0-state-0-0-2", "part-1-state-0-0-initial"),
        ("part-0-state-0-1-2", "part-1-state-0-1-initial"),
    }


def test_a_stateful_layer_s_calls_follow_one_another() -> None:
    tape = Tape()
    first = tape.recurrent(tape.tensor(1, 3, 2), 4, "GRU", stateful=True)
    second = tape.recurrent(tape.tensor(1, 2, 2), 4, "GRU", stateful=True)
    tape.calls[1] = replace(going_on(first, second), name=first.name)

    scene = compose(tape.calls, 2)
    assert isinstance(scene, Relay)
    assert [part.length for part in scene.parts] == [3, 2]


def test_a_stateful_model_s_calls_follow_one_another() -> None:
    tape = Tape()
    calls: list[LayerCall] = []
    for number in range(5):
        call = tape.recurrent(tape.tensor(1, 2, 2), 4, "GRU", stateful=True)
        call = replace(going_on(calls[-2], call) if calls else call, name="gru", depth=1)
        model = LayerCall(number=10 * number + 5, layer="Sequential", name="m", kind="model")
        calls += [replace(call, number=10 * number + 6, parent=model.number), model]

    scene = compose(calls, calls[-1].number)
    assert isinstance(scene, Relay)
    assert len(scene.parts) == 3


def test_a_stateful_layer_that_was_reset_begins_anew() -> None:
    tape = Tape()
    first = tape.recurrent(tape.tensor(1, 3, 2), 4, "GRU", stateful=True)
    second = tape.recurrent(tape.tensor(1, 2, 2), 4, "GRU", stateful=True)
    tape.calls[1] = replace(second, name=first.name)

    assert isinstance(compose(tape.calls, 2), Unrolled)


def test_an_encoder_that_was_not_replayed_leaves_the_decoder_alone() -> None:
    tape = Tape()
    encoder_and_decoder(tape)
    tape.calls[0] = replace(tape.calls[0], steps=())

    assert isinstance(compose(tape.calls, 3), Unrolled)


def test_a_model_whose_layers_form_no_line_is_a_chain() -> None:
    tape = Tape()
    x = tape.tensor(1, 3, 2)
    model = LayerCall(number=9, layer="Functional", name="functional", kind="model", inputs=(x,))
    left = tape.recurrent(x, 4)
    tape.recurrent(x, 4)
    merged = tape.dense(left.outputs[0], 4, "Add")
    calls = [replace(call, parent=9, depth=1) for call in tape.calls]

    scene = compose([*calls, replace(model, outputs=merged.outputs)], 9)
    assert isinstance(scene, Graph)
