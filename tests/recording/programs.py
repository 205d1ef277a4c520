"""Hypothesis strategies for programs that call a recurrent layer in some way or other."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

CELL = {
    "activation": "'relu'",
    "use_bias": "False",
    "bias_initializer": "'random_normal'",
    "kernel_regularizer": "'l2'",
    "dropout": "0.4",
    "recurrent_dropout": "0.3",
    "seed": "7",
}
LOOP = {
    "return_sequences": "True",
    "return_state": "True",
    "stateful": "True",
    "unroll": "True",
    "zero_output_for_mask": "True",
    "activity_regularizer": "'l1'",
}
DTYPES = ("'float32'", "'float64'", "'mixed_float16'", "'mixed_bfloat16'")
MERGE_MODES = ("'concat'", "'sum'", "'mul'", "'ave'", "None")

OWN_CELL = """
@keras.saving.register_keras_serializable()
class Own(keras.layers.Layer):
    def __init__(self, units, dtype=None):
        super().__init__(dtype=dtype)
        self.units, self.state_size = units, [units, units]
    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), initializer="ones")
    def call(self, inputs, states, training=False):
        fast, slow = states
        fast = keras.ops.tanh(inputs @ self.kernel + slow) * (0.5 if training else 1.0)
        return fast, [fast, 0.5 * (fast + slow)]
"""

CALLS = {
    "directly": "returned = layer(data{arguments})",
    "twice": "returned = [layer(data{arguments}), layer(data{arguments})]",
    "in a tape": "with tf.GradientTape() as tape:\n    returned = layer(data{arguments})\n"
    "see(*tape.watched_variables())",
    "in a function": "returned = tf.function(lambda x: layer(x{arguments}))(data)",
    "in a Sequential": "returned = keras.Sequential([layer])(data)",
    "behind a mask": "data[:, 1:2] = 0\nreturned = keras.Sequential([Masking(), layer])(data)",
    "in a functional model": "i = Input(batch_shape=data.shape)\n"
    "returned = keras.Model(i, layer(i))(data)",
    "not on data": "keras.Sequential([Input(batch_shape=data.shape), layer])\nreturned = []",
    "to predict": "model = keras.Sequential([Input(batch_shape=data.shape), layer])\n"
    "returned = model.predict(data, batch_size=len(data), verbose=0)",
    "to fit": "model = keras.Sequential([Input(batch_shape=data.shape), layer])\n"
    "model.compile('sgd', 'mse')\n"
    "target = np.zeros(model.output_shape)\n"
    "history = model.fit(data, target, batch_size=len(data), verbose=0)\n"
    "returned = [*history.history['loss'], *model.get_weights()]",
    "to evaluate": "model = keras.Sequential([Input(batch_shape=data.shape), layer])\n"
    "model.compile('sgd', 'mse')\n"
    "target = np.zeros(model.output_shape)\n"
    "returned = model.evaluate(data, target, batch_size=len(data), verbose=0)",
}

PROGRAM = """{own}
rng = np.random.default_rng({seed})
data = rng.normal(size={shape}).astype("float32")
layer = Identity()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:
        layer = {layer}
        {call}
        see(*keras.tree.flatten(returned), *layer.losses)
    except Exception as error:
        see(type(error).__name__, str(error))
see(*[(str(warning.message), warning.category.__name__) for warning in caught])
"""


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program that calls one layer, in one of the ways of `CALLS`."""
    batch, time, features = (draw(st.integers(1, most)) for most in (3, 4, 3))
    images = draw(st.integers(0, 7)) == 0
    states, layer = draw(_image_layers()) if images else draw(_layers())
    call = draw(st.sampled_from(list(CALLS.values())))
    call = call.format(arguments=draw(_arguments(batch, time, states)))
    return PROGRAM.format(
        own=OWN_CELL if "Own(" in layer else "",
        seed=draw(st.integers(0, 9)),
        shape=(batch, time, 2, features) if images else (batch, time, features),
        layer=layer,
        call=call.replace("\n", "\n        "),
    )


@st.composite
def _layers(draw: st.DrawFn) -> tuple[list[int], str]:
    """The widths of a layer's states, and its call."""
    kind = draw(st.integers(0, 6))
    dtype = draw(st.sampled_from(DTYPES))
    if kind == 0:
        inner = draw(st.sampled_from(["Dense(2)", "keras.Sequential([Dense(3), Dense(1)])"]))
        return [], f"TimeDistributed({inner}, dtype={dtype})"
    states, layer = draw(_recurrent(dtype))
    if kind == 1:
        merge = draw(st.sampled_from(MERGE_MODES))
        return states * 2, f"Bidirectional({layer}), merge_mode={merge}, dtype={dtype})"
    backwards = draw(st.sampled_from(["", ", go_backwards=True"]))
    return states, f"{layer}{backwards})"


@st.composite
def _recurrent(draw: st.DrawFn, dtype: str) -> tuple[list[int], str]:
    """As `_layers`, with the call left open for more arguments."""
    kind = draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU", "RNN", "stack", "Own"]))
    units = draw(st.integers(1, 4))
    states = [units] * (2 if kind in ("LSTM", "Own") else 1)
    cell, loop = draw(_options(CELL)), f"{draw(_options(LOOP))}, dtype={dtype}"
    match kind:
        case "RNN":
            text = f"RNN(GRUCell({units}{cell}, reset_after=False, dtype={dtype}){loop}"
        case "stack":
            states = []
            cells = f"LSTMCell({units}{cell}, dtype={dtype}), SimpleRNNCell(3, dtype={dtype})"
            text = f"RNN([{cells}]{loop}"
        case "Own":
            text = f"RNN(Own({units}, dtype={dtype}){loop}"
        case _:
            text = f"{kind}({units}{cell}{loop}"
    return states, text


@st.composite
def _image_layers(draw: st.DrawFn) -> tuple[list[int], str]:
    """As `_layers`, for ``(batch, time, width, channels)``."""
    if draw(st.booleans()):
        return [], "TimeDistributed(Conv1D(2, 2))"
    cell, loop = draw(_options(CELL)), draw(_options(LOOP))
    return [], f"ConvLSTM1D(2, 2, padding='same'{cell}{loop})"


@st.composite
def _options(draw: st.DrawFn, table: Mapping[str, str]) -> str:
    chosen = draw(st.lists(st.sampled_from(list(table)), unique=True, max_size=3))
    return "".join(f", {name}={table[name]}" for name in chosen)


@st.composite
def _arguments(draw: st.DrawFn, batch: int, time: int, states: list[int]) -> str:
    """What a layer is called with besides its data."""
    arguments = draw(st.sampled_from(["", ", training=True", ", training=False"]))
    if draw(st.booleans()):
        arguments += f", mask=rng.random({(batch, time)}) < 0.6"
    if draw(st.booleans()) and states:
        tensors = [f"np.full({(batch, units)}, 0.5, 'float32')" for units in states]
        arguments += f", initial_state=[{', '.join(tensors)}]"
    return arguments
