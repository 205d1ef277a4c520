"""What the processes of an execution tell each other.

::

    runner ──Request──▶ fork server              one connection a session
    runner ◀──Begun, Reply── fork server
                             fork server ◀──events── session
"""

from __future__ import annotations

import msgspec

from diagramgen.program import Program
from diagramgen.trace import BlockResult, LayerCall, OpenedStep, Outcome, Training, ValueResult

TEXT_LIMIT = 20_000
"""The longest text of a message, a warning or a value, in characters."""


def sendable(text: str) -> str:
    """A text as a message can carry it: not too long, and without lone surrogates."""
    cut = len(text) - TEXT_LIMIT
    if cut > 0:
        text = f"{text[:TEXT_LIMIT]}… {cut} more characters"
    return text.encode("utf-8", "replace").decode("utf-8")


class Request(msgspec.Struct, frozen=True):
    """Run this program."""

    program: Program
    timeout: float
    """Seconds for each block that doesn't say how many it may take, and for each expression."""


class Begun(msgspec.Struct, frozen=True, tag=True):
    """The program's session was started."""


class Reply(msgspec.Struct, frozen=True, tag=True):
    """What the program did."""

    outcome: Outcome
    complete: bool
    """Whether it ran to its end, every error declared, so that the outcome is worth keeping."""


class Opened(msgspec.Struct, frozen=True, tag=True):
    """The session is ready for its first step."""

    versions: dict[str, str]


class Reached(msgspec.Struct, frozen=True, tag=True):
    """A statement begins."""

    line: int


class BlockDone(msgspec.Struct, frozen=True, tag=True):
    """The block whose turn it was has ended, or was passed over."""

    result: BlockResult


class ValueDone(msgspec.Struct, frozen=True, tag=True):
    """The expression whose turn it was has its value, or was passed over."""

    result: ValueResult


class Recorded(msgspec.Struct, frozen=True):
    """What was recorded of one block's layer calls, as in `BlockResult`."""

    calls: tuple[LayerCall, ...]
    draw: int | None
    note: str | None
    opened: OpenedStep | None
    trainings: tuple[Training, ...]


class Finished(msgspec.Struct, frozen=True, tag=True):
    """The session has nothing more to do."""

    recorded: tuple[Recorded, ...]
    """One for each block that ran."""
    complete: bool
    """See `Reply.complete`."""


Event = Opened | Reached | BlockDone | ValueDone | Finished
Answer = Begun | Reply
