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

from diagramgen.pages.fences import TAB, Fence, fence_at, find_fences, split_lines
from diagramgen.pages.markup import Span, html_spans
from diagramgen.pages.options import OPTION_NAMES
from diagramgen.pages.structure import FENCE, HTML, indented_code

_PREFIX = re.compile(r"[> \t]*")
_INLINE = re.compile(
    r"\\."
    r"|(?P<ticks>`++)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|`++"
    r"|(?P<comment><!--(?:(?!<!--|-->).)*-->)",
    re.DOTALL,
)
_MARK = re.compile(r"[> \t]*(?:(?P<item>(?:\d+\.|[*+-])[ \t])|#|!!!|\?\?\?|===)")
"""What may begin a paragraph without a blank line above it; an item does so only in a list."""


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
    commented: tuple[Fence, ...]
    """The fences in comments."""
    covered: tuple[tuple[int, int], ...]
    """Where a Python fence would open in an other that nothing closes: both lines, from 0."""
    code_spans: tuple[CodeSpan, ...]


def read_layout(text: str) -> Layout:
    """Find the code blocks and the code spans of a page."""
    lines = split_lines(text)
    no_fences: set[int] = set()
    while True:
        fences = find_fences(lines, no_fences)
        layout, in_code = _lay_out(text, lines, fences)
        # With an option of ours, SuperFences takes a fence for text. In comments nobody sees that
        # the option is taken out; in indented code it stays, so the fence is none.
        text_only = {fence.first for fence in in_code if not fence.info.accepted()}
        text_only |= {
            fence.first for fence in layout.commented if not fence.info.accepted(OPTION_NAMES)
        }
        if not text_only:
            return layout
        no_fences |= text_only


def _lay_out(text: str, lines: list[str], fences: list[Fence]) -> tuple[Layout, list[Fence]]:
    """What is where, given the fences; and those of them that are in indented code."""
    source = text.replace("\r\n", " \n").replace("\r", "\n").split("\n")
    places = _places(source)
    inside = _overwrite_fences(source, fences)
    prose = "\n".join(source)
    html = list(html_spans(prose))
    for span in html:
        prose = _overwrite_html(prose, span)
    prose, code = _overwrite_code(prose, inside)
    tokens = list(_tokens(prose, inside))
    comments = [(span.start, span.end) for span in html if span.kind == "comment"]
    comments += [token.span() for token in tokens if token["comment"]]

    def commented(line: int) -> bool:
        return any(start <= places[line] < end for start, end in comments)

    shown = [fence for fence in fences if fence.first not in code and not commented(fence.first)]
    layout = Layout(
        fences=tuple(shown),
        commented=tuple(fence for fence in fences if commented(fence.first)),
        covered=tuple(
            (at, fence.first)
            for at, fence in _covered(lines, fences)
            if at not in code and not commented(at)
        ),
        code_spans=tuple(
            CodeSpan(token["code"], *token.span(), len(token["ticks"]))
            for token in tokens
            if token["code"]
        ),
    )
    return layout, [fence for fence in fences if fence.first in code]


def _covered(lines: list[str], fences: list[Fence]) -> Iterator[tuple[int, Fence]]:
    """The lines in other fences that are never closed at which a Python fence would open."""
    for fence in fences:
        if not fence.closed and not fence.info.python:
            for at in range(fence.first + 1, fence.last + 1):
                inner = fence_at(lines, at)
                if inner is not None and inner.info.python:
                    yield at, fence


def _places(lines: Sequence[str]) -> list[int]:
    """Where each line begins, behind its indent."""
    starts = itertools.accumulate((len(line) + 1 for line in lines), initial=0)
    return [start + len(_prefix(line)) for start, line in zip(starts, lines, strict=False)]


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
    blank_above, in_list = True, False
    for at, line in enumerate(prose.split("\n")):
        mark = _MARK.match(line)
        item = bool(mark and mark["item"])
        blank = at not in inside and not line.strip()
        if blank or (item and (blank_above or in_list)) or (mark and not item):
            yield from _INLINE.finditer(prose, start, end)
            start = end
            in_list = item
        blank_above = blank
        end += len(line) + 1
    yield from _INLINE.finditer(prose, start)
