from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np
import pytest

from diagramgen.program import Block
from diagramgen.trace import LayerCall
from tests.recording.conftest import Record
from tests.recording.twice import run_alone, run_watched


def links(calls: list[LayerCall]) -> list[tuple[list[int | None], list[int | None]]]:
    return [([t.tensor for t in c.inputs], [t.tensor for t in c.outputs]) for c in calls]


def test_an_array_is_the_same_tensor_before_and_after_keras_converts_it(record: Record) -> None:
    session = record(
        "x = x.astype('float64')\nmodel = keras.Sequential([Dense(2), Dense(1)])\nmodel(x)"
    )
    model, first, second = session.calls
    assert [call.depth for call in session.calls] == [0, 1, 1]
    assert [call.parent for call in session.calls] == [None, model.number, model.number]
    assert (model.inputs[0].dtype, first.inputs[0].dtype) == ("float64", "float32")
    assert links(session.calls) == [([1], [2]), ([1], [3]), ([3], [2])]
    assert second.inputs[0].values == first.outputs[0].values


def test_tensors_are_followed_through_a_functional_model(record: Record) -> None:
    session = record(
        "a, b = Input((2,)), Input((2,))\n"
        "d = Dense(2)\n"
        "model = keras.Model([a, b], Add()([d(a), d(b)]))",
        "model([np.ones((1, 2)), np.ones((1, 2))])",
    )
    calls = list(session.recorded[1].calls)
    model, left, right, add = links(calls)
    assert [call.layer for call in calls] == ["Functional", "Dense", "Dense", "Add"]
    assert model[0] == [*left[0], *right[0]]
    assert left[0] != right[0]
    assert add[0] == [*left[1], *right[1]]
    assert add[1] == model[1]


def test_numbers_are_the_same_every_time_and_never_addresses(record: Record) -> None:
    code = "for _ in range(5):\n    y = LSTM(2)(x)\nz = GRU(2, return_state=True)(x)"
    first, second = record(code), record(code)
    assert links(first.calls) == links(second.calls)
    numbers = {n for pair in links(first.calls) for side in pair for n in side if n}
    assert numbers == set(range(1, len(numbers) + 1))
    assert [call.number for call in first.calls] == list(range(1, len(first.calls) + 1))


def test_of_a_call_that_a_loop_repeats_the_last_is_kept(record: Record) -> None:
    session = record("layer = LSTM(2)\nfor i in range(3):\n    y = layer(x * i)\nlayer(x)")
    repeated, other = session.calls
    assert repeated.outputs[0].values == rounded(session.namespace["y"])
    assert (repeated.line, other.line) == (3, 4)
    assert len(repeated.steps) == 3


def test_what_a_layer_calls_for_each_step_is_not_listed(record: Record) -> None:
    session = record(
        "inner = keras.Sequential([Dense(2), Dense(1)])\n"
        "TimeDistributed(inner)(x)\nRNN([LSTMCell(2), LSTMCell(2)])(x)"
    )
    assert [call.layer for call in session.calls] == ["TimeDistributed", "RNN"]


def test_kinds_and_configurations(record: Record) -> None:
    session = record(
        "LSTM(4, return_sequences=True)(x)\nBidirectional(GRU(2), merge_mode='sum')(x)\n"
        "TimeDistributed(Dense(3, activation='relu'))(x)\nkeras.Sequential([Dense(1)])(x)"
    )
    calls = {call.layer: call for call in session.calls if call.depth == 0}
    assert {layer: call.kind for layer, call in calls.items()} == {
        "LSTM": "recurrent",
        "Bidirectional": "bidirectional",
        "TimeDistributed": "time_distributed",
        "Sequential": "model",
    }
    assert calls["LSTM"].config["return_sequences"] is True
    assert calls["LSTM"].parameters == 4 * (2 + 4 + 1) * 4
    assert calls["Bidirectional"].config["merge_mode"] == "sum"
    assert calls["TimeDistributed"].config["layer.activation"] == "relu"
    assert msgspec.json.decode(msgspec.json.encode(session.recorded))


