"""The seam between a page and whatever executes it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Protocol

from diagramgen.program import Program
from diagramgen.trace import Outcome


class Runner(Protocol):
    """Runs programs; nothing but `Program` and `Outcome` passes this line."""

    def submit(self, program: Program) -> Future[Outcome]:
        """Begin to run a program, or answer from what is remembered.

        Whatever the program's code does, the future has an `Outcome`; it has an
        `EnvironmentProblem` only where nothing can run at all (no Keras, no server).
        """
        ...

    def close(self) -> None:
        """End every process that this runner started."""
        ...


class FakeRunner:
    """Answers from a mapping, for tests and for a look at a page without Keras."""

    def __init__(self, outcomes: Mapping[Program, Outcome]) -> None:
        self.outcomes = outcomes
        self.submitted: list[Program] = []

    def submit(self, program: Program) -> Future[Outcome]:
        """The outcome kept for this program; a KeyError in the future if there is none."""
        self.submitted.append(program)
        future: Future[Outcome] = Future()
        try:
            future.set_result(self.outcomes[program])
        except KeyError as error:
            future.set_exception(error)
        return future

    def close(self) -> None:
        """Nothing was started, so nothing ends."""
