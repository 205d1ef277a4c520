from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.recording.conftest import Record

LAYERS = ("SimpleRNN", "LSTM", "GRU")
OPTIONS = list(itertools.product(LAYERS, (False, True), (False, True), (1, 3)))


@pytest.mark.parametrize(("layer", "sequences", "states", "batch"), OPTIONS)
def test_the_steps_lead_to_what_keras_returned(
    record: Record, layer: str, sequences: bool, states: bool, batch: int
) -> None:
    session = record(
        f"x = np.repeat(x, {batch}, axis=0) * np.arange(1, {batch} + 1).reshape(-1, 1, 1)\n"
        f"layer = {layer}(4, return_sequences={sequences}, return_state={states})\n"
        "returned = layer(x)\n"
        f"output, *final = returned if {states} else [returned]\n"
    )
    call = session.call(layer)
    output = np.asarray(session.namespace["output"])
    assert call.note is None
    assert [step.t for step in call.steps] == [0, 1, 2]
    assert equal(call.outputs[0].values, output)
    for t, step in enumerate(call.steps):
        assert equal(step.input.values, session.namespace["x"].astype("float32")[:, t])
        assert step.states_before == (call.steps[t - 1].states if t else call.initial_states)
        if sequences:
            assert equal(step.output.values, output[:, t])
    if not sequences:
        assert equal(call.steps[-1].output.values, output)
    assert call.steps[-1].states == call.final_states
    assert len(call.final_states) == (2 if layer == "LSTM" else 1)
    for kept, final in zip(call.final_states, session.namespace["final"], strict=False):
        assert equal(kept.values, final)


WAYS = {
    "sequential": "model = keras.Sequential([Input((3, 2)), {stack}])\nmodel(x)",
    "sequential without input": "model = keras.Sequential([{stack}])\nmodel(x)",
    "functional": "i = o = Input((3, 2))\nfor l in [{stack}]: o = l(o)\nkeras.Model(i, o)(x)",
    "directly": "for l in [{stack}]: x = l(x)",
    "tensor": "x = keras.ops.convert_to_tensor(x)\nfor l in [{stack}]: x = l(x)",
    "example": "model = keras.Sequential([Input((3, 2)), {stack}])",
    "predict": "model = keras.Sequential([Input((3, 2)), {stack}])\nmodel.predict(x, verbose=0)",
}
STACK = (
    "SimpleRNN(4, return_sequences=True), LSTM(3, return_sequences=True), "
    "GRU(2, return_sequences=True), TimeDistributed(Dense(2))"
)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_stack_is_replayed_however_it_is_called(record: Record, way: str) -> None:
    session = record(way.format(stack=STACK))
    recurrent = [session.call(layer) for layer in LAYERS]
    assert [len(call.steps) for call in recurrent] == [3, 3, 3]
    for lower, upper in itertools.pairwise(recurrent):
        assert upper.inputs[0].tensor == lower.outputs[0].tensor
        assert [step.input for step in upper.steps] == [step.output for step in lower.steps]
    top = session.call("TimeDistributed")
    assert top.inputs[0].tensor == recurrent[-1].outputs[0].tensor
    assert top.depth == recurrent[0].depth


UNUSUAL = {
    "initial state": "LSTM(4)(x, initial_state=[np.ones((1, 4)), np.zeros((1, 4))])",
    "more states than needed": "GRU(4)(x, initial_state=[np.ones((1, 4)), np.zeros((1, 4))])",
    "backwards": "GRU(4, go_backwards=True, return_sequences=True)(x)",
    "unrolled": "SimpleRNN(4, unroll=True)(x)",
    "mask": "LSTM(4, return_sequences=True)(x, mask=np.array([[True, False, True]]))",
    "mask behind": "GRU(4)(x, mask=np.array([[True, True, False]]))",
    "zeros for mask": "LSTM(4, zero_output_for_mask=True)(x, mask=np.array([[True, True, False]]))",
    "dropout off": "LSTM(4, dropout=0.5, recurrent_dropout=0.5)(x)",
    "dropout on": "GRU(4, dropout=0.5, recurrent_dropout=0.5)(x, training=True)",
    "stacked cells": "RNN(StackedRNNCells([LSTMCell(4), GRUCell(3)]), return_sequences=True)(x)",
    "stateful": "l = SimpleRNN(4, stateful=True)\nl(x)\nl(x)\nl.reset_state()",
    "half precision": "LSTM(4, dtype='mixed_float16')(x)",
    "half precision around the cell": "RNN(LSTMCell(4, dtype='float32'), dtype='mixed_float16')(x)",
    "trained afterwards": "l = GRU(4)\nl(x)\nl.set_weights([w * 0 for w in l.get_weights()])",
    "images": "ConvLSTM1D(2, 1)(np.ones((1, 3, 4, 2)))",
    "images with a mask": "ConvLSTM1D(2, 1)(Masking()(np.eye(4)[None, :3, :, None]))",
}


