"""Every error that diagramgen raises or returns, as one tree.

::

    DiagramgenError           what went wrong, where, and what to write instead
    ├── PageError             a page is written in a way that can't be read
    │   ├── FenceError        a code fence that is never closed, or a snippet in one that runs
    │   ├── OptionError       an option that doesn't exist, or a value that it doesn't take
    │   └── CodeError         a block or an inline expression that isn't Python
    ├── ExecutionError        code on a page did something that its page doesn't say
    │   ├── BlockError        it failed, ran too long, or raised or warned otherwise than declared
    │   ├── ExpectationError  it printed something else than its ``#>`` lines say
    │   └── InlineValueError  an inline expression failed
    ├── EnvironmentProblem    nothing can run or be drawn here: no Keras, no Graphviz
    ├── FigureError           a figure can't be drawn as its block asks
    └── DriftError            what Keras did differs from the committed record

The core collects errors as values (``problems``) and goes on; only the adapters at the edge
(the MkDocs plugin, the command, ``draw()``) raise, print or log them.
"""

from __future__ import annotations


class DiagramgenError(Exception):
    """What went wrong, where, and the cure.

    Attributes:
        message: What was expected and what was found, as one sentence without its full stop.
        path: The file as its author knows it (``docs/guide/page.md``), or None.
        line: The 1-based line in that file, or None.
        hint: What to write or do instead, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        """``path:line: message. hint``, without the parts that aren't known."""
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        text = f"{self.message}. {self.hint}" if self.hint else self.message
        return f"{place}: {text}" if place else text

    def __eq__(self, other: object) -> bool:
        """Errors are returned as values: two that say the same are the same."""
        return isinstance(other, type(self)) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return (self.message, self.path, self.line, self.hint)

    def at(self, path: str, line: int | None) -> DiagramgenError:
        """The same error, placed in a file; the original is left as it is."""
        return type(self)(self.message, path=path, line=line, hint=self.hint)


class PageError(DiagramgenError):
    """A page is written in a way that can't be read."""


class FenceError(PageError):
    """A code fence that is never closed, or holds what a block that runs can't hold."""


class OptionError(PageError):
    """An option that doesn't exist, or a value that it doesn't take."""


class CodeError(PageError):
    """A block or an inline expression that isn't Python."""


class ExecutionError(DiagramgenError):
    """Code on a page did something that its page doesn't say."""


class BlockError(ExecutionError):
    """A block failed, ran too long, or raised or warned otherwise than its options declare."""


class ExpectationError(ExecutionError):
    """A statement printed something else than the ``#>`` lines after it say."""


class InlineValueError(ExecutionError):
    """An inline expression failed."""


class EnvironmentProblem(DiagramgenError):
    """Nothing can be run or drawn on this machine: Keras or Graphviz is missing."""


class FigureError(DiagramgenError):
    """A figure can't be drawn as its block asks."""


class DriftError(DiagramgenError):
    """What Keras did differs from the record committed beside the page."""
