"""Programs run twice, alone and watched, with all that they can see of themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from diagramgen.recording import Recorded, Recorder
from tests.recording.conftest import run_block

SETUP = """
import inspect, itertools, random, warnings
import keras, numpy as np, tensorflow as tf
from keras.layers import *
x = np.linspace(-1, 1, 24).reshape(4, 3, 2).astype("float32")
y = np.arange(4.0).reshape(4, 1)
seen = []

def see(*values):
    for value in values:
        if hasattr(value, "shape"):
            array = np.asarray(value)
            value = array.dtype.name, array.shape, array.tobytes()
        seen.append(value)
"""


@dataclass(frozen=True)
class Watched:
    """What a watched program saw of itself, and the recorder of it."""

    seen: list[Any]
    recorded: tuple[Recorded, ...]


def run_alone(program: str) -> list[Any]:
    """What a program sees."""
    return fresh(lambda namespace: exec(SETUP + program, namespace))


def run_watched(*blocks: str, afterwards: str = "") -> Watched:
    """What a program of several blocks sees, and what more once the recorder has finished."""
    recorded: tuple[Recorded, ...] = ()

    def run(namespace: dict[str, Any]) -> None:
        nonlocal recorded
        exec(SETUP, namespace)
        with Recorder() as recorder:
            for number, block in enumerate(blocks):
                run_block(recorder, number, block, namespace)
            recorded = recorder.finish()
        assert not [block.note for block in recorded if block.note]
        exec(afterwards, namespace)

    return Watched(fresh(run), recorded)


def fresh(run: Callable[[dict[str, Any]], None]) -> list[Any]:
    """Run a program as if Keras had just been imported."""
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(5)
    namespace: dict[str, Any] = {"__name__": "page"}
    run(namespace)
    seen: list[Any] = namespace["seen"]
    return seen
