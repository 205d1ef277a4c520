"""Compare what code did with what its page says that it does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagramgen.errors import (
    BlockError,
    DiagramgenError,
    ExpectationError,
    FigureError,
    InlineValueError,
)
from diagramgen.pages.expected import MARK, Expected, matches
from diagramgen.pages.inline import InlineValue
from diagramgen.pages.read import CodeBlock
from diagramgen.pages.text import plain
from diagramgen.trace import BlockResult, Failure, ValueResult, Warned

_MODULE = re.compile(r"No module named '(\w+)")
_CURES = {
    "FileChangedError": "Build again",
    "Timeout": 'Make it quicker, or give it more seconds: timeout="120"',
    "Killed": 'Take out what ends its process, or show it without running it: run="no"',
    "Exit": "A page's code can't end its process: take out what does",
    "SystemExit": "A page's code can't end its process: take out what does",
}
"""For what no author would show as a lesson."""

_SIMPLER = "Draw less, or more simply; many points take less room as pixels: rasterized=True"


def failed(block: CodeBlock, result: BlockResult) -> bool:
    """Whether a block failed otherwise than it declares."""
    error = result.error
    return error is not None and (error.fatal or error.type != block.options.raises)


def check_block(block: CodeBlock, result: BlockResult) -> Iterator[DiagramgenError]:
    """Where a block did something else than its page says; lines are the page's."""
    if not result.ran:
        return
    for warning in result.warnings:
        if warning.category != block.options.warns:
            yield _undeclared_warning(block, warning)
    if result.error is not None and failed(block, result):
        yield _failure(block, result.error)
        return
    yield from _undone(block, result)
    for expected, printed in unmet(block, result):
        yield _mismatch(block, expected, printed)
    yield from _undrawn(block, result)


def unmet(block: CodeBlock, result: BlockResult) -> Iterator[tuple[Expected, str]]:
    """The ``#>`` lines of a block that say something else than was printed, and what was."""
    if result.ran and not failed(block, result):
        for expected in block.expected:
            printed = _printed(result, expected)
            if not matches(expected.text, printed):
                yield expected, printed


def check_value(value: InlineValue, result: ValueResult) -> Iterator[DiagramgenError]:
    """Whether an inline value failed."""
    if result.error is not None:
        yield InlineValueError(
            f"{_said(result.error.type, result.error.message)}, in {value.code}",
            line=value.line,
            hint=result.error.cure or "It sees what the blocks above it have made",
        )


def shown_output(block: CodeBlock, result: BlockResult) -> str:
    """What a block printed, without what its ``#>`` lines say."""
    if not block.expected:
        return plain(result.stdout)
    covered = {expected.after for expected in block.expected}
    return plain("".join(part.text for part in result.printed if part.line not in covered))


def _printed(result: BlockResult, expected: Expected) -> str:
    return plain("".join(part.text for part in result.printed if part.line == expected.after))


def _failure(block: CodeBlock, error: Failure) -> BlockError:
    said = _said(error.type, error.message)
    cure = _missing(error) or (
        f'Mend it, or write raises="{error.type}" on its fence to show it as a lesson'
    )
    if block.options.raises and not error.fatal:
        said = f"{said}, where {block.options.raises} is declared"
    return BlockError(
        said, line=block.line(error.line or 0), hint=error.cure or _CURES.get(error.type, cure)
    )


def _missing(error: Failure) -> str | None:
    """The cure where a module isn't there."""
    name = _MODULE.search(error.message) if error.type == "ModuleNotFoundError" else None
    return name and (
        f"Install {name[1]} where the site is built; if it is a file of yours, name it on the "
        f'fence: needs="{name[1]}.py"; or show the block without running it: run="no"'
    )


def _undeclared_warning(block: CodeBlock, warning: Warned) -> BlockError:
    return BlockError(
        _said(warning.category, warning.message),
        line=block.line(warning.line or 0),
        hint=f'Mend it, or write warns="{warning.category}" on its fence to show the warning',
    )


def _undone(block: CodeBlock, result: BlockResult) -> Iterator[BlockError]:
    """What a block declares and did not do."""
    raises, warns = block.options.raises, block.options.warns
    if raises and result.error is None:
        hint = f'Take raises="{raises}" out, or make the code raise it'
        yield BlockError(f"This block raises no {raises}", line=block.line(), hint=hint)
    if warns and all(warning.category != warns for warning in result.warnings):
        hint = f'Take warns="{warns}" out, or make the code warn so'
        yield BlockError(f"This block gives no {warns}", line=block.line(), hint=hint)


def _undrawn(block: CodeBlock, result: BlockResult) -> Iterator[FigureError]:
    """What a block should show and does not."""
    for picture in result.pictures:
        if picture.problem:
            yield FigureError(picture.problem, line=block.line(), hint=_SIMPLER)
    if result.note:
        hint = 'Draw something else, or nothing: figure="none"'
        yield FigureError(result.note, line=block.line(), hint=hint)


def _mismatch(block: CodeBlock, expected: Expected, printed: str) -> ExpectationError:
    got = " ".join(printed.split())
    return ExpectationError(
        f"Expected {' '.join(expected.text.split())}, got {got or 'nothing'}",
        line=block.line(expected.line),
        hint=f"Write {MARK} {got}, or mend the code" if got else f"Take the {MARK} out, or print",
    )


def _said(kind: str, message: str) -> str:
    """An error or a warning on one line."""
    message = " ".join(plain(message).split()).rstrip(".")
    return f"{kind}: {message}" if message else kind
