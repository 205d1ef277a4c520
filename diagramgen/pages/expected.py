"""What a page says that its code prints: ``#>`` lines after a statement."""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from collections.abc import Iterator, Sequence

import msgspec

from diagramgen.errors import CodeError

MARK = "#>"
TOLERANCE = 1e-3
"""How far two floats may be apart, relative to the larger: other processors give other digits."""

_NUMBER = re.compile(r"(?<![\w.])([-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?)(?!\.?\w)")
_INNER_BLANK = re.compile(r"(?<=[\[(]) | (?=[\])])")


class Expected(msgspec.Struct, frozen=True):
    """What one statement must print."""

    line: int
    """Where its first ``#>`` stands, counted from the block's first line."""
    after: int
    """The last line of the statement."""
    text: str


def read_expected(code: str, module: ast.Module) -> tuple[list[Expected], list[CodeError]]:
    """The ``#>`` lines of a block, one entry for each statement, and those in wrong places."""
    statements = [(_first_line(node), node.end_lineno or node.lineno) for node in module.body]
    found: dict[int, Expected] = {}
    errors = []
    for comment in _comments(code):
        row = comment.start[0]
        try:
            after = _statement_above(comment, statements)
        except CodeError as error:
            errors.append(CodeError(error.message, line=row, hint=error.hint))
            continue
        text = comment.string[len(MARK) :].removeprefix(" ")
        if after in found:
            text = f"{found[after].text}\n{text}"
        found[after] = Expected(found[after].line if after in found else row, after, text)
    return list(found.values()), errors


def matches(expected: str, printed: str) -> bool:
    """Whether two outputs say the same.

    Floats are equal within `TOLERANCE`. Blanks and line ends count as one blank, and as none inside
    of a bracket, so an array may be wrapped otherwise. Everything else has to be the same.
    """
    ours, theirs = _NUMBER.split(_flatten(expected)), _NUMBER.split(_flatten(printed))
    return len(ours) == len(theirs) and all(
        one == other or (at % 2 == 1 and _close(one, other))
        for at, (one, other) in enumerate(zip(ours, theirs, strict=True))
    )


def _comments(code: str) -> Iterator[tokenize.TokenInfo]:
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT and token.string.startswith(MARK):
            yield token


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    lines: list[int] = [part.lineno for part in (node, *decorators)]
    return min(lines)


def _statement_above(comment: tokenize.TokenInfo, statements: Sequence[tuple[int, int]]) -> int:
    """The last line of the statement that a comment follows."""
    row, column = comment.start
    above = [last for _, last in statements if last < row]
    if any(first < row < last for first, last in statements):
        problem = "stands in the middle of a statement"
    elif column:
        problem = "doesn't stand at the beginning of its line"
    elif not above:
        problem = "has no statement above it"
    else:
        return max(above)
    raise CodeError(
        f"This {MARK} {problem}",
        hint=f"Write {MARK} on a line of its own, not indented, below the statement that prints",
    )


def _flatten(text: str) -> str:
    return _INNER_BLANK.sub("", " ".join(text.split()))


def _close(one: str, other: str) -> bool:
    if one.lstrip("+-").isdigit() or other.lstrip("+-").isdigit():
        return False
    return math.isclose(float(one), float(other), rel_tol=TOLERANCE)
