"""What is a block: what SuperFences takes for one, except inside of HTML comments."""

from __future__ import annotations

from textwrap import indent

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from diagramgen.errors import FenceError
from diagramgen.pages.read import read_page
from diagramgen.pages.write import write_page
from tests.pages.converter import highlighted_blocks

BLOCK = "```python\nx = 1\n```\n"
CASES = {
    "alone": BLOCK,
    "py": "```py\nx = 1\n```\n",
    "braces": "``` {.python #id .wide title='a b'}\nx = 1\n```\n",
    "language and braces": '```python {.wide data-x="1"}\nx = 1\n```\n',
    "dot before the language": "``` .python\nx = 1\n```\n",
    "other languages": "```text\nx = 1\n```\n\n```pycon\n>>> x\n```\n\n```\nx\n```\n",
    "tildes": "~~~python\nx = 1\n~~~\n",
    "longer fence": "````python\nx = '''\n```\n'''\n````\n",
    "longer fence does not close": "```python\nx = '''\n````\n'''\n```\n",
    "blank after the closing fence": "```python\nx = 1\n```  \n\ntext\n",
    "material's options": '```python title="a" hl_lines="1 2-3" linenums="1"\nx = 1\n```\n',
    "our options": "```python run=\"no\" title='a'\nx = 1\n```\n",
    "our options in braces": "```{.python run=no #id steps='3'}\nx = 1\n```\n",
    "other block's unknown option": f'```text nonsense="1"\ny\n```\n\n{BLOCK}\n',
    "in another fence": f"````markdown\n{BLOCK}````\n",
    "in a fence of tildes": f"~~~markdown\n{BLOCK}~~~\n",
    "code span of three backticks": "```python x``` is a code span.\n\n" + BLOCK,
    "list": "- item\n\n" + indent(BLOCK, "    "),
    "list, no blank line": "1. item\n" + indent(BLOCK, "    "),
    "list, indent of three": "1. item\n" + indent(BLOCK, "   ") + "2. item\n",
    "nested list": "- item\n    - inner\n\n" + indent(BLOCK, " " * 8),
    "nested list, blank lines": "- item\n\n    1. inner\n\n" + indent(BLOCK, " " * 8),
    "list, then code": "- item\n\ntext\n\n" + indent(BLOCK, "    "),
    "list, indent of a code block": "- item\n\n" + indent(BLOCK, " " * 8),
    "admonition": '!!! note "Title"\n\n' + indent(BLOCK, "    "),
    "list in an admonition": "!!! note\n\n    - item\n\n" + indent(BLOCK, " " * 8),
    "admonition in a list": "- item\n\n    !!! tip\n\n" + indent(BLOCK, " " * 8),
    "after an admonition": "!!! note\n    text\n\ntext\n\n" + indent(BLOCK, "    "),
    "details": '??? question "Why?"\n\n' + indent(BLOCK, "    "),
    "tabs": '=== "A"\n\n' + indent(BLOCK, "    ") + '\n=== "B"\n\n' + indent(BLOCK, "    "),
    "footnote": "Text[^1]\n\n[^1]: Note\n\n" + indent(BLOCK, "    "),
    "definition": "Term\n:   Definition\n\n" + indent(BLOCK, "    "),
    "blockquote": indent(BLOCK, "> "),
    "blockquote, lazy": "> ```python\n  x = 1\n> ```\n",
    "blockquote, deeper inside": ">  ```python\n> > x\n>  ```\n",
    "blockquote in a blockquote": indent(BLOCK, "> > "),
    "blockquote in a list": "- item\n\n" + indent(BLOCK, "    > "),
    "list in a blockquote": "> - item\n>\n" + indent(BLOCK, ">     "),
    "code in a blockquote": "> text\n>\n" + indent(BLOCK, ">     "),
    "indented code": "text\n\n" + indent(BLOCK, "    "),
    "indented code, then a block": "    code\n" + BLOCK,
    "tabs for indent": "- item\n\n" + indent(BLOCK, "\t"),
    "comment": f"<!--\n{BLOCK}-->\n",
    "comment with blank lines": f"<!-- a\n\n{BLOCK}\n-->\n\n{BLOCK}",
    "comment in a list": "- item\n\n    <!--\n" + indent(BLOCK, "    ") + "    -->\n",
    "comment that is never closed": f"<!-- a\n\n{BLOCK}",
    "comment with our options": "<!--\n```python words='a b'\nx\n```\n-->\n\n" + BLOCK,
    "end of a comment in a block": '<!--\n```python\nx = "-->"\n```\n-->\n' + BLOCK,
    "comment in a code span": f"`<!--`\n\n{BLOCK}\n`-->`\n",
    "comment, then code": "- item\n\n<!-- c -->\n\n" + indent(BLOCK, "    "),
    "grid cards": '<div class="grid cards" markdown>\n\n-   **A**\n\n    ---\n\n'
    + indent(BLOCK, "    ")
    + "\n-   B\n\n</div>\n",
    "raw HTML": f"<div>\n{BLOCK}</div>\n",
    "indent in raw HTML": "<details>\n<summary>S</summary>\n\n"
    + indent(BLOCK, "    ")
    + "\n</details>\n",
    "indent in a markdown div": "<div markdown>\n\n" + indent(BLOCK, "    ") + "\n</div>\n",
    "after raw HTML": "<div>a</div>\n\n- item\n\n" + indent(BLOCK, "    "),
    "heading, then code": "# Heading\n" + indent(BLOCK, "    "),
    "underlined heading": "Heading\n---\n" + BLOCK,
    "rule": "- item\n\n---\n\n" + indent(BLOCK, "    "),
    "in a paragraph": f"text\n{BLOCK}text\n",
}
PYTHON_SAYS = {"our options": 1, "indented code": 0, "comment": 0, "grid cards": 1, "tabs": 2}


