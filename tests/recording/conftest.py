"""Blocks run as a session runs them, with the recorder on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest

from diagramgen.program import Block
from diagramgen.recording import Recorded, Recorder
from diagramgen.trace import LayerCall


@dataclass(frozen=True)
class Session:
    """What a session's blocks left behind."""

    recorded: tuple[Recorded, ...]
    namespace: Mapping[str, Any]

    @property
    def calls(self) -> list[LayerCall]:
        """All calls of all blocks."""
        return [call for block in self.recorded for call in block.calls]

    def call(self, layer: str) -> LayerCall:
        """The only call with values of a layer of this class."""
        (found,) = [call for call in self.calls if call.layer == layer and not call.symbolic]
        return found

    def drawn(self, block: int = -1) -> LayerCall | None:
        """The call that a block draws."""
        draw = self.recorded[block].draw
        return next((call for call in self.calls if call.number == draw), None)


Record = Callable[..., Session]


@pytest.fixture
def record() -> Record:
    """Runs blocks of code, or `Block`s, in one namespace; a block may raise what it declares."""

    def run(*blocks: str | Block) -> Session:
        keras.utils.set_random_seed(1)
        x = np.random.default_rng(0).normal(size=(1, 3, 2)).astype("float32")
        namespace: dict[str, Any] = {"__name__": "page", "keras": keras, "np": np, "x": x}
        exec("from keras.layers import *", namespace)
        with Recorder() as recorder:
            for number, block in enumerate(blocks):
                run_block(recorder, number, block, namespace)
            session = Session(recorder.finish(), namespace)
        assert not [block.note for block in session.recorded if "recorder" in (block.note or "")]
        return session

    return run


def run_block(
    recorder: Recorder, number: int, block: str | Block, namespace: dict[str, Any]
) -> None:
    """Run one block, recorded."""
    if isinstance(block, str):
        block = Block(block)
    filename = f"<block {number}>"
    recorder.begin(block, filename)
    try:
        exec(compile(block.code, filename, "exec"), namespace)
    except Exception as error:
        if type(error).__name__ != block.raises:
            raise
    finally:
        recorder.end(namespace)
