from __future__ import annotations

import numpy as np
import pytest

from diagramgen.program import Block
from tests.recording.conftest import Record


def test_a_model_without_data_is_run_on_an_example(record: Record) -> None:
    session = record("model = keras.Sequential([Input((3, 2)), LSTM(4), Dense(1)])")
    model = session.drawn()
    assert model is not None
    assert (model.layer, model.example, model.depth) == ("Sequential", True, 0)
    assert model.inputs[0].shape == (1, 3, 2)
    lstm, dense = session.call("LSTM"), session.call("Dense")
    assert (lstm.parent, dense.parent) == (model.number, model.number)
    assert lstm.inputs == model.inputs
    assert dense.inputs == lstm.outputs
    assert dense.outputs == model.outputs


def test_the_example_is_the_same_every_time(record: Record) -> None:
    code = "keras.Sequential([Input((3, 2)), LSTM(4)])"
    assert record(code).call("LSTM").inputs == record(code).call("LSTM").inputs


@pytest.mark.parametrize(("steps", "length"), [(None, 3), (5, 5)])
def test_an_open_time_axis_gets_as_many_steps_as_the_block_says(
    record: Record, steps: int | None, length: int
) -> None:
    block = Block("keras.Sequential([Input((None, 2)), LSTM(4)])", steps=steps)
    call = record(block).call("LSTM")
    assert call.inputs[0].shape == (1, length, 2)
    assert len(call.steps) == length


@pytest.mark.parametrize("dtype", ["'float32'", "'int32'"])
def test_an_embedding_gets_ids_that_it_knows(record: Record, dtype: str) -> None:
    code = (
        f"keras.Sequential([Input((40,), dtype={dtype}), Embedding(3, 2, mask_zero=True), GRU(2)])"
    )
    ids = np.array(record(code).call("Embedding").inputs[0].values)
    assert set(ids.ravel()) == {1, 2}


def test_only_the_input_of_the_embedding_gets_ids(record: Record) -> None:
    session = record(
        "ids, more = Input((3,)), Input((3, 2))\n"
        "both = Concatenate()([Embedding(9, 2)(ids), more])\n"
        "keras.Model([ids, more], LSTM(2)(both))"
    )
    model = session.drawn()
    assert model is not None
    ids, more = (np.array(spec.values) for spec in model.inputs)
    assert (ids == ids.astype(int)).all()
    assert not (more == more.astype(int)).all()


def test_a_model_is_drawn_as_it_stood_at_the_end_of_its_block(record: Record) -> None:
    session = record(
        "model = keras.Sequential([Input((3, 2)), LSTM(4)])",
        "model.add(Dense(1))\nmodel.set_weights([0 * w for w in model.get_weights()])",
    )
    first, second = session.drawn(0), session.drawn(1)
    assert first is not None
    assert second is not None
    assert (first.outputs[0].shape, second.outputs[0].shape) == ((1, 4), (1, 1))
    assert first.parameters < second.parameters
    before, after = (call for call in session.calls if call.layer == "LSTM" and call.example)
    assert np.any(before.outputs[0].values)
    assert not np.any(after.outputs[0].values)


@pytest.mark.parametrize(
    "method", ["fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch"]
)
def test_a_model_called_on_data_out_of_sight_is_run_on_its_first_row_with_its_weights_then(
    record: Record, method: str
) -> None:
    more = "" if "predict" in method else ", np.ones((2, 4))"
    session = record(
        "model = keras.Sequential([Input((3, 2)), LSTM(4)])\nmodel.compile('sgd', 'mse')",
        f"data = np.concatenate([x, -x])\nmodel.{method}(data{more})",
        "model.set_weights([0 * w for w in model.get_weights()])\nweights = model.get_weights()",
    )
    drawn = session.drawn(1)
    assert drawn is not None
    assert (drawn.example, drawn.given) == (False, method)
    assert np.array_equal(np.float32(drawn.inputs[0].values[0]), session.namespace["x"][0])
    assert np.any(drawn.outputs[0].values)
    now = session.namespace["model"].get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(now, session.namespace["weights"], strict=True))


@pytest.mark.parametrize(
    ("model", "given"),
    {
        "weights that changed": (
            "model = keras.Sequential([LSTM(4)])",
            "model.predict(x)\nmodel.set_weights([w + 1 for w in model.get_weights()])",
        ),
        "random numbers": (
            "model = keras.Sequential([Input((3, 2)), Lambda(noisy), LSTM(4)])",
            "model.predict(x)",
        ),
        "carried states": (
            "model = keras.Sequential([Input(batch_shape=(1, 3, 2)), LSTM(4, stateful=True)])",
            "model.predict(x)",
        ),
    }.values(),
)
def test_a_model_that_no_longer_returns_what_predict_did_takes_an_example(
    record: Record, model: str, given: str
) -> None:
    noisy = "noisy = lambda x: x + keras.random.normal(keras.ops.shape(x))"
    session = record(noisy, model, given)
    drawn = session.drawn()
    assert drawn is not None
    assert (drawn.example, drawn.given) == (True, "predict")
    assert not np.array_equal(np.float32(drawn.inputs[0].values[0]), session.namespace["x"][0])