def found_blocks(text: str) -> list[str]:
    return [b.fence.code.strip("\n") for b in read_page(text).blocks if b.fence.closed]


def converted_blocks(text: str) -> list[str]:
    """What the converter highlights in the page as it is written again, with nothing put in."""
    page = read_page(text)
    written = write_page(page, [()] * len(page.blocks), [None] * len(page.values))
    return highlighted_blocks(written.markdown)


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_blocks_are_those_that_are_highlighted(text: str) -> None:
    assert found_blocks(text) == converted_blocks(text)


@pytest.mark.parametrize(("name", "count"), PYTHON_SAYS.items())
def test_cases_hold_what_their_names_say(name: str, count: int) -> None:
    assert len(found_blocks(CASES[name])) == count


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_make_no_difference(newline: str) -> None:
    text = CASES["nested list"]
    assert found_blocks(text.replace("\n", newline)) == found_blocks(text) != []


LINES = st.sampled_from(
    [
        "text",
        "`a` and **b**",
        "",
        "# Heading",
        "====",
        "---",
        "- item",
        "1. item",
        "- - item",
        "> quote",
        "!!! note",
        '??? tip "Title"',
        '=== "Tab"',
        "| a | b |",
        "```",
        "~~~",
        "```text",
        "``` {.text}",
        '```text nonsense="1"',
    ]
)
PREFIXES = st.sampled_from(
    [
        "",
        "",
        "    ",
        "        ",
        "            ",
        "  ",
        "   ",
        "\t",
        "> ",
        "> > ",
        ">     ",
        "    > ",
    ]
)
FENCES = st.sampled_from(["```", "~~~", "````"])
OPTIONS = st.sampled_from(
    ["python", " py", 'python title="a b"', " {.python}", "python run='no'", "{ .py #i session=b }"]
)
BODIES = st.sampled_from(["x = 1", "x = 1\n\ny = 2", "    x\ny", "-->", "# <!--", "x\n`````"])


@st.composite
def stretches(draw: st.DrawFn) -> str:
    """A line, or a block that may not be closed, at any indent, with blank lines or without."""
    if draw(st.booleans()):
        marks = draw(FENCES)
        close = draw(st.sampled_from([f"\n{marks}", f"\n{marks}", f"\n{marks} ", ""]))
        text = f"{marks}{draw(OPTIONS)}\n{draw(BODIES)}{close}"
    else:
        text = draw(LINES)
    prefix = draw(PREFIXES)
    lines = [prefix + line for line in text.split("\n")] if text else [""]
    return "\n".join(["", *lines, *draw(st.sampled_from([[], [""]]))])


@settings(max_examples=300)
@given(st.lists(stretches(), max_size=8).map("\n".join))
def test_blocks_of_any_page_are_those_that_are_highlighted(text: str) -> None:
    assume(not any(isinstance(error, FenceError) for error in read_page(text).problems))
    assert found_blocks(text) == converted_blocks(text)


CONTAINERS = {
    "- item\n\n": "    ",
    "1. item\n": "    ",
    '!!! note "Title"\n\n': "    ",
    "??? tip\n": "    ",
    '=== "Tab"\n\n': "    ",
    "": "> ",
}


@st.composite
def nested(draw: st.DrawFn) -> str:
    """Blocks in containers in containers, with comments and indented code between."""
    pieces = []
    for _ in range(draw(st.integers(1, 4))):
        text = draw(
            st.sampled_from([BLOCK, BLOCK, "text\n", "    code\n", f"<!--\n{BLOCK}-->\n", "---\n"])
        )
        for head in draw(st.lists(st.sampled_from(sorted(CONTAINERS)), max_size=3)):
            text = head + indent(text, CONTAINERS[head], lambda _: True)
        pieces.append(text)
    return "\n".join(pieces)


@given(nested())
def test_blocks_in_containers_are_those_that_are_highlighted(text: str) -> None:
    assert found_blocks(text) == converted_blocks(text)
