"""Hypothesis strategies for programs that call a recurrent layer in some way or other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
RETURNED = {"return_sequences": "True", "return_state": "True", "stateful": "True"}
"""What both halves of a bidirectional layer must agree on."""
LOOP = {
    **RETURNED,
    "unroll": "True",
    "zero_output_for_mask": "True",
    "activity_regularizer": "'l1'",
}
DTYPES = ("'float32'", "'float64'", "'mixed_float16'", "'mixed_bfloat16'")
MERGE_MODES = ("'concat'", "'sum'", "'mul'", "'ave'", "None")

OWN_CELL = """
@keras.saving.register_keras_serializable()
class Own(keras.layers.Layer):
    def __init__(self, units, counts=False, dtype=None):
        super().__init__(dtype=dtype)
        self.units, self.state_size = units, [units, units]
        self.counts, self.calls = counts, 0
    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), initializer="ones")
    def call(self, inputs, states, training=False):
        self.calls += 1
        fast, slow = states
        fast = keras.ops.tanh(inputs @ self.kernel + slow) * (0.5 if training else 1.0)
        fast = fast + (self.calls if self.counts else 0)
        return fast, [fast, 0.5 * (fast + slow)]
"""

SMALL_MODELS = (
    "keras.Sequential([Dense(3), Dropout(0.5), Dense(1)])",
    "keras.Model(i := Input(({features},)), Dropout(0.5)(Dense(2)(i)) + 1.0)",
)

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
        see(*[getattr(part, "calls", 0) for part in layer._flatten_layers()])
    except Exception as error:
        see(type(error).__name__, str(error))
see(*[(str(warning.message), warning.category.__name__) for warning in caught])
"""


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program that calls one layer, in one of the ways of `CALLS`."""
    batch, time, features = (draw(st.integers(1, most)) for most in (3, 4, 3))
    images = draw(st.integers(0, 7)) == 0
    states, layer = draw(_image_layers()) if images else draw(_layers(features))
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
def _layers(draw: st.DrawFn, features: int) -> tuple[list[Any], str]:
    """The widths of a layer's states, nested as it takes them, and its call."""
    kind = draw(st.integers(0, 6))
    dtype = draw(st.sampled_from(DTYPES))
    if kind == 0:
        inner = draw(st.sampled_from(["Dense(2)", *SMALL_MODELS])).format(features=features)
        return [], f"TimeDistributed({inner}, dtype={dtype})"
    if kind <= 2:
        return draw(_bidirectional(dtype))
    states, layer = draw(_recurrent(dtype, draw(st.integers(1, 4)), draw(_options(LOOP))))
    backwards = draw(st.sampled_from(["", ", go_backwards=True"]))
    return states, f"{layer}{backwards})"


@st.composite
def _bidirectional(draw: st.DrawFn, dtype: str) -> tuple[list[Any], str]:
    """As `_layers`: two halves of a kind, or each its own."""
    units, merge = draw(st.integers(1, 4)), draw(st.sampled_from(MERGE_MODES))
    alike = draw(st.booleans())
    loop = draw(_options(LOOP if alike else RETURNED))
    states, halves = draw(_recurrent(dtype, units, loop))
    if alike:
        return states * 2, f"Bidirectional({halves}), merge_mode={merge}, dtype={dtype})"
    others, backward = draw(_recurrent(dtype, units, loop))
    halves += f"), backward_layer={backward}, go_backwards=True"
    return states + others, f"Bidirectional({halves}), merge_mode={merge}, dtype={dtype})"


@st.composite
def _recurrent(draw: st.DrawFn, dtype: str, units: int, loop: str) -> tuple[list[Any], str]:
    """As `_layers`, with the call left open for more arguments."""
    kind = draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU", "cell", "list", "StackedRNNCells"]))
    loop = f"{loop}, dtype={dtype}"
    if kind in ("SimpleRNN", "LSTM", "GRU"):
        states = [units] * (2 if kind == "LSTM" else 1)
        return states, f"{kind}({units}{draw(_options(CELL))}{loop}"
    last = draw(_cells(dtype, units))
    if kind == "cell":
        return last[0], f"RNN({last[1]}{loop}"
    cells = [*draw(st.lists(_cells(dtype, 3), min_size=1, max_size=2)), last]
    stack = f"[{', '.join(cell for _, cell in cells)}]"
    stack = stack if kind == "list" else f"{kind}({stack})"
    return [widths for widths, _ in cells], f"RNN({stack}{loop}"


@st.composite
def _cells(draw: st.DrawFn, dtype: str, units: int) -> tuple[list[int], str]:
    """The widths of a cell's states, and its call."""
    kind = draw(st.sampled_from(["SimpleRNNCell", "LSTMCell", "GRUCell", "Own"]))
    own = {"counts": "True"}
    keras_own = CELL | ({"reset_after": "False"} if kind == "GRUCell" else {})
    options = draw(_options(own if kind == "Own" else keras_own))
    states = [units] * (2 if kind in ("LSTMCell", "Own") else 1)
    return states, f"{kind}({units}{options}, dtype={dtype})"


@st.composite
def _image_layers(draw: st.DrawFn) -> tuple[list[Any], str]:
    """As `_layers`, for ``(batch, time, width, channels)``."""
    if draw(st.booleans()):
        kinds = ["Conv1D(2, 2)", "LSTM(2, dropout=0.5)", "Bidirectional(GRU(2))", "RNN(Own(2))"]
        return [], f"TimeDistributed({draw(st.sampled_from(kinds))})"
    cell, loop = draw(_options(CELL)), draw(_options(LOOP))
    return [], f"ConvLSTM1D(2, 2, padding='same'{cell}{loop})"


@st.composite
def _options(draw: st.DrawFn, table: Mapping[str, str]) -> str:
    chosen = draw(st.lists(st.sampled_from(list(table)), unique=True, max_size=3))
    return "".join(f", {name}={table[name]}" for name in chosen)


@st.composite
def _arguments(draw: st.DrawFn, batch: int, time: int, states: list[Any]) -> str:
    """What a layer is called with besides its data."""
    arguments = draw(st.sampled_from(["", ", training=True", ", training=False"]))
    if draw(st.booleans()):
        arguments += f", mask=rng.random({(batch, time)}) < 0.6"
    if draw(st.booleans()) and states:
        arguments += f", initial_state={_tensors(batch, states)}"
    return arguments


def _tensors(batch: int, widths: Any) -> str:
    """A list of tensors, nested as their widths are."""
    if isinstance(widths, list):
        return f"[{', '.join(_tensors(batch, width) for width in widths)}]"
    return f"np.full({(batch, widths)}, 0.5, 'float32')"
