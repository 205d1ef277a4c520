"""Finds the numbers that are typed into the prose of a page, where a value could stand."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

_FENCE = re.compile(
    r"^[ \t>]*(?P<marks>`{3,}|~{3,})[^\n]*\n(?P<code>.*?)^[ \t>]*(?P=marks)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_NO_PROSE = re.compile(
    r"\A---\n.*?\n---\n"  # the front matter
    r"|^## References$.*\Z"  # years and page numbers of what others wrote
    r"|<!--.*?-->"
    r"|\]\([^)\n]*\)"  # where a link leads
    r"|\{[#:.][^}\n]*\}"  # attributes
    r"|^(?:#+ |[ \t]*)\d+\.(?=[ \t])"  # the numbers of a list, or of sections
    r"|\[\^\d+\]",  # footnotes
    re.MULTILINE | re.DOTALL,
)
_SPAN = re.compile(r"(?P<marks>`+)(?P<code>.+?)(?P=marks)(?!`)", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,:]\d+)*(?![\w-])")
_BEFORE = re.compile(r"(?:\S+ +){0,2}\S*\Z")
_AFTER = re.compile(r"\S*(?: +\S+){0,2}")
_REASONS = Path(__file__).with_name("typed-numbers.toml")


class Typed(NamedTuple):
    """A number that is typed into the prose."""

    line: int
    text: str
    """The number with the words around it."""
    reason: str | None
    """Why it may stand; None if nobody said so."""


def typed_numbers(page: str, markdown: str) -> list[Typed]:
    """The numbers in a page's prose that are neither values nor quotes of the page's own code.

    Args:
        page: The page, from the docs folder: ``guide/stacking.md``.
        markdown: All that its file holds.
    """
    code = "\n".join(fence["code"] for fence in _FENCE.finditer(markdown))
    prose = _SPAN.sub(lambda span: _quoted(span, code), _FENCE.sub(_blank, markdown))
    prose = _NO_PROSE.sub(_blank, prose)
    return [_typed(page, prose, number) for number in _NUMBER.finditer(prose)]


def _quoted(span: re.Match[str], code: str) -> str:
    """A code span, blank if it is a value or stands in one of the page's blocks as well."""
    said = span["code"].strip()
    return _blank(span) if said.startswith("{python}") or said in code else span[0]


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _typed(page: str, prose: str, number: re.Match[str]) -> Typed:
    said = (
        reason
        for on, text, reason in reasons()
        if on in (page, "*") and (not text or _covers(text, prose, number.start()))
    )
    before = _BEFORE.search(prose[max(0, number.start() - 100) : number.start()])
    after = _AFTER.match(prose[number.end() :])
    text = f"{before and before[0]}{number[0]}{after and after[0]}"
    line = prose.count("\n", 0, number.start()) + 1
    return Typed(line, text, next(said, None))


def _covers(text: str, prose: str, place: int) -> bool:
    found = re.finditer(re.escape(text), prose)
    return any(one.start() <= place < one.end() for one in found)


@cache
def reasons() -> tuple[tuple[str, str, str], ...]:
    """Each number that may stand as it is: its page, the words around it, and the reason.

    Without words, the reason is for all numbers of the page.
    """
    entries = tomllib.loads(_REASONS.read_text("utf-8"))["numbers"]
    return tuple(
        (one["page"], text, one["reason"]) for one in entries for text in one.get("texts", [""])
    )