def test_cells_of_an_rnn(record: Record) -> None:
    stacked, own = record(
        "class Own(GRUCell): pass\n"
        "RNN([LSTMCell(4), GRUCell(3)], return_state=True)(x)\nRNN(Own(2))(x)"
    ).calls
    assert (stacked.wrapped, own.wrapped) == ("StackedRNNCells", "Own")
    assert own.config["cell.units"] == 2
    cells = [f"cell.cells[{i}]." for i in (0, 1)]
    assert [stacked.config[cell + "class_name"] for cell in cells] == ["LSTMCell", "GRUCell"]
    assert [stacked.config[cell + "units"] for cell in cells] == [4, 3]
    assert [state.shape for state in stacked.steps[0].states] == [(1, 4), (1, 4), (1, 3)]
    assert [state.values for state in stacked.final_states] == [
        output.values for output in stacked.outputs[1:]
    ]


def test_a_layer_that_does_not_say_its_configuration_is_recorded(record: Record) -> None:
    session = record(
        "class Mine(keras.layers.Layer):\n"
        "    def call(self, x): return x\n"
        "    def get_config(self): raise NotImplementedError\n"
        "Mine()(x)"
    )
    call = session.call("Mine")
    assert call.config == {}
    assert call.source is not None
    assert call.source.text == "Mine()"


def test_floats_are_the_shortest_decimals_of_their_dtype(record: Record) -> None:
    session = record(
        "ReLU()(np.array([0.1, 1 / 3, 1e20], 'float32'))\n"
        "ReLU(dtype='float16')(np.array([0.1], 'float16'))\n"
        "Identity()(np.array([np.nan, np.inf, -np.inf, -0.0], 'float32'))\n"
        "Embedding(9, 1)(np.array([7]))"
    )
    written = [msgspec.json.encode(call.inputs[0].values) for call in session.calls]
    assert written == [
        b"[0.1,0.33333334,1e20]",
        b"[0.1]",
        b'["nan","inf","-inf",-0.0]',
        b"[7]",
    ]


def test_long_axes_are_elided_and_images_have_no_values(record: Record) -> None:
    session = record(
        "Identity()(np.arange(40 * 20).reshape(40, 20))\nIdentity()(np.ones((1, 4, 4, 3)))"
    )
    table, image = (call.inputs[0] for call in session.calls)
    assert table.elided == (24, 4)
    assert np.shape(table.values) == (16, 16)
    assert (table.values[0][-1], table.values[-1][0]) == (19, 39 * 20)
    assert (image.shape, image.values) == ((1, 4, 4, 3), None)


@pytest.mark.parametrize("tail", ["", "\nGRU(2)(x)"])
def test_a_call_that_fails_is_recorded_without_outputs(record: Record, tail: str) -> None:
    code = f"try:\n    LSTM(2)(x[0])\nexcept ValueError:\n    pass{tail}"
    failed, *others = record(code).calls
    assert (failed.layer, failed.outputs, failed.steps) == ("LSTM", (), ())
    assert failed.inputs[0].shape == (3, 2)
    assert [call.depth for call in others] == [0] * len(others)


def test_calls_in_other_threads_are_left_alone(record: Record) -> None:
    session = record(
        "import threading\nt = threading.Thread(target=lambda: LSTM(2)(x))\nt.start()\nt.join()\n"
        "Dense(2)(x)"
    )
    assert [call.layer for call in session.calls] == ["Dense"]


def test_models_built_bit_by_bit_list_each_layer_once(record: Record) -> None:
    session = record(
        "model = keras.Sequential()\nmodel.add(Input((3, 2)))\n"
        "model.add(LSTM(2))\nmodel.add(Dense(1))"
    )
    assert [call.layer for call in session.calls if call.symbolic] == ["LSTM", "Dense"]
    assert session.drawn() is not None


