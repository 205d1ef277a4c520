"""Runs one program, statement by statement, in a process of its own."""

from __future__ import annotations

import os
import socket
import sys
import traceback
from itertools import count
from pathlib import Path
from types import ModuleType

from msgspec.structs import replace

from diagramgen.execution import channel
from diagramgen.execution.compiler import Compiler
from diagramgen.execution.cures import cure
from diagramgen.execution.journal import steps
from diagramgen.execution.messages import (
    BlockDone,
    Event,
    Finished,
    Opened,
    Reached,
    Recorded,
    ValueDone,
    sendable,
)
from diagramgen.execution.output import Output
from diagramgen.execution.supplies import supply
from diagramgen.execution.warned import Warnings
from diagramgen.program import Block, Expression, Program
from diagramgen.recording import Recorder, versions
from diagramgen.trace import BlockResult, Failure, Picture, ValueResult

VERSIONS = versions()  # told once for all sessions that are forked


class Session:
    """One namespace, in which a program's blocks and expressions run in order.

    Each event is sent as it happens, since any statement may be this process's last.
    """

    def __init__(self, link: socket.socket, stdout: Path) -> None:
        """Take over this process's ``__main__``, standard output and warnings.

        Args:
            link: Where the events go.
            stdout: The file into which standard output goes.
        """
        self._link = link
        self._process = os.getpid()
        self._place = Path.cwd()
        self._output = Output(stdout)
        self._warnings = Warnings()
        self._compiler = Compiler()
        self._recorder = Recorder()
        sys.modules["__main__"] = main = ModuleType("__main__")
        sys.argv = [""]
        self._namespace = main.__dict__
        self._numbers = count(1)
        self._stopped = False
        self._complete = True

    def run(self, program: Program) -> None:
        """Run a program to its end, or to the first error that it doesn't declare."""
        self._network = program.network
        self._send(Opened(VERSIONS))
        with self._recorder:
            for step in steps(program):
                if isinstance(step, Block):
                    self._send(BlockDone(self._run_block(step)))
                else:
                    self._send(ValueDone(self._evaluate(step)))
            recorded = self._recorder.finish()
        drawn = tuple(
            Recorded(seen.calls, seen.draw, seen.note, seen.opened, seen.trainings)
            for seen in recorded
        )
        self._send(Finished(drawn, self._complete))

    def _run_block(self, block: Block) -> BlockResult:
        if self._stopped:
            return BlockResult(ran=False)
        filename = f"<block {next(self._numbers)}>"
        self._recorder.begin(block, filename)
        self._output.begin()
        self._warnings.begin(filename)
        error = self._execute(block, filename)
        self._recorder.end(self._namespace)
        printed = self._output.printed()
        return BlockResult(
            stdout="".join(part.text for part in printed),
            printed=printed,
            warnings=self._warnings.warned(),
            error=error,
            pictures=_pictures(),
        )

    def _execute(self, block: Block, filename: str) -> Failure | None:
        try:
            supply(block.needs, self._place)
            for statement in self._compiler.statements(block.code, filename):
                self._send(Reached(statement.first))
                try:
                    exec(statement.code, self._namespace)  # noqa: S102 - what this is all for
                finally:
                    self._output.end_statement(statement.last)
        except BaseException as error:  # noqa: BLE001 - a page may raise whatever it likes
            self._stopped = block.raises != type(error).__name__
            self._complete &= not self._stopped
            return self._failure(error, filename)
        return None

    def _evaluate(self, expression: Expression) -> ValueResult:
        if self._stopped:
            return ValueResult(ran=False)
        filename = "<inline value>"
        try:
            code = self._compiler.expression(expression.code, filename)
            value = eval(code, self._namespace)  # noqa: S307 - as above
            return ValueResult(sendable(str(value)))
        except BaseException as error:  # noqa: BLE001 - as above
            self._complete = False
            return ValueResult(error=self._failure(error, filename))

    def _failure(self, error: BaseException, filename: str) -> Failure:
        return replace(_failed(error, filename), cure=cure(error, network=self._network))

    def _send(self, event: Event) -> None:
        if os.getpid() != self._process:
            # A page that forks leaves a copy of all this running: its program is not ours.
            os._exit(0)
        channel.send(self._link, event)


def _pictures() -> tuple[Picture, ...]:
    """What the block that has ended drew with matplotlib."""
    # Keras loads matplotlib, where there is one; a page that draws has used its backend or another.
    figures = getattr(sys.modules.get("matplotlib._pylab_helpers"), "Gcf", None)
    if f"{__package__}.plotting" not in sys.modules and not (figures and figures.figs):
        return ()
    from diagramgen.execution import plotting  # noqa: PLC0415 - imports matplotlib

    return plotting.pictures()


def _failed(error: BaseException, filename: str) -> Failure:
    """An exception as it is reported, at the innermost line of the file that led to it."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename == filename:
        return Failure(kind, sendable(error.msg), error.lineno)
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == filename
    ]
    return Failure(kind, _message(error), lines[-1] if lines else None)


def _message(error: BaseException) -> str:
    try:
        return sendable(str(error))
    except Exception as worse:  # noqa: BLE001 - the class is the page's, and so may be its __str__
        return f"(its message can't be shown: {type(worse).__name__})"
