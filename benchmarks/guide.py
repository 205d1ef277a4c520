"""The guide that every contender builds: pages of five blocks.

No two pages have the same code, and of forty pages no two the same shapes: nothing that was run or
drawn for one of them serves another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
from nbformat import v4

_PAGE = """\
# Page {number}

A layer that reads a sentence word by word, in five ways.

## SimpleRNN

The hidden state after the last word is what comes out.

```python
import keras
import numpy as np

keras.utils.set_random_seed({number})
sentence = np.random.normal(size=(1, 3, {features})).astype("float32")

simple = keras.layers.SimpleRNN({units})
print(simple(sentence).shape)
```

## LSTM

Beside the hidden state, a cell state goes from word to word.

```python
lstm = keras.layers.LSTM({units}, return_sequences=True)
print(lstm(sentence).shape)
```

## GRU

Its gates decide how much of the old state stays.

```python
gru = keras.layers.GRU({units})
print(gru(sentence).shape)
```

## TimeDistributed

The same `Dense` layer, once for each word.

```python
model = keras.Sequential([
    keras.Input((3, {features})),
    keras.layers.SimpleRNN({units}, return_sequences=True),
    keras.layers.TimeDistributed(keras.layers.Dense(2)),
])
print(model(sentence).shape)
```

## A stack

The upper layer reads what the lower one made of each word.

```python
stack = keras.Sequential([
    keras.Input((3, {features})),
    keras.layers.LSTM({units}, return_sequences=True),
    keras.layers.GRU({units}),
    keras.layers.Dense(1),
])
print(stack(sentence).shape)
print("the", "end")
```
"""

BLOCKS = _PAGE.count("```python")
"""How many blocks a page has."""

PRINTED = "the end"
"""What a page's code prints once, and nothing else on it says."""

Form = Callable[[Path, int], None]
"""Writes as many pages into a new folder, as a tool reads them."""


def in_markdown(folder: Path, pages: int) -> None:
    """For diagramgen and plain MkDocs."""
    for name, text in _texts(folder, pages):
        (folder / f"{name}.md").write_text(text)


def for_markdown_exec(folder: Path, pages: int) -> None:
    """With a session for each page, and the code shown above what it prints."""
    for name, text in _texts(folder, pages):
        fence = f'```python exec="1" source="above" result="text" session="{name}"'
        (folder / f"{name}.md").write_text(text.replace("```python", fence))


def in_notebooks(folder: Path, pages: int) -> None:
    """As notebooks that were never run."""
    for name, text in _texts(folder, pages):
        parts = re.split(r"^```python\n(.*?)^```\n", text, flags=re.MULTILINE | re.DOTALL)
        cells = [
            v4.new_code_cell(part.strip()) if at % 2 else v4.new_markdown_cell(part.strip())
            for at, part in enumerate(parts)
        ]
        kernel = {"name": "python3", "display_name": "Python 3"}
        notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, folder / f"{name}.ipynb")


def in_myst(folder: Path, pages: int) -> None:
    """As notebooks in MyST's Markdown, with the list of pages that Sphinx wants."""
    head = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n"
    names = []
    for name, text in _texts(folder, pages):
        names.append(name)
        (folder / f"{name}.md").write_text(head + text.replace("```python", "```{code-cell}"))
    listed = "\n".join(names)
    (folder / "index.md").write_text(f"# Guide\n\n```{{toctree}}\n{listed}\n```\n")


def _texts(folder: Path, pages: int) -> Iterator[tuple[str, str]]:
    """The pages' names and texts, for a folder that is made."""
    folder.mkdir(parents=True)
    for number in range(1, pages + 1):
        shapes = {"features": 1 + number % 6, "units": 2 + number % 7}
        yield f"page-{number:03}", _PAGE.format(number=number, **shapes)
