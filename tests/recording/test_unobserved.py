"""A program can't tell that it is watched."""

from __future__ import annotations

import keras
import pytest

from diagramgen.program import Block
from diagramgen.recording import Recorder
from tests.recording.twice import run_alone, run_watched

PROGRAMS = {
    "outputs, states and weights": """
layer = LSTM(4, return_state=True)
see(*layer(x), *layer.get_weights(), layer.name, layer.count_params())
see(keras.random.normal((3,)), random.random(), np.random.rand())
""",
    "dropout, random draws and moving averages": """
model = keras.Sequential([GRU(4, dropout=0.3, recurrent_dropout=0.3), BatchNormalization()])
for _ in range(3):
    see(model(x, training=True))
see(*[v for v in model.variables], keras.random.normal((3,)), Dropout(0.5)(x, training=True))
""",
    "losses": """
layer = SimpleRNN(4, activity_regularizer="l2", kernel_regularizer="l1")
layer(x)
see(len(layer.losses), *layer.losses)
""",
    "states carried from call to call": """
layer = GRU(4, stateful=True)
see(layer(x), layer(x), *layer.states)
""",
    "training": """
model = keras.Sequential([Input((3, 2)), LSTM(4, dropout=0.2), Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
history = model.fit(x, y, epochs=2, batch_size=2, verbose=0)
see(history.history["loss"], model.predict(x, verbose=0), *model.get_weights())
see(model.evaluate(x, y, verbose=0))
""",
    "fit, as the program knows it": """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = Dense(1)

    def call(self, x):
        return self.inner(Flatten()(x))

    def fit(self, *args, **kwargs):
        see("fit", len(args))
        return super().fit(*args, **kwargs)

class Ends(keras.callbacks.Callback):
    def on_train_end(self, logs):
        see(sorted(logs), len(inspect.stack()) - depth)

model, depth = Own(), len(inspect.stack())
model.compile("sgd", "mse")
history = model.fit(x, y, epochs=2, verbose=0)
see(history.history["loss"], history.epoch, history.model is model, model.history is history)
see(str(inspect.signature(model.fit)), model.fit.__name__, sorted(set(vars(model))))
see(str(inspect.signature(keras.Model.fit)), "fit" in vars(keras.Model))
try:
    Own().fit(x)
except ValueError as error:
    see(str(error))
""",
    "data given to a model": """
class Rows(keras.utils.PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return x[index:], y[index:]

def batches():
    for size in itertools.cycle([4, 3, 2, 1]):
        yield x[:size], y[:size]

model = keras.Sequential([Input((3, 2)), LSTM(4, dropout=0.2), Dropout(0.3), Dense(1)])
model.compile("adam", "mse")
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(2).shuffle(2)
for given in (lambda: data, Rows, batches):
    see(*model.fit(given(), steps_per_epoch=2, shuffle=False, verbose=0).history["loss"])
    see(model.evaluate(given(), steps=2, verbose=0), model.predict(given(), steps=2, verbose=0))
see(model.predict(tf.constant(x), verbose=0), model.predict(x=x, verbose=0))
see(model.train_on_batch(x, y), model.test_on_batch(x, y), model.predict_on_batch(x))
see(*model.get_weights(), keras.random.normal((2,)), np.random.rand(), sorted(set(vars(model))))
for name in ("evaluate", "predict", "train_on_batch", "predict_on_batch"):
    see(str(inspect.signature(getattr(keras.Model, name))), name in vars(keras.Model))
for wrong in (None, [], 3, "text", np.float32(1), [[[0.1, 0.2]]], np.ones((0, 3, 2))):
    try:
        model.predict(wrong, verbose=0)
    except Exception as error:
        see(type(error).__name__, str(error))
""",
    "names": """
keras.Sequential([Input((3, 2)), LSTM(4), Dense(1)])
inputs = Input((3, 2))
model = keras.Model(inputs, Bidirectional(GRU(2))(inputs))
see(*[layer.name for layer in model.layers], model.name, Dense(1).name, LSTM(1).name)
""",
    "models left for an example": """
inputs = Input((3, 2))
out = LSTM(4)(inputs)
see(keras.Model(inputs, Dense(1)(out)).name)
""",
    "functions traced by TensorFlow": """
class Branching(keras.layers.Layer):
    def call(self, x):
        if tf.reduce_sum(x) > 0:
            return x
        return x - 1

layer, rnn = Branching(), SimpleRNN(2)

@tf.function
def run(x):
    return layer(x), rnn(x)

try:
    see(*run(tf.constant(x)), *run(tf.constant(x) + 3))
except Exception as error:
    see(type(error).__name__)
see(run.experimental_get_tracing_count())
""",
    "gradients": """
layer = LSTM(2)
layer.build((None, 3, 2))
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(layer(x))
see(*tape.gradient(loss, layer.trainable_weights), len(tape.watched_variables()))
""",
    "warnings": """
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    Flatten()(Embedding(5, 2, mask_zero=True)(np.array([[1, 2, 0]])))
    SimpleRNN(2, input_shape=(3, 2))
see(*[(str(w.message), w.filename, w.lineno) for w in caught])
""",
    "errors": """
try:
    LSTM(4)(np.ones((2, 3)))
except ValueError as error:
    see(str(error), type(error).__name__)
try:
    keras.Sequential([Input((3, 2)), SimpleRNN(4), SimpleRNN(4)])
except ValueError as error:
    see(str(error))
see(SimpleRNN(2)(x))
""",
    "signatures and attributes": """
class Mine(LSTM):
    def inner_loop(self, *args, **kwargs):
        return super().inner_loop(*args, **kwargs)

layer = Mine(3)
layer(x)
see(str(inspect.signature(layer.__call__)), str(inspect.signature(keras.layers.LSTM)))
see(sorted(vars(layer)), layer.__call__.__doc__, layer.__call__.__name__, layer.get_config())
""",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_program_runs_as_if_nobody_watched(program: str) -> None:
    alone = run_alone(program)
    assert alone == run_watched(program).seen
    assert alone


NOISY = """
class Noisy(keras.layers.Layer):
    def call(self, x):
        if isinstance(x, tf.Tensor) and tf.executing_eagerly():
            random.random(), np.random.rand(), Dense(1), keras.random.normal((1,))
        return x

keras.Sequential([Input((3, 2)), LSTM(2), Noisy()])
"""

FINISHED = {
    "weights, dropout and moving averages": (
        """
model = keras.Sequential([Input((None,)), Embedding(9, 2), GRU(4, dropout=0.5)])
model(np.array([[1, 2]]), training=True)
layer = SimpleRNN(4, recurrent_dropout=0.5)
layer(np.ones((4, 120, 2)), training=True)
layer.set_weights([w + 1 for w in layer.get_weights()])
""",
        "unused = keras.Sequential([Input((3, 2)), LSTM(2, dropout=0.5), BatchNormalization()])",
        "see(*[v for m in (model, layer, unused) for v in m.variables], layer(x, training=True))",
    ),
    "carried states": (
        "layer = GRU(4, stateful=True)\nkeras.Sequential([Input(batch_shape=(4, 3, 2)), layer])",
        "layer(x)",
        "see(*layer.states, layer(x))",
    ),
    "losses": (
        "layer = GRU(4, activity_regularizer='l2')\nkeras.Sequential([Input((3, 2)), layer])",
        "layer(x)",
        "see(*layer.losses)",
    ),
    "losses of a cell": (
        """
class Costly(SimpleRNNCell):
    def call(self, inputs, states, training=False):
        self.add_loss(keras.ops.sum(inputs))
        return super().call(inputs, states)

layer = RNN(Costly(2))
""",
        "layer(np.ones((1, 120, 2)))",
        "see(len(layer.losses), *layer.losses)",
    ),
    "random draws": (
        "keras.random.normal((1,))",
        NOISY,
        "see(random.random(), np.random.rand(), keras.random.normal((2,)))",
    ),
    "a first random draw": (NOISY, "see(keras.random.normal((2,)))"),
    "names": (NOISY, "see(Dense(1).name, LSTM(1).name)"),
    "settings of TensorFlow": (
        "LSTM(2)(np.ones((1, 120, 2)))",
        "see(tf.config.optimizer.get_experimental_options(), tf.config.functions_run_eagerly())",
    ),
}


@pytest.mark.parametrize("blocks", FINISHED.values(), ids=FINISHED.keys())
def test_finishing_leaves_layers_and_random_numbers_alone(blocks: tuple[str, ...]) -> None:
    """A notebook goes on after its figure is drawn."""
    *before, afterwards = blocks
    assert run_alone("\n".join(blocks)) == run_watched(*before, afterwards=afterwards).seen


def test_keras_is_as_it_was_when_a_block_has_ended() -> None:
    before = {cls: dict(vars(cls)) for cls in watched_classes()}
    run_watched("LSTM(2)(x)\n")
    assert {cls: dict(vars(cls)) for cls in watched_classes()} == before


def test_keras_is_as_it_was_when_a_session_is_broken_off() -> None:
    before = {cls: dict(vars(cls)) for cls in watched_classes()}
    with Recorder() as recorder:
        recorder.begin(Block("x"), "<block>")
        assert dict(vars(keras.Layer)) != before[keras.Layer]
    assert {cls: dict(vars(cls)) for cls in watched_classes()} == before


def watched_classes() -> list[type]:
    layers = keras.layers
    trainers = [cls for cls in keras.Model.__mro__ if "fit" in vars(cls)]
    return [
        *trainers,
        keras.Layer,
        keras.Model,
        layers.RNN,
        layers.SimpleRNN,
        layers.LSTM,
        layers.GRU,
    ]
