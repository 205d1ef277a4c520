"""Values in prose: an expression in a code span, and the code span that its value becomes."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from diagramgen.errors import CodeError, PageError
from diagramgen.pages.layout import CodeSpan
from diagramgen.pages.python import read_expression
from diagramgen.pages.text import plain

_EXPRESSION = re.compile(r"\{python\}\s+(?P<code>\S.*)", re.DOTALL)
_HEADING = re.compile(r"(?:[> \t]|(?:\d+\.|[*+-])[ \t])*#")
_UNDERLINE = re.compile(r"[> \t]*(?:=+|-+)[ \t]*$")
_OWN_ID = re.compile(r"\{:?[^{}]*#[^{}]+\}[ \t#]*$")


class InlineValue(msgspec.Struct, frozen=True):
    """An expression in prose whose value stands there in the end."""

    code: str
    line: int
    """Of the page, counted from 1."""
    start: int
    """Where its code span begins, in characters of the page."""
    end: int


def read_inline(
    text: str, code_spans: Iterable[CodeSpan]
) -> tuple[list[InlineValue], list[PageError]]:
    """The inline values of a page, and what is wrong with them."""
    values = []
    errors: list[PageError] = []
    for span in code_spans:
        expression = _EXPRESSION.fullmatch(span.code) if span.ticks == 1 else None
        if expression is None:
            continue
        code = expression["code"].strip()
        value = InlineValue(code, text.count("\n", 0, span.start) + 1, span.start, span.end)
        values.append(value)
        try:
            _check(text, value)
        except PageError as error:
            errors.append(type(error)(error.message, line=value.line, hint=error.hint))
    return values, errors


def code_span(value: str) -> str:
    """A value as a code span, on one line, in which nothing of it is read as Markdown."""
    value = " ".join(plain(value).split()) or " "
    longest = max((len(run) for run in re.findall("`+", value)), default=0)
    ticks = "`" * (longest + 1)
    space = " " if "`" in (value[0], value[-1]) else ""
    return f"{ticks}{space}{value}{space}{ticks}"


def _check(text: str, value: InlineValue) -> None:
    """Raise a PageError if a value can't stand where it stands."""
    if "\n" in value.code:
        raise CodeError(
            "An inline expression goes on over the end of its line", hint="Write it on one line"
        )
    read_expression(value.code)
    line, below = _lines_at(text, value)
    heading = _HEADING.match(line) or _UNDERLINE.match(below)
    if heading and not _OWN_ID.search(line):
        raise PageError(
            "A heading with a value in it needs an id of its own, or links to it break",
            hint="Write one at the end of the heading, such as {#shapes}",
        )


def _lines_at(text: str, value: InlineValue) -> tuple[str, str]:
    """The line of a value and the line below it."""
    start = text.rfind("\n", 0, value.start) + 1
    line, _, below = text[start:].partition("\n")
    return line.rstrip("\r"), below.partition("\n")[0].rstrip("\r")
