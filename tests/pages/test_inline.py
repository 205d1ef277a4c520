"""Values in prose: which code spans hold one, and what stands there in the end."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagramgen.errors import CodeError, PageError
from diagramgen.pages.inline import code_span
from diagramgen.pages.read import programs, read_page
from diagramgen.pages.write import write_page
from tests.pages.converter import convert

VALUE = "`{python} x`"


def with_value(text: str, value: str) -> str:
    page = read_page(text)
    assert page.problems == ()
    return write_page(page, [()] * len(page.blocks), [value] * len(page.values)).markdown


@pytest.mark.parametrize(
    "text",
    [
        f"A value {VALUE} in prose.",
        f"# Heading with {VALUE} {{#id}}",
        f"# Heading with {VALUE} {{: #id .wide }} #",
        f"Heading with {VALUE} {{#id}}\n====",
        f"| a | b |\n| - | - |\n| {VALUE} | c |",
        f"A [link to {VALUE}](page.md).",
        f'!!! note "Shape {VALUE}"\n    text',
        f'=== "Tab {VALUE}"\n\n    text',
        f"- item\n\n    {VALUE}",
        f"> {VALUE}",
        f"**{VALUE}**",
        f"- unpaired ` here\n- and {VALUE} there",
        f"Escaped \\` and {VALUE}",
        f"<b>{VALUE}</b>",
        f"<div markdown>\n{VALUE}\n</div>",
        f"text\n    {VALUE} goes on",
        f"```\nx\n```\n{VALUE}",
    ],
)
def test_a_value_stands_in_prose_as_code(text: str) -> None:
    html = convert(with_value(text, "(1, 4)"))
    assert "<code>(1, 4)</code>" in html
    assert "{python}" not in html


@pytest.mark.parametrize(
    "text",
    [
        "``{python} x``",
        "```{python} x```",
        "`{python}`",
        "`{python}x`",
        "`python x`",
        "\\`{python} x`",
        "    `{python} x`",
        "```text\n`{python} x`\n```",
        "<!-- `{python} x` -->",
        "<!-- a\n\n`{python} x`\n-->",
        "text <!-- `{python} x` --> text",
        "<div>`{python} x`</div>",
        "- item\n\n        `{python} x`",
        "`a `{python} x` b`",
        "`{python} x\n\nnever closed`",
    ],
)
def test_elsewhere_an_expression_is_text(text: str) -> None:
    assert with_value(text, "(1, 4)") == text
    assert programs(read_page(text)) == {}


@pytest.mark.parametrize(
    "value",
    [
        "a`b",
        "`a`",
        "``",
        "<img src=x onerror=alert(1)>",
        "</script>",
        "a | b",
        "*a* _b_ [c](d)",
        "&amp;",
        "\\",
        "a\\`b",
        "{.wide}",
        "a  b",
    ],
)
@pytest.mark.parametrize("frame", ["Here: {}.", "| a | b |\n| - | - |\n| {} | c |"])
def test_a_value_is_shown_as_it_is(value: str, frame: str) -> None:
    (shown,) = re.findall("<code>(.*?)</code>", convert(frame.format(code_span(value))))
    assert unescape(shown) == " ".join(value.split())


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_any_value_is_shown_as_it_is(value: str) -> None:
    (shown,) = re.findall("<code>(.*?)</code>", convert(f"Here: {code_span(value)}."))
    assert unescape(shown) == value


def test_a_value_is_one_line_without_terminal_codes() -> None:
    assert code_span("[[1 2]\n [3 4]]\x1b[0m") == "`[[1 2] [3 4]]`"
    assert convert(code_span("")) == "<p><code></code></p>"


def test_a_value_is_taken_after_the_blocks_above_it() -> None:
    text = "\n\n".join(
        [
            "`{python} a`",
            "```python\na = 1\n```",
            "`{python} b`",
            '```python session="other"\na = 2\n```',
            '```python run="no"\na = 3\n```',
            "```python\na = 4\n```",
            "`{python} c` and `{python} d`",
        ]
    )
    found = programs(read_page(text))
    expressions = [(one.code, one.after) for one in found["default"].expressions]
    assert expressions == [("a", 0), ("b", 1), ("c", 2), ("d", 2)]
    assert found["other"].expressions == ()


@pytest.mark.parametrize(
    "heading",
    [
        f"# Heading {VALUE}",
        f"## {VALUE} {{.wide}}",
        f"- # {VALUE}",
        f"> # {VALUE}",
        f"Heading {VALUE}\n---",
    ],
)
def test_a_heading_with_a_value_needs_an_id(heading: str) -> None:
    (problem,) = read_page(f"text\n\n{heading}\n").problems
    assert type(problem) is PageError
    assert problem.line == 3
    assert "{#" in (problem.hint or "")


@pytest.mark.parametrize("code", ["x =", "1 2", "import os", "x\ny", "(x"])
def test_what_is_no_expression_is_refused(code: str) -> None:
    (problem,) = read_page(f"text\n\ntext `{{python}} {code}` text\n").problems
    assert isinstance(problem, CodeError)
    assert problem.line == 3
    assert problem.hint
