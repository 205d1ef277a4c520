"""Find the fences that SuperFences takes for code blocks.

SuperFences reads a page line by line before anything else does. A fence may stand at any indent and
behind any number of ``>``; its lines have to be indented like its opening, and the line that closes
it has the same characters, no more and no less. At a line that is indented less, SuperFences gives
the fence up and goes on with the next line, without looking back. So does this module.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import msgspec

from diagramgen.pages.info import Info, read_info

TAB = 4
"""How many columns a tab has in Python-Markdown."""

LINE_END = re.compile(r"\r\n|\r|\n")
_OPENING = re.compile(r"(?P<prefix>[> ]*)(?P<marks>`{3,}|~{3,})(?P<info>.*)")


class Fence(msgspec.Struct, frozen=True):
    """A fence in a page, with its lines counted from 0."""

    first: int
    """The opening line."""
    last: int
    """The closing line, or the line at which SuperFences gives the fence up."""
    prefix: str
    """Blanks and ``>`` before the fence's characters."""
    marks: str
    """The fence's characters: ````` ``` ````` or more, or tildes."""
    text: str
    """What follows them on the opening line."""
    info: Info
    code: str
    """The lines between, without their indent, with ``\\n`` between them."""
    closed: bool = True


def split_lines(text: str) -> list[str]:
    """The lines of a page as Python-Markdown sees them: tabs expanded, blank ones emptied."""
    lines = (line.expandtabs(TAB) for line in LINE_END.split(text))
    return [line if line.strip(" ") else "" for line in lines]


def find_fences(lines: Sequence[str], text: Collection[int] = ()) -> list[Fence]:
    """All fences of a page, of all languages, in order.

    Among them are those that stand in comments and in indented code.

    Args:
        lines: The page, as `split_lines` gives it.
        text: Lines that open no fence, whatever they look like.
    """
    fences = []
    index = 0
    while index < len(lines):
        fence = None if index in text else fence_at(lines, index)
        if fence is not None:
            fences.append(fence)
            index = fence.last
        index += 1
    return fences


def fence_at(lines: Sequence[str], first: int) -> Fence | None:
    """The fence that a line opens, if it opens one."""
    opening = _OPENING.fullmatch(lines[first])
    info = read_info(opening["info"], opening["marks"][0]) if opening else None
    if opening is None or info is None:
        return None
    prefix, marks, text = opening.groups()
    last, closed = _end(lines, first, prefix, marks)
    code = "\n".join(line[len(prefix) :] for line in lines[first + 1 : last])
    return Fence(first, last, prefix, marks, text, info, code, closed)


def _end(lines: Sequence[str], first: int, prefix: str, marks: str) -> tuple[int, bool]:
    """The line that ends a fence, and whether it closes it."""
    margin = re.compile(f"[> ]{{0,{len(prefix)}}}")
    level = prefix.count(">")
    blank = False
    for index, line in enumerate(lines[first + 1 :], first + 1):
        before = margin.match(line)[0]  # type: ignore[index] # it matches nothing at the least
        content = line[len(before) :]
        depth = before.count(">")
        if depth > level:
            return index, False
        if not content.strip() if not level else not content:
            blank = True
            continue
        if len(before) < len(prefix) or (blank and depth < level):
            return index, False
        if content.rstrip() == marks:
            return index, True
        blank = False
    return len(lines) - 1, False
