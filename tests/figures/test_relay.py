"""States that go on: from an encoder to a decoder, from call to call of a stateful layer."""

from __future__ import annotations

from msgspec.structs import replace

from diagramgen.figures.compose import compose
from diagramgen.figures.drawing import Edge
from diagramgen.figures.layout import lay_out
from diagramgen.figures.scene import Graph, Relay, Unrolled
from diagramgen.trace import LayerCall, Step
from tests.figures.calls import Tape


def going_on(earlier: LayerCall, later: LayerCall) -> LayerCall:
    """The later call, begun with the states that the earlier one ended with."""
    first: Step = replace(later.steps[0], states_before=earlier.final_states)
    return replace(later, initial_states=earlier.final_states, steps=(first, *later.steps[1:]))


def encoder_and_decoder(tape: Tape) -> None:
    encoder = tape.recurrent(tape.tensor(1, 3, 2), 4, "LSTM", return_state=True)
    states = [replace(state, tensor=100 + n) for n, state in enumerate(encoder.final_states)]
    tape.calls[0] = encoder = replace(encoder, outputs=(encoder.outputs[0], *states))
    decoder = tape.recurrent(tape.tensor(1, 2, 2), 4, "LSTM", return_sequences=True)
    decoder = replace(decoder, inputs=(*decoder.inputs, *states))
    tape.calls[1] = going_on(encoder, decoder)
    tape.dense(decoder.outputs[0], 3)


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
    assert all(lane.given for lane in scene.parts[1].rows[0].passes[0].lanes)


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
