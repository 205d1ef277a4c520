"""``#>`` lines rewritten to what was printed."""

from __future__ import annotations

import pytest

from diagramgen.amend import amend
from diagramgen.build import prepare
from diagramgen.pages.source import decode, without_front_matter
from diagramgen.trace import BlockResult, Outcome, Printed

PAGE = """\ufeff---\r
title: t\r
---\r
\r
1. A list\r
\r
    ```python\r
    print(1)\r
    #> 1.0\r
\r
    #> old \r
    print(2)\r
    #>  two\r
    ```\r
Old Mac\rline, and\ttab: #> 1.0\r
"""


def amended(page: str, *printed: Printed) -> str:
    source = decode(page.encode(), "a.md")
    prepared = prepare(without_front_matter(source), path="a.md", source=source)
    block = BlockResult(printed=printed)
    return amend(page, prepared, {"default": Outcome({}, (block,))})


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("1.0001\nold\n", "two\n", PAGE),
        (
            "1.1\nold\n",
            "two\n",
            PAGE.replace("#> 1.0\r\n\r\n    #> old ", "#> 1.1\r\n    #> old\r\n", 1),
        ),
        ("1.0\nold\n", "2\n\nand\n", PAGE.replace("#>  two", "#> 2\r\n    #>\r\n    #> and")),
        ("x\x1b[1m\n", "two", PAGE.replace("#> 1.0\r\n\r\n    #> old ", "#> x\r\n", 1)),
        ("", "", PAGE),
    ],
)
def test_only_lines_that_moved_are_rewritten(first: str, second: str, expected: str) -> None:
    assert amended(PAGE, Printed(1, first), Printed(5, second)) == expected


def test_what_was_rewritten_holds() -> None:
    printed = (Printed(1, "[[1. 2.]\n [3. 4.]]\n"), Printed(5, "`#>`\n"))
    once = amended(PAGE, *printed)
    moved = (printed[0], Printed(5, printed[1].text))
    assert amended(once, *moved) == once
