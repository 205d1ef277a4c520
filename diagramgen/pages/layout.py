"""Where on a page the code blocks and the code spans are.

This puts together what the modules beside it find, in the order in which Python-Markdown looks:
fences first, then HTML, then the structure of blocks, and the code spans in what is left. Whatever
was found is overwritten, character by character, so that places stay what they were.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Sequence

import msgspec

from diagramgen.pages.fences import TAB, Fence, find_fences, split_lines
from diagramgen.pages.markup import Span, html_spans
from diagramgen.pages.structure import FENCE, HTML, indented_code

_PREFIX = re.compile(r"[> \t]*")
_INLINE = re.compile(
    r"\\."
    r"|(?P<ticks>`++)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|`++"
    r"|(?P<comment><!--(?:(?!<!--|-->).)*-->)",
    re.DOTALL,
)
_NEW_PARAGRAPH = re.compile(r"[> \t]*(?:(?:\d+\.|[*+-])[ \t]|#|!!!|\?\?\?|===)")


class CodeSpan(msgspec.Struct, frozen=True):
    """A code span in prose."""

    code: str
    start: int
    """Where its first backtick is, in characters of the page."""
    end: int
    ticks: int
    """How many backticks stand on each side."""


class Layout(msgspec.Struct, frozen=True):
    """The parts of a page that may hold code."""

    fences: tuple[Fence, ...]
    """The fences that are not in comments or indented code, closed or not."""
    code_spans: tuple[CodeSpan, ...]


def read_layout(text: str) -> Layout:
    """Find the code blocks and the code spans of a page."""
    fences = find_fences(split_lines(text))
    lines = text.replace("\r\n", " \n").replace("\r", "\n").split("\n")
    places = _places(lines, fences)
    inside = _overwrite_fences(lines, fences)
    prose = "\n".join(lines)
    html = list(html_spans(prose))
    for span in html:
        prose = _overwrite_html(prose, span)
    prose, code = _overwrite_code(prose, inside)
    tokens = list(_tokens(prose, inside))
    comments = [(span.start, span.end) for span in html if span.kind == "comment"]
    comments += [token.span() for token in tokens if token["comment"]]
    shown = (
        fence
        for fence, place in zip(fences, places, strict=True)
        if fence.first not in code and not any(start <= place < end for start, end in comments)
    )
    spans = (
        CodeSpan(token["code"], *token.span(), len(token["ticks"]))
        for token in tokens
        if token["code"]
    )
    return Layout(tuple(shown), tuple(spans))


def _places(lines: Sequence[str], fences: Sequence[Fence]) -> list[int]:
    """Where each fence begins, behind its indent."""
    starts = list(itertools.accumulate((len(line) + 1 for line in lines), initial=0))
    return [starts[fence.first] + len(_prefix(lines[fence.first])) for fence in fences]


def _overwrite_fences(lines: list[str], fences: Sequence[Fence]) -> set[int]:
    """Overwrite the closed fences, and tell which lines are theirs but for the first."""
    inside: set[int] = set()
    for fence in fences:
        if fence.closed:
            lines[fence.first] = _prefix(lines[fence.first]).ljust(len(lines[fence.first]), FENCE)
            inside.update(range(fence.first + 1, fence.last + 1))
    for at in inside:
        lines[at] = " " * len(lines[at])
    return inside


def _prefix(line: str) -> str:
    match = _PREFIX.match(line)
    return match[0] if match else ""


def _overwrite_html(text: str, span: Span) -> str:
    line = text.rfind("\n", 0, span.start) + 1
    start = span.start if text[line : span.start].strip() else line
    filler = re.sub(r"[^\n]", HTML, text[start : span.end])
    return text[:start] + filler + text[span.end :]


def _overwrite_code(text: str, inside: Collection[int]) -> tuple[str, set[int]]:
    """Overwrite the indented code, and tell which lines it has."""
    lines = text.split("\n")
    code = indented_code(
        [(at, line.expandtabs(TAB)) for at, line in enumerate(lines) if at not in inside]
    )
    return "\n".join("".ljust(len(ln)) if at in code else ln for at, ln in enumerate(lines)), code


def _tokens(prose: str, inside: Collection[int]) -> Iterator[re.Match[str]]:
    """Code spans and comments, none of which goes on from one paragraph into the next."""
    start = end = 0
    for at, line in enumerate(prose.split("\n")):
        if at not in inside and (not line.strip() or _NEW_PARAGRAPH.match(line)):
            yield from _INLINE.finditer(prose, start, end)
            start = end
        end += len(line) + 1
    yield from _INLINE.finditer(prose, start)
