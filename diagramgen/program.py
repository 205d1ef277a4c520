"""What to run: the request that goes to a runner, as frozen data.

A page becomes one `Program` for each of its sessions. A program holds only what bears on
execution, so that its key stays the same when prose, captions or line numbers change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

DEFAULT_TIMEOUT = 60.0
"""Seconds that a block may run when neither it nor the site's configuration says otherwise."""


class NeededFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file that a block reads."""

    path: str
    """From the docs folder, with slashes; the same from the session's working directory."""
    sha256: str
    """Of its content, in hexadecimal digits."""
    source: str = ""
    """Where the machine that reads the page has it, for its runner to copy or to send: no part of
    what the program is."""


class Block(msgspec.Struct, frozen=True, omit_defaults=True):
    """One code block that runs."""

    code: str
    """Its Python, without fence and indent, with ``\\n`` line ends."""
    figure: str | None = None
    """What to draw: None lets the recorder choose, ``"none"`` draws nothing, another string is
    the name of a variable that holds a layer, a model or a tensor when the block has ended."""
    steps: int | None = None
    """Time-steps of the example for a model that leaves its time axis open."""
    raises: str | None = None
    """The name of the exception that the block must raise (``"ValueError"``)."""
    timeout: float | None = None
    """Seconds that the block may run; None leaves it to the runner."""
    needs: tuple[NeededFile, ...] = ()
    """The files that are there when it begins."""


class Expression(msgspec.Struct, frozen=True):
    """An inline expression in the page's prose."""

    code: str
    after: int
    """How many of the program's blocks have run when it is evaluated."""


class Program(msgspec.Struct, frozen=True):
    """One session: its blocks in the order of the page, in one namespace."""

    blocks: tuple[Block, ...]
    expressions: tuple[Expression, ...] = ()
    """In the order of the page, so ordered by `Expression.after` too."""
    network: bool = False
    """Whether it may open connections to other machines."""

    def key(self, versions: Mapping[str, str]) -> str:
        """The content key of this program's outcome: 64 hexadecimal digits.

        Args:
            versions: Whatever else decides what the code does (Python, Keras, backend, the
                recorder), by name.
        """
        content = msgspec.json.encode((self.portable(), dict(sorted(versions.items()))))
        return hashlib.sha256(content).hexdigest()

    def portable(self) -> Program:
        """This program as it is on every machine, without where this one keeps its files."""
        return replace(self, blocks=tuple(map(_portable, self.blocks)))


def _portable(block: Block) -> Block:
    return replace(block, needs=tuple(replace(file, source="") for file in block.needs))
