"""A page written again: where things stand, and that nothing of a program is read as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from diagramgen.pages.html import below, figure
from diagramgen.pages.placeholders import set_aside, swap
from diagramgen.pages.problems import problem_list
from diagramgen.pages.read import Page, read_page
from diagramgen.pages.write import write_page
from diagramgen.trace import BlockResult, Failure, Warned
from tests.pages.converter import convert

NASTY = "</script></pre></div><img src=x onerror=alert(1)>\x1b[31m\x1b]0;t\x07 & \x00"


class Tags(HTMLParser):
    """The tags of an HTML text, each with what it stands in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.paths: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("input", "img", "hr", "br"):
            self.open.append(tag)
        name = dict(attrs).get("class")
        self.paths.append("/".join(self.open) + (f".{name}" if name else ""))

    def handle_endtag(self, tag: str) -> None:
        assert tag == "input" or self.open.pop() == tag


def rendered(text: str, *pieces: str) -> str:
    page = read_page(text)
    assert page.problems == ()
    written = write_page(page, [pieces] * len(page.blocks), [None] * len(page.values))
    return swap(convert(written.markdown), written.placeholders)


def page(options: str = "") -> Page:
    return read_page(f"```python {options}\nx\n```\n")


def shown(options: str, result: BlockResult | None, svg: str | None = None) -> list[str]:
    return below(page(options).blocks[0], result, [svg] if svg else [])


CONTAINERS = {
    "alone": ("```python\nx\n```", ""),
    "list": ("- item\n\n    ```python\n    x\n    ```", "ul/li"),
    "tight list": ("- item\n    ```python\n    x\n    ```\n- next", "ul/li"),
    "list, indent of three": ("1. item\n   ```python\n   x\n   ```\n2. next", "ol/li"),
    "admonition": ("!!! note\n\n    ```python\n    x\n    ```", "div"),
    "details": ("??? note\n    ```python\n    x\n    ```\n    text", "details"),
    "tab": ('=== "A"\n\n    ```python\n    x\n    ```\n\n=== "B"\n\n    text', "div/div/div"),
    "blockquote": ("> ```python\n> x\n> ```\n> text", "blockquote"),
    "grid cards": (
        '<div class="grid cards" markdown>\n\n-   **A**\n\n    ```python\n    x\n    ```\n\n</div>',
        "div/ul/li",
    ),
    "raw HTML": ("<section>\n```python\nx\n```\n</section>", "section"),
}


@pytest.mark.parametrize("hide", ["", ' hide="code"'])
@pytest.mark.parametrize(("text", "path"), CONTAINERS.values(), ids=CONTAINERS)
def test_html_stands_beside_its_block(text: str, path: str, hide: str) -> None:
    text = text.replace("```python", f"```python{hide}")
    pieces = ('<figure class="one"></figure>', '<figure class="two"></figure>')
    tags = Tags(rendered(f"before\n\n{text}\n\nafter\n", *pieces))
    assert [tag.rpartition("/")[0] for tag in tags.paths if "figure" in tag] == [path, path]
    code = [tag for tag in tags.paths if tag.endswith("language-python highlight")]
    assert len(code) == (0 if hide else 1)
    assert all(tag.startswith(path) for tag in code)


def test_the_text_around_a_block_stays_as_it_is() -> None:
    text = (
        "a\n```python hide='all'\nx\n```\nb\n\n> ~~~ {.py hide='code' title=t}\n> x\n> ~~~\n> c\n"
    )
    written = write_page(read_page(text), [(), ("HTML",)], [])
    (token,) = written.placeholders
    assert written.markdown == f"a\n\nb\n\n>\n> {token}\n>\n> c\n"


def test_tokens_are_letters_and_digits_that_the_page_can_not_hold() -> None:
    text = "```python\nx\n```\n"
    (token,) = write_page(read_page(text), [("HTML",)], []).placeholders
    assert re.fullmatch("[a-z0-9]+", token)
    assert swap(f"<p>{token}</p>", {token: "<b>"}) == "<b>"
    assert swap(f"<li>{token}</li>", {token: "<b>"}) == "<li><b></li>"
    other = token.replace("x0x", "x1x")
    assert swap(f"<p>{other}</p>", {token: "<b>"}) == f"<p>{other}</p>"


def test_figures_wait_as_comments() -> None:
    drawn = figure("<svg></svg>", "A caption", "a.json")
    page = read_page("```python\nx\n```\n")
    written = write_page(page, [("<pre>1</pre>", drawn)], [])
    now, later = set_aside(written.placeholders)
    html = swap(convert(written.markdown), now)
    assert "<pre>1</pre>" in html
    assert "figure" not in html
    assert not re.search("dg[0-9a-f]{16}", re.sub("<!--.*?-->", "", html))
    assert swap(html, later) == swap(convert(written.markdown), written.placeholders)


def test_nothing_that_a_program_says_is_read_as_html() -> None:
    result = BlockResult(
        stdout=NASTY, warnings=(Warned("UserWarning", NASTY),), error=Failure("KeyError", NASTY)
    )
    pieces = shown('warns="UserWarning" raises="KeyError"', result)
    pieces += [figure("<svg></svg>", NASTY + '" x="', "a.json")]
    html = rendered("```python\nx\n```\n", *pieces)
    assert not [tag for tag in Tags(html).paths if "img" in tag or "script" in tag]
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", html)
    assert html.count("&lt;/script&gt;") == 5


def test_what_is_shown_of_a_block() -> None:
    result = BlockResult(stdout="1 < 2\n\n", warnings=(Warned("UserWarning", "careful"),))
    assert shown("", result, "FIGURE") == [
        '<div class="dg-stdout"><pre tabindex="0">1 &lt; 2</pre></div>',
        "FIGURE",
    ]
    assert shown('warns="UserWarning"', result)[1] == (
        '<div class="dg-warning"><pre><strong>UserWarning</strong>: careful</pre></div>'
    )
    assert shown('raises="ValueError"', BlockResult(error=Failure("ValueError", "odd\nit is"))) == [
        '<div class="dg-error"><pre><strong>ValueError</strong>: odd\nit is</pre></div>'
    ]
    assert shown("", BlockResult()) == []


@pytest.mark.parametrize(
    ("hide", "pieces"), [("code", 2), ("output", 1), ("figure", 1), ("all", 0)]
)
def test_hide(hide: str, pieces: int) -> None:
    assert len(shown(f'hide="{hide}"', BlockResult(stdout="1"), "FIGURE")) == pieces


def test_the_reader_is_told_what_was_not_run() -> None:
    (note,) = shown('run="no"', None)
    assert note == '<div class="dg-note"><p>This code was not run when the page was made.</p></div>'
    (note,) = shown("", BlockResult(ran=False))
    assert "an earlier block failed" in note
    assert shown("", None) == []


def test_a_figure_scrolls_by_itself_and_is_not_searched() -> None:
    html = figure("<svg></svg>", 'A "caption"', "stacking-2.json")
    assert html.startswith('<figure class="dg-figure" data-search-exclude><div class="dg-scroll" ')
    assert 'tabindex="0" role="region" aria-label="A &quot;caption&quot;"><svg>' in html
    assert 'href="stacking-2.json"' in html


def test_problems_for_the_author() -> None:
    (problem,) = read_page('```python wrods="<b>"\nx\n```\n').problems
    assert problem_list([problem.at("docs/a.md", 1)]).startswith(
        '<div class="dg-problems" role="alert"><ul><li>docs/a.md:1: There is no option wrods.'
    )
