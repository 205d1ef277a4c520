"""The guide that every contender builds: pages of five blocks, no two pages with the same code."""

from __future__ import annotations

from pathlib import Path

_PAGE = """\
# Page {number}

A layer that reads a sentence word by word, in five ways.

## SimpleRNN

The hidden state after the last word is what comes out.

```python
import keras
import numpy as np

keras.utils.set_random_seed({number})
sentence = np.random.normal(size=(1, 3, 2)).astype("float32")

simple = keras.layers.SimpleRNN(4)
print(simple(sentence).shape)
```

## LSTM

Beside the hidden state, a cell state goes from word to word.

```python
lstm = keras.layers.LSTM(4, return_sequences=True)
print(lstm(sentence).shape)
```

## GRU

Its gates decide how much of the old state stays.

```python
gru = keras.layers.GRU(4)
print(gru(sentence).shape)
```

## TimeDistributed

The same `Dense` layer, once for each word.

```python
model = keras.Sequential([
    keras.Input((3, 2)),
    keras.layers.SimpleRNN(4, return_sequences=True),
    keras.layers.TimeDistributed(keras.layers.Dense(2)),
])
print(model(sentence).shape)
```

## A stack

The upper layer reads what the lower one made of each word.

```python
stack = keras.Sequential([
    keras.Input((3, 2)),
    keras.layers.LSTM(4, return_sequences=True),
    keras.layers.GRU(4),
    keras.layers.Dense(1),
])
print(stack(sentence).shape)
```
"""

BLOCKS = _PAGE.count("```python")
"""How many blocks a page has."""


def write_guide(folder: Path, pages: int) -> None:
    """Write as many pages into a new folder."""
    folder.mkdir()
    for number in range(1, pages + 1):
        (folder / f"page-{number:03}.md").write_text(_PAGE.format(number=number))