@pytest.mark.parametrize("code", UNUSUAL.values(), ids=UNUSUAL.keys())
def test_unusual_layers_are_replayed(record: Record, code: str) -> None:
    calls = [call for call in record(code).calls if call.kind == "recurrent"]
    assert all(len(call.steps) == 3 and call.note is None for call in calls)
    assert calls


def test_backwards_steps_bear_the_time_of_their_input(record: Record) -> None:
    call = record("GRU(4, go_backwards=True, return_sequences=True)(x)").call("GRU")
    assert call.steps[2].states_before == call.initial_states
    assert call.steps[0].states == call.final_states
    assert call.steps[0].output.values == [call.outputs[0].values[0][2]]


def test_states_are_carried_over_masked_steps(record: Record) -> None:
    call = record("LSTM(4)(x, mask=np.array([[True, False, True]]))").call("LSTM")
    assert [step.masked for step in call.steps] == [False, True, False]
    assert call.steps[1].states == call.steps[0].states
    assert call.mask is not None
    assert call.mask.values == [[True, False, True]]


def test_both_halves_of_a_bidirectional_layer_are_replayed(record: Record) -> None:
    session = record("Bidirectional(LSTM(4, return_sequences=True))(x)")
    whole, forward, backward = session.calls
    assert (forward.parent, backward.parent) == (whole.number, whole.number)
    assert forward.steps[2].states == forward.final_states
    assert backward.steps[0].states == backward.final_states
    joined = [
        f.output.values[0] + b.output.values[0]
        for f, b in zip(forward.steps, backward.steps, strict=True)
    ]
    assert whole.outputs[0].values == [joined]


SABOTAGE = """
class Odd(keras.layers.SimpleRNNCell):
    calls = 0
    def call(self, inputs, states, training=False):
        Odd.calls += 1
        output, states = super().call(inputs, states)
        return output + float(Odd.calls), states
layer = RNN(Odd(4), return_sequences=True)
"""
LAST_LONGER = SABOTAGE + "layer(np.ones((1, 120, 2)))\n"


def test_the_steps_of_a_cell_that_never_answers_the_same_are_those_that_it_took(
    record: Record,
) -> None:
    call = record(SABOTAGE + "layer(x)").call("RNN")
    assert call.note is None
    assert [step.output.values for step in call.steps] == [
        [row] for row in call.outputs[0].values[0]
    ]


REUSED = """
class Reusing(keras.layers.SimpleRNNCell):
    memory = np.zeros((1, 2), "float32")
    def call(self, inputs, states, training=False):
        output, states = super().call(inputs, states)
        self.memory[:] = output
        seen.append(output)
        return self.memory, states
seen = []
RNN(Reusing(2))(x)
"""


def test_a_cell_may_write_its_outputs_into_one_array(record: Record) -> None:
    session = record(REUSED)
    *_, first, second, third = session.namespace["seen"]
    drawn = [step.output.values for step in session.call("RNN").steps]
    assert equal(drawn, np.stack([first, second, third]))


OWN_LOOP = """
import tensorflow as tf
class Own(SimpleRNN):
    def inner_loop(self, sequences, initial_state, mask, training=False):
        return {loop}
Own(4)(x[:, :{steps}])
"""
ARGUMENTS = "initial_state, mask, training"


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_loop_that_an_author_has_traced_is_stepped_again(record: Record, steps: int) -> None:
    loop = f"tf.function(super().inner_loop)(sequences, {ARGUMENTS})"
    call = record(OWN_LOOP.format(loop=loop, steps=steps)).call("Own")
    assert (len(call.steps), call.note) == (steps, None)


