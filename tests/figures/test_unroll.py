"""What an unrolled figure shows of recorded calls."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from diagramgen.errors import FigureError
from diagramgen.figures.compose import compose
from diagramgen.figures.describe import caption, describe
from diagramgen.figures.layout import lay_out
from diagramgen.figures.scene import Graph, Unrolled
from diagramgen.figures.vectors import slots
from diagramgen.trace import Cell, LayerCall, TensorSpec
from tests.figures.calls import Tape, input_source


def unrolled(tape: Tape, words: str = "", labels: str = "") -> Unrolled:
    scene = compose(tape.calls, tape.calls[-1].number, words=words.split(), labels=labels.split())
    assert isinstance(scene, Unrolled)
    return scene


def test_what_is_not_returned_is_a_ghost() -> None:
    tape = Tape()
    tape.recurrent(tape.tensor(1, 3, 2), 4)

    assert [output.ghost for output in unrolled(tape).rows[0].outputs] == [True, True, False]


def test_a_returned_sequence_has_no_ghost() -> None:
    tape = Tape()
    tape.recurrent(tape.tensor(1, 3, 2), 4, return_sequences=True)

    assert not any(output.ghost for output in unrolled(tape).rows[0].outputs)


def test_an_lstm_has_a_lane_for_each_state_and_ghosts_the_cell_state_it_keeps() -> None:
    tape = Tape()
    tape.recurrent(tape.tensor(1, 3, 2), 4, "LSTM")

    hidden, cell = unrolled(tape).rows[0].passes[0].lanes
    assert [vector.name for vector in (hidden.initial, *hidden.after)] == ["h₀", "h₁", "h₂", "h₃"]
    assert [vector.name for vector in (cell.initial, *cell.after)] == ["c₀", "c₁", "c₂", "c₃"]
    assert not hidden.shown_last  # the output shows the same numbers
    assert cell.shown_last
    assert cell.after[-1].ghost


def test_a_returned_state_is_drawn_as_such() -> None:
    tape = Tape()
    tape.recurrent(tape.tensor(1, 3, 2), 4, "LSTM", return_state=True)

    for lane in unrolled(tape).rows[0].passes[0].lanes:
        assert lane.returned
        assert lane.shown_last
        assert not lane.after[-1].ghost


def test_a_returned_state_bears_its_author_s_name() -> None:
    tape = Tape()
    call = tape.recurrent(tape.tensor(1, 3, 2), 4, "LSTM", return_state=True)
    tape.calls[0] = replace(call, names=("output", "state_h", None))

    names = [lane.variable for lane in unrolled(tape).rows[0].passes[0].lanes]
    assert names == ["state_h", None]


def test_a_long_sequence_keeps_its_first_time_steps_and_its_last() -> None:
    tape = Tape()
    tape.recurrent(tape.tensor(1, 100, 2), 4, return_sequences=True)

    scene = unrolled(tape)
    assert scene.steps == (0, 1, 2, 99)
    assert scene.length == 100
    # The last column's numbers are the last time-step's, not those of the fourth.
    assert scene.inputs[-1].values == tuple(tape.calls[0].inputs[0].values[0][-1])
    assert scene.rows[0].passes[0].lanes[0].before[-1].name == "h₉₉"


def test_layers_follow_one_another_by_their_tensors() -> None:
    tape = Tape()
    embedded = tape.dense(tape.ids(2, 4), 8, "Embedding")
    first = tape.recurrent(embedded.outputs[0], 3, return_sequences=True)
    tape.recurrent(tape.tensor(1, 4, 2), 7)  # somebody else's call in between
    second = tape.recurrent(first.outputs[0], 5)
    tape.dense(second.outputs[0], 1)

    scene = unrolled(tape)
    assert [row.title for row in scene.rows] == ["Embedding", "SimpleRNN", "SimpleRNN", "Dense"]
    assert [row.over for row in scene.rows] == [None, None, None, 3]
    assert scene.batch == 2
    assert [vector.length for vector in scene.inputs] == [1, 1, 1, 1]


def test_a_figure_of_the_recurrent_layer_goes_on_to_what_stands_on_it() -> None:
    tape = Tape()
    below = tape.recurrent(tape.tensor(1, 3, 2), 4, return_sequences=True)
    tape.dense(below.outputs[0], 2, "TimeDistributed", wrapped="Dense")

    scene = compose(tape.calls, below.number)
    assert isinstance(scene, Unrolled)
    assert [row.title for row in scene.rows] == ["SimpleRNN", "Dense"]


def test_pooling_takes_all_time_steps_at_once() -> None:
    tape = Tape()
    below = tape.recurrent(tape.tensor(1, 3, 2), 4, return_sequences=True)
    tape.pool(below.outputs[0])

    top = unrolled(tape).rows[-1]
    assert top.across
    assert len(top.outputs) == 1


@pytest.mark.parametrize(
    ("words", "labels", "message"),
    [
        ("I am", "", 'words="…" names 2, but the figure has 3 time-steps to name'),
        ("", "yes no", 'labels="…" names 2, but the figure has 4 numbers to name'),
    ],
)
def test_names_must_be_as_many_as_what_they_name(words: str, labels: str, message: str) -> None:
    tape = Tape()
    tape.recurrent(tape.tensor(1, 3, 2), 4)

    with pytest.raises(FigureError) as caught:
        unrolled(tape, words, labels)
    assert caught.value.message == message
    assert caught.value.hint


def test_words_of_a_figure_without_time_steps_are_an_error() -> None:
    tape = Tape()
    tape.dense(tape.tensor(1, 5), 2)

    with pytest.raises(FigureError, match="nothing to name"):
        compose(tape.calls, 1, words=("a", "b"))


@pytest.mark.parametrize("spoilt", ["steps", "values"])
def test_what_was_not_checked_step_by_step_is_a_chain_of_shapes(spoilt: str) -> None:
    tape = Tape()
    call = tape.recurrent(tape.tensor(1, 3, 2), 4)
    changes: dict[str, dict[str, Any]] = {
        "steps": {"steps": (), "note": "It was not so."},
        "values": {"outputs": (replace(call.outputs[0], values=None),)},
    }

    scene = compose([replace(call, **changes[spoilt])], 1)
    assert isinstance(scene, Graph)
    assert scene.nodes[-1].gives == ((1, 4),)
    if spoilt == "steps":
        assert scene.note == "It was not so."


def test_an_input_of_another_length_is_not_in_the_code_strip() -> None:
    tape = Tape()
    tape.recurrent(tape.tensor(1, 1, 2), 4, given=input_source(3, 2))
    assert unrolled(tape).input_source is None

    open_ended = input_source(None, 2)
    tape.recurrent(tape.tensor(1, 5, 2), 4, given=open_ended)
    assert unrolled(tape).input_source == open_ended


def test_a_deep_model_is_elided() -> None:
    tape = Tape()
    x = tape.tensor(1, 5)
    for _ in range(12):
        x = tape.dense(x, 5).outputs[0]

    scene = compose(tape.calls, 12)
    assert isinstance(scene, Graph)
    layers = [node for node in scene.nodes if node.layer]
    assert len(layers) + sum(node.hidden for node in scene.nodes) == 12
    assert len(layers) < 6


def test_a_layer_that_goes_backwards_begins_on_the_right_and_ends_on_the_left() -> None:
    tape = Tape()
    tape.recurrent(tape.tensor(1, 3, 2), 4, go_backwards=True)

    row = unrolled(tape).rows[0]
    lane = row.passes[0].lanes[0]
    assert [vector.name for vector in lane.after] == ["h₃", "h₂", "h₁"]
    assert [output.ghost for output in row.outputs] == [False, True, True]
    assert row.returned == 0


def test_what_stands_on_a_reversed_sequence_is_not_drawn_over_the_wrong_time_steps() -> None:
    tape = Tape()
    below = tape.recurrent(tape.tensor(1, 3, 2), 4, go_backwards=True, return_sequences=True)
    assert isinstance(compose(tape.calls, 1), Unrolled)

    tape.dense(below.outputs[0], 1)
    scene = compose(tape.calls, 2)
    assert isinstance(scene, Graph)
    assert scene.note == "Its time-steps are not drawn: SimpleRNN hands them on in reverse."


@pytest.mark.parametrize("merge_mode", ["concat", "sum"])
@pytest.mark.parametrize("sequences", [True, False])
def test_a_bidirectional_layer_has_two_passes_that_meet(
    merge_mode: str, *, sequences: bool
) -> None:
    tape = Tape()
    call = tape.bidirectional(tape.tensor(1, 3, 2), 4, merge_mode, sequences=sequences)
    tape.dense(call.outputs[0], 1)

    row = unrolled(tape).rows[0]
    assert [passed.backward for passed in row.passes] == [False, True]
    assert row.over == (None if sequences else 2)
    assert {output.backward_from for output in row.outputs} == {
        4 if merge_mode == "concat" else None
    }


@pytest.mark.parametrize(("sequences", "steps"), [(True, [0, 1, 2]), (False, [0])])
def test_two_directions_that_are_not_merged_hand_out_what_each_has(
    steps: list[int], *, sequences: bool
) -> None:
    tape = Tape()
    call = tape.bidirectional(tape.tensor(1, 3, 2), 4, None, sequences=sequences)

    scene = compose(tape.calls, call.number)
    assert isinstance(scene, Unrolled)
    (row,) = scene.rows
    backward = {step.t: step.output for step in tape.calls[-1].steps}
    assert [output.step for output in row.backward_outputs] == steps
    for output in row.backward_outputs:
        assert output.values == tuple(backward[output.step].values[0])
        assert output.backward_from == 0
    assert "of each direction" in caption(scene)


def test_both_halves_of_a_long_vector_keep_their_ends() -> None:
    tape = Tape()
    call = tape.bidirectional(tape.tensor(1, 3, 2), 64, "concat", sequences=True)

    scene = compose(tape.calls, call.number)
    assert isinstance(scene, Unrolled)
    for t, output in enumerate(scene.rows[0].outputs):
        ahead, back = (half.steps[t].output.values[0] for half in tape.calls[1:])
        shown = [(slot.place, slot.value, slot.stands_for) for slot in slots(output)]
        assert shown == [
            (0, ahead[0], 1),
            (1, None, 62),
            (63, ahead[-1], 1),
            (64, back[0], 1),
            (65, None, 62),
            (127, back[-1], 1),
        ]


def test_a_wrapper_that_concatenates_otherwise_keeps_its_own_numbers() -> None:
    tape = Tape()
    call = tape.bidirectional(tape.tensor(1, 3, 2), 2, "concat", sequences=False)
    swapped = replace(call.outputs[0], values=[call.outputs[0].values[0][::-1]])
    tape.calls[0] = replace(call, outputs=(swapped,))

    scene = compose(tape.calls, call.number)
    assert isinstance(scene, Unrolled)
    (output,) = scene.rows[0].outputs
    assert output.values == tuple(swapped.values[0])
    assert output.backward_from is None


def test_stacked_cells_stand_over_one_another_each_with_its_states() -> None:
    tape = Tape()
    cells = (Cell("LSTMCell", ("h", "c")), Cell("GRUCell", ("h",)))
    tape.recurrent(tape.tensor(1, 3, 2), 4, "RNN", cells=cells, return_state=True)

    (passed,) = unrolled(tape).rows[0].passes
    assert [core.title for core in passed.cores] == ["LSTMCell", "GRUCell"]
    assert [[lane.initial.name for lane in core.lanes] for core in passed.cores] == [
        ["h₀", "c₀"],
        ["h₀"],
    ]
    finals = [lane.after[-1].values for lane in passed.lanes]
    assert finals == [tuple(state.values[0]) for state in tape.calls[0].final_states]


def test_a_cell_of_the_author_s_own_has_as_many_lanes_as_states() -> None:
    tape = Tape()
    cells = (Cell("Own", ("s¹", "s²", "s³")),)
    tape.recurrent(tape.tensor(1, 3, 2), 4, "RNN", cells=cells)

    (passed,) = unrolled(tape).rows[0].passes
    assert [lane.after[1].name for lane in passed.lanes] == ["s¹₂", "s²₂", "s³₂"]


def test_an_image_is_drawn_as_its_shape() -> None:
    tape = Tape()
    tape.recurrent(tape.tensor(1, 3, 8, 8, 2), 4, "ConvLSTM2D", return_sequences=True)

    scene = unrolled(tape)
    (slot,) = slots(scene.rows[0].outputs[0])
    assert slot.value == "(8, 8, 4)"
    assert scene.inputs[0].shape == (8, 8, 2)
    assert "4 filters" in caption(scene)


@pytest.mark.parametrize(("layer", "across"), [("Own", True), ("LayerNormalization", False)])
def test_a_layer_that_may_look_at_all_time_steps_is_one_box(layer: str, *, across: bool) -> None:
    tape = Tape()
    below = tape.recurrent(tape.tensor(1, 3, 2), 4, return_sequences=True)
    tape.dense(below.outputs[0], 4, layer)

    top = unrolled(tape).rows[-1]
    assert top.across is across
    assert len(top.outputs) == 3


def test_what_takes_another_tensor_besides_is_a_graph() -> None:
    tape = Tape()
    x = tape.tensor(1, 3, 4)
    below = tape.recurrent(x, 4, return_sequences=True)
    tape.dense(below.outputs[0], 4, "Add")
    tape.calls[-1] = replace(tape.calls[-1], inputs=(below.outputs[0], x))

    assert isinstance(compose(tape.calls, 2), Graph)


def test_one_layer_at_each_time_step_is_unrolled_by_itself() -> None:
    tape = Tape()
    call = tape.dense(tape.tensor(1, 3, 2), 4, "TimeDistributed", wrapped="Dense")
    tape.calls[0] = replace(call, kind="time_distributed", parameters=12)

    assert unrolled(tape).rows[0].shared


def test_a_layer_that_can_not_take_the_output_stands_on_top_of_it() -> None:
    tape = Tape()
    below = tape.recurrent(tape.tensor(1, 3, 2), 4)
    above = tape.recurrent(tape.tensor(1, 3, 4), 4)
    tape.calls[-1] = replace(above, inputs=below.outputs, outputs=(), steps=())

    scene = unrolled(tape, "I am Groot")
    assert [row.layer for row in scene.rows] == [below.name]
    assert scene.misfit
    assert scene.misfit.layer == above.name
    assert caption(scene).endswith("SimpleRNN can't take what comes out, shape (1, 4).")


def test_a_graph_s_caption_names_all_that_goes_in_and_comes_out() -> None:
    tape = Tape()
    x, y = tape.tensor(1, 5), tape.tensor(1, 6)
    below = tape.dense(x, 4)
    tape.calls[-1] = replace(below, inputs=(x, y))
    for units in (1, 2):
        tape.dense(below.outputs[0], units)
    model = LayerCall(number=9, layer="Functional", name="functional", kind="model")
    calls = [replace(call, parent=9, depth=1) for call in tape.calls]

    text = caption(compose([*calls, model], 9))
    assert text == "Functional: (1, 5) and (1, 6) go in, (1, 1) and (1, 2) come out."


def test_a_graph_says_which_layers_got_a_mask() -> None:
    tape = Tape()
    x = tape.tensor(1, 5, 3)
    pooled = tape.pool(x)
    mask = TensorSpec(shape=(1, 5), dtype="bool", values=[[True, True, True, False, False]])
    tape.calls[-1] = replace(pooled, mask=mask)
    tape.dense(pooled.outputs[0], 1)

    scene = compose(tape.calls, 2)
    assert isinstance(scene, Graph)
    assert [node.masked for node in scene.nodes if node.layer] == [(1, 5), None]
    assert "with a mask of shape (1, 5)" in describe(scene)


def test_a_graph_says_which_boxes_are_one_layer() -> None:
    tape = Tape()
    first = tape.dense(tape.tensor(1, 5), 4)
    again = tape.dense(tape.tensor(1, 5), 4)
    tape.calls[:] = [replace(call, name=first.name, parameters=24) for call in (first, again)]
    other = tape.dense(first.outputs[0], 1)
    tape.calls[-1] = replace(other, inputs=(first.outputs[0], again.outputs[0]))
    model = LayerCall(number=9, layer="Functional", name="functional", kind="model")

    scene = compose([*(replace(call, parent=9, depth=1) for call in tape.calls), model], 9)
    assert isinstance(scene, Graph)
    assert [node.shared for node in scene.nodes if node.layer] == [True, True, False]
    assert describe(scene).count("which is called more than once") == 2


def test_a_deep_stack_is_unrolled_without_its_middle() -> None:
    tape = Tape()
    x = tape.tensor(1, 3, 2)
    for _ in range(12):
        x = tape.recurrent(x, 4, "GRU", return_sequences=True).outputs[0]

    scene = unrolled(tape)
    assert [row.hidden for row in scene.rows] == [0, 10, 0]
    # What goes into the last layer is what came out of the last of those left out.
    below = tape.calls[10].steps[-1].output
    assert scene.rows[1].outputs[-1].values == tuple(below.values[0])
    assert lay_out(scene).height < 1000
