"""A session as it is known from outside: the events so far, and the outcome that they make."""

from __future__ import annotations

from typing import assert_never

import msgspec

from diagramgen.execution.messages import (
    BlockDone,
    Event,
    Finished,
    Opened,
    Reached,
    Recorded,
    ValueDone,
)
from diagramgen.program import Block, Expression, Program
from diagramgen.trace import BlockResult, Failure, Outcome, ValueResult


def steps(program: Program) -> list[Block | Expression]:
    """A program's blocks and expressions in the order in which they run."""
    order: list[Block | Expression] = []
    for index, block in enumerate(program.blocks):
        order += [value for value in program.expressions if value.after == index]
        order.append(block)
    return order + [value for value in program.expressions if value.after >= len(program.blocks)]


class Journal:
    """Takes down the events of a session, so that blocks before a crash survive it."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._steps = steps(program)
        self._versions: dict[str, str] = {}
        self._blocks: list[BlockResult] = []
        self._values: list[ValueResult] = []
        self._recorded: tuple[Recorded, ...] = ()
        self.opened = False
        self.finished = False
        self.complete = False
        self.line: int | None = None
        """The line of the block at which the statement that runs begins."""

    @property
    def done(self) -> int:
        """How many blocks and expressions have ended."""
        return len(self._blocks) + len(self._values)

    @property
    def step(self) -> Block | Expression | None:
        """The block or expression whose turn it is; None after the last."""
        return self._steps[self.done] if self.done < len(self._steps) else None

    def add(self, event: Event) -> None:
        """Take down an event."""
        match event:
            case Opened(versions):
                self._versions = versions
                self.opened = True
            case Reached(line):
                self.line = line
            case BlockDone(result):
                self._blocks.append(result)
                self.line = None
            case ValueDone(result):
                self._values.append(result)
            case Finished(recorded, complete):
                self._recorded = recorded
                self.finished = True
                self.complete = complete
            case _:
                assert_never(event)

    def outcome(self, failure: Failure | None = None, stdout: str = "") -> Outcome:
        """What the program did.

        Args:
            failure: How the session ended if it did not finish; it goes to the step whose turn
                it was.
            stdout: What that step had printed.
        """
        blocks = [
            msgspec.structs.replace(result, **msgspec.structs.asdict(seen))
            for result, seen in zip(self._blocks, self._recorded, strict=False)
        ]
        blocks += self._blocks[len(blocks) :]
        values = list(self._values)
        match self.step, failure:
            case Block(), Failure():
                blocks.append(BlockResult(stdout=stdout, error=failure))
            case Expression(), Failure():
                values.append(ValueResult(error=failure))
            case None, Failure(message=message):
                note = f"The figure was lost: {message}"
                blocks = [msgspec.structs.replace(result, note=note) for result in blocks]
        blocks += [BlockResult(ran=False)] * (len(self._program.blocks) - len(blocks))
        values += [ValueResult(ran=False)] * (len(self._program.expressions) - len(values))
        return Outcome(versions=self._versions, blocks=tuple(blocks), values=tuple(values))