def test_a_loop_that_gives_the_cell_something_else_gets_no_steps(record: Record) -> None:
    loop = f"super().inner_loop(sequences[:, ::-1], {ARGUMENTS})"
    call = record(OWN_LOOP.format(loop=loop, steps=3)).call("Own")
    assert call.steps == ()
    assert call.note is not None
    assert "other numbers than Keras" in call.note
    assert not call.unverified


def test_a_cell_that_has_to_be_stepped_again_and_answers_otherwise_gets_no_steps(
    record: Record,
) -> None:
    call = record(LAST_LONGER).call("RNN")
    assert call.steps == ()
    assert call.note is not None
    assert "other numbers than Keras" in call.note


def test_a_cell_that_fails_when_it_is_stepped_gets_no_steps(record: Record) -> None:
    code = LAST_LONGER.replace("return output + float(Odd.calls)", "return output")
    call = record(code + "Odd.call = None").call("RNN")
    assert call.steps == ()
    assert call.note is not None
    assert "failed" in call.note


def test_the_steps_of_a_long_sequence_are_the_first_ones_and_the_last(record: Record) -> None:
    call = record("LSTM(40)(np.ones((1, 30, 2)))").call("LSTM")
    assert [step.t for step in call.steps] == [*range(15), 29]
    assert call.steps[0].output.elided == (0, 24)
    assert len(call.steps[0].output.values[0]) == 16


LONG = {
    "SimpleRNN": "SimpleRNN(4, return_sequences=True)(long)",
    "LSTM": "LSTM(4, return_sequences=True)(long)",
    "GRU": "GRU(4, return_sequences=True)(long)",
    "backwards with a mask": "GRU(4, return_sequences=True, go_backwards=True)(long, mask=mask)",
    "zeros for mask": "LSTM(4, return_sequences=True, zero_output_for_mask=True)(long, mask=mask)",
    "stacked cells": "RNN([LSTMCell(4), GRUCell(3)], return_sequences=True)(long)",
    "dropout on": "GRU(4, dropout=0.5, recurrent_dropout=0.5)(long, training=True)",
    "half precision": "LSTM(4, dtype='mixed_float16')(long)",
    "operations that TensorFlow would fuse": "LSTM(4, activation='hard_sigmoid')(long)",
    "images": "ConvLSTM2D(2, 1, dropout=0.2)(np.ones((1, 120, 2, 2, 1)), training=True)",
    "a cell that can't be compiled": """class Cell(SimpleRNNCell):
    def call(self, inputs, states, training=False):
        output, states = super().call(inputs, states)
        return output * float(np.sum(inputs)), states
RNN(Cell(4))(long)""",
}


@pytest.mark.parametrize("code", LONG.values(), ids=LONG.keys())
def test_long_sequences_are_replayed(record: Record, code: str) -> None:
    (call,) = record(
        "rng = np.random.default_rng(3)\nlong = rng.normal(size=(2, 120, 2)).astype('float32')\n"
        "mask = rng.random((2, 120)) < 0.7\n" + code
    ).calls
    assert call.note is None
    assert [step.t for step in call.steps] == [*range(15), 119]
    if "return_sequences" in code:
        returned = call.outputs[0].values
        drawn = [[step.output.values[row] for step in call.steps] for row in (0, 1)]
        backwards = "go_backwards" in code
        assert [row[-1] for row in returned] == [row[0 if backwards else -1] for row in drawn]


@pytest.mark.parametrize("options", ["", ", unroll=True"])
@pytest.mark.parametrize("length", [100, 101, 102])
def test_steps_are_taken_or_stepped_again_but_never_shifted(
    record: Record, length: int, options: str
) -> None:
    session = record(f"GRU(2{options})(np.random.default_rng(3).normal(size=(1, {length}, 2)))")
    assert session.call("GRU").note is None


def equal(values: object, tensor: object) -> bool:
    return np.array_equal(np.asarray(values, np.float32), np.asarray(tensor))


def test_states_that_a_cell_does_not_have_are_passed_over_as_keras_does(record: Record) -> None:
    session = record(
        "_, h, c = LSTM(4, return_state=True)(x)\noutput = GRU(4)(x, initial_state=[h, c])"
    )
    call = session.call("GRU")
    assert call.note is None
    assert len(call.initial_states) == 1
    assert equal(call.steps[-1].output.values, np.asarray(session.namespace["output"]))
