"""Read a page: its blocks, its inline values, and the programs that they make."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from diagramgen.errors import CodeError, FenceError, PageError
from diagramgen.pages.expected import Expected, read_expected
from diagramgen.pages.fences import Fence
from diagramgen.pages.inline import InlineValue, read_inline
from diagramgen.pages.layout import read_layout
from diagramgen.pages.options import DEFAULT_SESSION, Options, read_options
from diagramgen.pages.python import read_code
from diagramgen.program import Block, Expression, NeededFile, Program

_SNIPPET = re.compile(r"^[ \t]*-+8<-+(?:[ \t].*)?$", re.MULTILINE)
_SYNTAX_ERRORS = ("SyntaxError", "IndentationError", "TabError")


class CodeBlock(msgspec.Struct, frozen=True):
    """A Python block of a page."""

    fence: Fence
    options: Options
    expected: tuple[Expected, ...] = ()

    def line(self, line: int = 0) -> int:
        """The line of the page, from 1, of a line of the code, from 1; 0 is the opening line."""
        return self.fence.first + 1 + line


class Page(msgspec.Struct, frozen=True):
    """A page, read."""

    text: str
    blocks: tuple[CodeBlock, ...] = ()
    values: tuple[InlineValue, ...] = ()
    commented: tuple[Fence, ...] = ()
    """Python fences in HTML comments."""
    problems: tuple[PageError, ...] = ()
    """What keeps the page from being run; each with its line in the text."""


def read_page(text: str) -> Page:
    """Read the Markdown of a page, front matter already taken off."""
    layout = read_layout(text)
    blocks: list[CodeBlock] = []
    problems: list[PageError] = [_covered(at, by) for at, by in layout.covered]
    for fence in layout.fences:
        if fence.info.python:
            block, in_block = _read_block(fence)
            blocks.append(block)
            problems += in_block
    values, in_values = read_inline(text, layout.code_spans)
    problems = sorted([*problems, *in_values], key=lambda problem: problem.line or 0)
    commented = tuple(fence for fence in layout.commented if fence.info.python)
    return Page(text, tuple(blocks), tuple(values), commented, tuple(problems))


def programs(
    page: Page, files: Mapping[str, NeededFile] = MappingProxyType({})
) -> dict[str, Program]:
    """What there is to run, by session; nothing if the page has problems.

    Args:
        page: The page.
        files: Those that its blocks need, by path.
    """
    if page.problems:
        return {}
    sessions = dict.fromkeys(block.options.session for block in page.blocks if block.options.run)
    if page.values:
        sessions.setdefault(DEFAULT_SESSION)
    return {session: _program(page, session, files) for session in sessions}


def blocks_of(page: Page, session: str) -> list[CodeBlock]:
    """The blocks that run in a session, in order."""
    return [b for b in page.blocks if b.options.run and b.options.session == session]


def _program(page: Page, session: str, files: Mapping[str, NeededFile]) -> Program:
    blocks = blocks_of(page, session)
    values = page.values if session == DEFAULT_SESSION else ()
    return Program(
        tuple(_request(block, files) for block in blocks),
        tuple(
            Expression(value.code, after=sum(block.line() < value.line for block in blocks))
            for value in values
        ),
    )


def _request(block: CodeBlock, files: Mapping[str, NeededFile]) -> Block:
    options = block.options
    return Block(
        code=block.fence.code,
        figure=options.figure,
        steps=options.steps,
        raises=options.raises,
        timeout=options.timeout,
        needs=tuple(files[path] for path in options.needs),
    )


def _read_block(fence: Fence) -> tuple[CodeBlock, list[PageError]]:
    """A block, and what is wrong with it."""
    options, errors = read_options(fence.info, fence.first + 1)
    expected, in_code = _read_code(fence, options)
    block = CodeBlock(fence, options, tuple(expected))
    placed = (
        type(error)(error.message, line=block.line(error.line or 0), hint=error.hint)
        for error in in_code
    )
    return block, [*errors, *placed]


def _read_code(fence: Fence, options: Options) -> tuple[list[Expected], list[PageError]]:
    """The ``#>`` lines of a block, and what is wrong with it, by lines of its code."""
    if not fence.closed:
        return [], [_unclosed(fence)]
    if not options.run:
        return [], []
    if snippet := _SNIPPET.search(fence.code):
        return [], [_snippet(fence.code.count("\n", 0, snippet.start()) + 1)]
    try:
        expected, misplaced = read_expected(fence.code, read_code(fence.code))
    except CodeError as error:
        if any(line.startswith(fence.marks) for line in fence.code.split("\n")):
            return [], [_unclosed(fence)]
        return [], [error] if options.raises not in _SYNTAX_ERRORS else []
    return expected, [*misplaced]


def _covered(line: int, by: int) -> FenceError:
    return FenceError(
        f"This code block is part of the fence that line {by + 1} opens and nothing closes",
        line=line + 1,
        hint="Close that fence; where it is an example, put it in a longer fence",
    )


def _unclosed(fence: Fence) -> FenceError:
    return FenceError(
        "The code block that begins here is never closed",
        hint=f"Write {fence.marks} below its last line, and indent all its lines like this one",
    )


def _snippet(line: int) -> FenceError:
    return FenceError(
        "A snippet can't stand in a block that runs, since it is put in after the run",
        line=line,
        hint='Write the code itself here, or run="no" on the fence',
    )
