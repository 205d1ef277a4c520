"""A page's file with its ``#>`` lines as its code prints today, and every other byte as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from diagramgen.pages.check import unmet
from diagramgen.pages.expected import MARK, Expected
from diagramgen.pages.fences import LINE_END
from diagramgen.pages.read import blocks_of
from diagramgen.prepared import PreparedPage
from diagramgen.trace import Outcome


def amend(source: str, prepared: PreparedPage, outcomes: Mapping[str, Outcome]) -> str:
    """Rewrite what a page expects where its code prints something else.

    A statement that prints nothing keeps its lines: that is for the author to mend.

    Args:
        source: The page's file, with its own line ends.
        prepared: The page, read from it.
        outcomes: What it did, by session.
    """
    pieces = re.split(f"({LINE_END.pattern})", source)  # each line, then its end
    for line, printed in _changes(prepared, outcomes):
        at = 2 * (line - 1)
        before = pieces[at].partition(MARK)[0]
        if printed:
            end = pieces[at + 1]
            pieces[at] = end.join(f"{before}{MARK} {text}".rstrip() for text in printed)
        else:
            pieces[at : at + 2] = "", ""
    return "".join(pieces)


def _changes(
    prepared: PreparedPage, outcomes: Mapping[str, Outcome]
) -> Iterator[tuple[int, list[str]]]:
    """Lines of the file, and what is to stand there: all at an expectation's first line."""
    for session, outcome in outcomes.items():
        blocks = blocks_of(prepared.page, session)
        for block, result in zip(blocks, outcome.blocks, strict=True):
            for expected, printed in unmet(block, result):
                first, *others = _places(block.fence.code, expected)
                if printed.strip():
                    yield _file_line(prepared, block.line(first)), printed.rstrip().split("\n")
                    yield from ((_file_line(prepared, block.line(line)), []) for line in others)


def _places(code: str, expected: Expected) -> Iterator[int]:
    """The lines of a block's code in which an expectation stands."""
    marked = (at for at, line in enumerate(code.split("\n"), 1) if line.startswith(MARK))
    here = (at for at in marked if at >= expected.line)
    return islice(here, expected.text.count("\n") + 1)


def _file_line(prepared: PreparedPage, line: int) -> int:
    return prepared.lines[line - 1]