def test_a_block_that_never_ends_well_leaves_the_next_one_whole(record: Record) -> None:
    session = record(Block("LSTM(2)(x)\nraise ValueError", raises="ValueError"), "GRU(2)(x)")
    assert [call.depth for call in session.calls] == [0, 0]
    assert [block.draw for block in session.recorded] == [1, 2]


def rounded(tensor: object) -> list[list[float]]:
    return [[float(str(value)) for value in row] for row in np.asarray(tensor)]


def test_an_input_made_later_is_not_said_to_have_given_the_shape(record: Record) -> None:
    session = record(
        "layer = GRU(3)\nlayer(x)", "keras.Sequential([keras.Input((7, 2)), layer, Dense(1)])"
    )
    assert session.recorded[0].calls[0].input_source is None


@pytest.mark.parametrize(
    ("layer", "cells"),
    [
        ("LSTM(4)", [("LSTMCell", ("h", "c"))]),
        ("RNN([LSTMCell(3), GRUCell(2)])", [("LSTMCell", ("h", "c")), ("GRUCell", ("h",))]),
        ("RNN([GRUCell(2)])", [("GRUCell", ("h",))]),
        ("RNN(Own())", [("Own", ("s¹", "s²"))]),
    ],
)
def test_a_recurrent_call_says_what_its_states_are(
    record: Record, layer: str, cells: list[tuple[str, tuple[str, ...]]]
) -> None:
    own = """
class Own(Layer):
    state_size = [2, 2]
    def call(self, inputs, states):
        return inputs, [inputs, states[0]]
"""
    session = record(f"{own}\n{layer}(x)")
    call = next(call for call in session.calls if call.kind == "recurrent")
    assert [(cell.layer, cell.states) for cell in call.cells] == cells
    assert sum(len(cell.states) for cell in call.cells) == len(call.final_states)


CARRIED = {
    "a stateful layer": "layer = GRU(2, stateful=True)\nfor t in range({}):\n    layer(x)",
    "states handed on": (
        "layer, states = LSTM(2, return_state=True), None\n"
        "for t in range({}):\n    _, *states = layer(x, initial_state=states)"
    ),
    "a model with a stateful layer": (
        "model = keras.Sequential([Input(batch_shape=(1, 3, 2)), GRU(2, stateful=True)])\n"
        "for t in range({}):\n    model(x)"
    ),
}


@pytest.mark.parametrize("code", CARRIED.values(), ids=CARRIED)
@pytest.mark.parametrize("rounds", [2, 5])
def test_a_loop_s_calls_that_go_on_with_each_other_s_states_are_kept(
    record: Record, code: str, rounds: int
) -> None:
    session = record(code.format(rounds))
    calls = [call for call in session.calls if call.kind == "recurrent" and call.final_states]
    assert len(calls) == min(rounds, 3)
    for before, after in pairwise(calls):
        assert [state.values for state in before.final_states] == [
            state.values for state in after.initial_states
        ]


DRAWN = """
import diagramgen
layer = LSTM(2, dropout=0.5)
see(diagramgen.draw(layer, x).caption)
model = keras.Sequential([Input((3, 2)), Bidirectional(GRU(2))])
see(diagramgen.draw(model).caption, layer(x, training=True), model(x))
see(sorted(vars(layer)), Dense(1).name, random.random())
"""


def test_a_page_may_draw_by_itself() -> None:
    watched = run_watched(DRAWN)
    assert watched.seen == run_alone(DRAWN)
    called = [call for call in watched.recorded[0].calls if not call.symbolic and not call.depth]
    assert [call.layer for call in called] == ["LSTM", "LSTM", "Sequential"]
    assert not any(call.example for call in called)


def test_what_a_page_draws_on_an_example_is_its_figure(record: Record) -> None:
    model = "import diagramgen\nmodel = keras.Sequential([Input((3, 2)), LSTM(2)])"
    session = record(model, "diagramgen.draw(model)")
    drawn = session.drawn()
    assert drawn is not None
    assert (drawn.layer, drawn.example) == ("Sequential", True)
