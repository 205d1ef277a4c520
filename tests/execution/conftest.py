"""A real runner, shared by the tests so that Keras is imported as seldom as can be."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from diagramgen.execution.local import LocalRunner
from diagramgen.program import Block, Expression, Program
from diagramgen.trace import Outcome

Run = Callable[..., Outcome]


@pytest.fixture(scope="session")
def runner() -> Iterator[LocalRunner]:
    with closing(LocalRunner(None, jobs=2)) as runner:
        yield runner


@pytest.fixture
def wait_for_end() -> Callable[[int], None]:
    """Wait for a process to end, but not for ever."""

    def wait_for_end(process: int) -> None:
        try:
            descriptor = os.pidfd_open(process)
        except ProcessLookupError:
            return
        assert select.select([descriptor], [], [], 10)[0], f"process {process} is still there"
        os.close(descriptor)

    return wait_for_end


@pytest.fixture
def run(runner: LocalRunner) -> Run:
    """Run blocks, and expressions with the number of blocks before each, as one program."""

    def run(*blocks: str | Block, values: tuple[tuple[str, int], ...] = ()) -> Outcome:
        program = Program(
            tuple(Block(block) if isinstance(block, str) else block for block in blocks),
            tuple(Expression(code, after) for code, after in values),
        )
        return runner.submit(program).result()

    return run
