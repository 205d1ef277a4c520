"""A pytest plugin that runs every test with the recorder on."""

from __future__ import annotations

from collections.abc import Generator
from functools import cache
from pathlib import Path

import pytest

from diagramgen.program import Block
from diagramgen.recording import Recorder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Take the test's file for a block of a page, and record what the test makes Keras do."""
    with Recorder() as recorder:
        recorder.begin(_block(item.path), str(item.path))
        try:
            yield
        finally:
            recorder.end({})
        (recorded,) = recorder.finish()
    notes = [recorded.note, *(call.note for call in recorded.calls)]
    assert not [note for note in notes if note], notes


@cache
def _block(path: Path) -> Block:
    return Block(path.read_text(encoding="utf-8"))
