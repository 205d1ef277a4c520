"""Pages into programs, and pages that have nothing to run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagramgen.errors import CodeError, FenceError
from diagramgen.pages.read import programs, read_page
from diagramgen.pages.write import write_page
from diagramgen.program import Block, Program


def test_a_page_becomes_a_program_for_each_session() -> None:
    text = (
        "```python words='a b' caption='c'\nx = 1\n```\n\n"
        "- item\n\n    ~~~ {.py session=b figure='x' steps='3' timeout='9'}\n"
        "    if x:\n    \ty = 2\n\n    ~~~\n\n"
        "```python raises='KeyError'\n{}[x]\n```\n\n```python run='no'\nno\n```\n"
    )
    assert programs(read_page(text)) == {
        "default": Program((Block("x = 1"), Block("{}[x]", raises="KeyError"))),
        "b": Program((Block("if x:\n    y = 2\n", figure="x", steps=3, timeout=9.0),)),
    }


def test_the_default_session_has_a_name() -> None:
    text = '```python session="default"\nx\n```\n\n```python\ny\n```\n'
    assert programs(read_page(text)) == {"default": Program((Block("x"), Block("y")))}


def test_prose_captions_and_places_are_in_no_program() -> None:
    one = "```python\nx\n```\n"
    other = "# Title\n\n> ```python caption='c' words='a b' hide='code' title='t'\n> x\n> ```\n"
    assert programs(read_page(one)) == programs(read_page(other)) != {}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("text\n\n```python\nx = 1\n", 3),
        ("- item\n\n    ```python\n    x = 1\n\n  y\n    ```\n", 3),
        ("```python\nx = 1\n\n```bash\nls\n```\n", 1),
        ("> ```python\n> x = 1\ntext\n", 1),
        ("text\n\n```text\nx\n\n  ```python\n  x\n  ```\n", 6),
    ],
)
def test_a_fence_that_is_never_closed(text: str, line: int) -> None:
    page = read_page(text)
    (problem,) = page.problems
    assert isinstance(problem, FenceError)
    assert problem.line == line
    assert problem.hint
    assert programs(page) == {}


@pytest.mark.parametrize(
    "text", ["<!--\n```python\nx = 1\n-->\n", "text\n\n    ```python\n    x\n"]
)
def test_an_open_fence_in_a_comment_or_in_code_is_text(text: str) -> None:
    assert read_page(text).problems == ()


@pytest.mark.parametrize("line", ['--8<-- "a.py"', "    --8<--", "-8<- 'a.py'"])
def test_a_snippet_in_a_block_that_runs(line: str) -> None:
    (problem,) = read_page(f"```python\nx = 1\n{line}\n```\n").problems
    assert isinstance(problem, FenceError)
    assert problem.line == 3
    assert 'run="no"' in (problem.hint or "")
    assert read_page(f'```python run="no"\n{line}\n```\n').problems == ()


def test_a_syntax_error() -> None:
    (problem,) = read_page("text\n\n```python\nx = 1\ndef f(:\n```\n").problems
    assert isinstance(problem, CodeError)
    assert problem.line == 5
    assert problem.hint


def test_a_syntax_error_may_be_the_lesson() -> None:
    text = '```python raises="SyntaxError"\ndef f(:\n```\n'
    assert programs(read_page(text)) == {
        "default": Program((Block("def f(:", raises="SyntaxError"),))
    }


def test_an_odd_escape_is_no_error_here() -> None:
    assert read_page('```python\nprint("\\d")\n```\n\n`{python} "\\d"`\n').problems == ()


def test_problems_are_told_in_order_and_nothing_runs() -> None:
    text = "`{python} 1 +`\n\n```python\nx = (\n```\n\n```python wrods='a'\nx\n```\n"
    page = read_page(text)
    assert [problem.line for problem in page.problems] == [1, 4, 7]
    assert programs(page) == {}


LINES = st.sampled_from(
    [
        "---",
        "title: Page",
        "- item",
        "    - nested `code`",
        "\t1. tab",
        '!!! note "Title"',
        '    === "Tab"',
        "> quote",
        "```text",
        "```",
        "~~~",
        "~~~ {.js title='a'}",
        "````markdown",
        "    ```bash words='a b'",
        "<!-- a",
        "-->",
        "<div markdown>",
        "``{python} x``",
        "`{python}`",
        "--8<-- 'a.md'",
        "trailing blanks  ",
        "",
    ]
)


@given(
    st.lists(st.tuples(LINES | st.text(max_size=9), st.sampled_from(["\n", "\r\n", "\r"]))),
    st.text(max_size=9),
)
def test_a_page_without_python_comes_through_byte_for_byte(
    lines: list[tuple[str, str]], end: str
) -> None:
    text = "".join(line + newline for line, newline in lines) + end
    page = read_page(text)
    written = write_page(page, [], [])
    assert written.markdown == text
    assert written.placeholders == {}
    assert programs(page) == {}