@pytest.mark.parametrize(
    "given",
    [
        "((x,) for _ in range(9)), steps=2",
        "tf.data.Dataset.from_tensors(x)",
        "Rows()",
    ],
)
def test_what_would_be_used_up_is_not_looked_at(record: Record, given: str) -> None:
    session = record(
        "import tensorflow as tf\n"
        "class Rows(keras.utils.PyDataset):\n"
        "    __len__ = lambda self: 1\n"
        "    __getitem__ = lambda self, index: (x,)\n"
        "model = keras.Sequential([Input((None, 2)), LSTM(4)])\n"
        f"model.predict({given})"
    )
    drawn = session.drawn()
    assert drawn is not None
    assert (drawn.example, drawn.given) == (True, None)


@pytest.mark.parametrize(
    ("model", "given", "shapes"),
    [
        ("keras.Model([a, b], LSTM(2)(a + b))", "[x, tf.constant(x)]", [(1, 3, 2)] * 2),
        ("keras.Model({'a': a, 'b': b}, LSTM(2)(a))", "{'a': x, 'b': x}", [(1, 3, 2)] * 2),
        ("keras.Model(a, [LSTM(2)(a), a])", "x.astype('float64')", [(1, 3, 2)]),
        ("keras.Sequential([LSTM(4, stateful=True)])", "x[:, :0]", None),
        ("keras.Sequential([LSTM(4)])", "np.repeat(x, 9, 1)", [(1, 27, 2)]),
    ],
)
def test_what_a_model_can_be_given(
    record: Record, model: str, given: str, shapes: list[tuple[int, ...]] | None
) -> None:
    session = record(
        "import tensorflow as tf\n"
        "a, b = Input((3, 2), name='a'), Input((3, 2), name='b')\n"
        f"model = {model}\n"
        f"try: model.predict({given})\n"
        "except Exception: pass"
    )
    drawn = session.drawn()
    if shapes is None:
        assert drawn is None or not drawn.given
        return
    assert drawn is not None
    assert (drawn.example, drawn.given) == (False, "predict")
    assert [spec.shape for spec in drawn.inputs] == shapes
    assert {spec.dtype for spec in drawn.inputs} == {"float32"}


def test_a_batch_of_fixed_size_is_run_whole(record: Record) -> None:
    session = record(
        "model = keras.Sequential([Input(batch_shape=(2, 3, 2)), GRU(4)])\n"
        "model.predict(np.concatenate([x, x, -x, -x]), batch_size=2)"
    )
    drawn = session.drawn()
    assert drawn is not None
    assert (drawn.given, drawn.inputs[0].shape) == ("predict", (2, 3, 2))


def test_a_model_that_takes_its_data_apart_gets_an_example(record: Record) -> None:
    session = record(
        "class Own(keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.inner = LSTM(2)\n"
        "    def call(self, x):\n"
        "        return self.inner(x)\n"
        "    def test_step(self, data):\n"
        "        return {'loss': keras.ops.sum(self(data[0]['inner']))}\n"
        "model = Own()\n"
        "model.compile('sgd', 'mse')\n"
        "model.evaluate({'inner': x}, np.ones(1), verbose=0)"
    )
    drawn = session.drawn()
    assert drawn is not None
    assert (drawn.layer, drawn.example, drawn.given) == ("Own", True, None)


def test_layers_between_symbolic_tensors_are_drawn_as_a_chain(record: Record) -> None:
    session = record("i = Input((3, 2))\no = Dense(2)(LSTM(4, return_sequences=True)(i))")
    drawn = session.drawn()
    assert drawn is not None
    assert [c.layer for c in session.calls if c.parent == drawn.number] == ["LSTM", "Dense"]


def test_a_layer_that_fails_on_the_example_is_named_in_a_note(record: Record) -> None:
    session = record(
        "class Odd(keras.layers.Layer):\n"
        "    def call(self, x):\n"
        "        return x\n"
        "model = keras.Sequential([Input((3, 2)), LSTM(4), Odd()])\n"
        "Odd.call = None\n"
        "model.layers[1].call = lambda x: 1 / 0"
    )
    (block,) = session.recorded
    assert block.draw is None
    assert block.note is not None
    assert "example could not be run" in block.note


def test_what_an_example_prints_is_not_seen(
    record: Record, capfd: pytest.CaptureFixture[str]
) -> None:
    record(
        "import os, warnings\n"
        "class Loud(keras.layers.Layer):\n"
        "    def call(self, x):\n"
        "        if keras.ops.is_tensor(x) and hasattr(x, 'numpy'):\n"
        "            print('loud'); warnings.warn('loud')\n"
        "            os.write(1, b'loud'); os.write(2, b'loud')\n"
        "        return x\n"
        "model = keras.Sequential([Input((3, 2)), LSTM(4), Loud()])"
    )
    assert "loud" not in "".join(capfd.readouterr())
