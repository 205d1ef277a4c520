"""A real runner, shared by the tests so that Keras is imported as seldom as can be."""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

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
def processes_in() -> Callable[[Path], list[int]]:
    """The processes that live in a folder, or were told of it when they were started."""

    def processes_in(folder: Path) -> list[int]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has just ended
                told = process.joinpath("environ").read_bytes()
                place = process.joinpath("cwd").readlink()
                if os.fsencode(folder) in told or place.is_relative_to(folder):
                    found.append(int(process.name))
        return sorted(found)

    return processes_in


@pytest.fixture
def wait_for_end(processes_in: Callable[[Path], list[int]]) -> Callable[[Path], None]:
    """Wait until no process of a folder is left, but not for ever."""

    def wait_for_end(folder: Path) -> None:
        for process in processes_in(folder):
            with contextlib.suppress(ProcessLookupError):
                descriptor = os.pidfd_open(process)
                ended = select.select([descriptor], [], [], 10)[0]
                os.close(descriptor)
                assert ended, f"process {process} is still there"

    return wait_for_end


@pytest.fixture
def run(runner: LocalRunner) -> Run:
    """Run blocks, and expressions with the number of blocks before each, as one program."""

    def run(
        *blocks: str | Block, values: tuple[tuple[str, int], ...] = (), network: bool = False
    ) -> Outcome:
        program = Program(
            tuple(Block(block) if isinstance(block, str) else block for block in blocks),
            tuple(Expression(code, after) for code, after in values),
            network,
        )
        return runner.submit(program).result()

    return run
