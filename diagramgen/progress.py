"""How far the runs of all pages are, told while somebody waits for one of them.

It is told by the thread that waits, and taken away before that thread goes on, so that nothing else
that is printed meanwhile can be garbled.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, wait
from typing import Protocol

import click

from diagramgen.execution.runner import Runner
from diagramgen.program import Program
from diagramgen.trace import Outcome

_WIDTH = 24


class Teller(Protocol):
    """Tells how far the runs are."""

    every: float
    """Seconds between two looks."""

    def tell(self, page: str, done: int, total: int) -> None:
        """Say how many of the sessions that must run have done so, and what is waited for."""
        ...

    def clear(self) -> None:
        """Take away what should not stay: the wait is over."""
        ...


class Bar:
    """A line on a terminal, written over and over."""

    every = 0.1
    _shown = ""

    def tell(self, page: str, done: int, total: int) -> None:
        """Draw the line."""
        full = _WIDTH * done // total
        bar = "█" * full + "░" * (_WIDTH - full)
        columns = shutil.get_terminal_size().columns
        self._show(f"{bar} {done} of {total} sessions, now {page}"[: columns - 1])

    def clear(self) -> None:
        """Leave the line empty, for whatever is printed next."""
        self._show("")

    def _show(self, line: str) -> None:
        if line != self._shown:
            click.echo(f"\r\x1b[K{line}", nl=False, err=True)
            self._shown = line


class Lines:
    """Lines in a log, each with news, a few seconds apart; none about a session on its own."""

    def __init__(self, log: Callable[[str], None], every: float = 5.0) -> None:
        """Args: where a line goes, and how many seconds lie between two at least."""
        self.every = every
        self._log = log
        self._last = time.monotonic()
        self._line = ""

    def tell(self, page: str, done: int, total: int) -> None:
        """Log a line, unless one was logged just now, or it would say the same again."""
        line = f"{done} of {total} sessions have run, now {page}"
        if total > 1 and line != self._line and time.monotonic() - self._last >= self.every:
            self._line, self._last = line, time.monotonic()
            self._log(line)

    def clear(self) -> None:
        """What is in a log stays there."""


class Progress:
    """Has programs run, and tells how far they all are while it waits for some of them."""

    def __init__(self, runner: Runner, teller: Teller | None) -> None:
        """Args: what runs them, and who tells it; None if nobody does."""
        self._runner = runner
        self._teller = teller
        self._lock = threading.Lock()
        self._total = self._done = 0

    def submit(self, program: Program) -> Future[Outcome]:
        """Begin to run a program; it is counted unless it is answered at once."""
        future = self._runner.submit(program)
        if not future.done():
            with self._lock:
                self._total += 1
            future.add_done_callback(self._count)
        return future

    def results(self, page: str, futures: Mapping[str, Future[Outcome]]) -> dict[str, Outcome]:
        """Wait for the sessions of a page, by name.

        Raises:
            EnvironmentProblem: Nothing can run here.
        """
        if self._teller:
            self._tell(self._teller, page, futures.values())
        return {session: future.result() for session, future in futures.items()}

    def _tell(self, teller: Teller, page: str, futures: Collection[Future[Outcome]]) -> None:
        every = 0.0
        while wait(futures, timeout=every).not_done:
            teller.tell(page, self._done, self._total)
            every = teller.every
        if every:
            teller.clear()

    def _count(self, _: Future[Outcome]) -> None:
        with self._lock:
            self._done += 1


def teller(log: Callable[[str], None]) -> Teller:
    """Who tells it here: a bar on a terminal, and else lines in a log."""
    return Bar() if sys.stderr.isatty() else Lines(log)
