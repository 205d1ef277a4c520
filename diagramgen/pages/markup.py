"""Find the HTML that Python-Markdown takes out of a page before it reads any Markdown.

That is comments and blocks of raw HTML, each where a line begins (three blanks may stand before).
In an element with a ``markdown`` attribute the text is Markdown again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_BLOCK_TAG = re.compile(
    "address|article|aside|blockquote|body|canvas|center|colgroup|dd|details|div|dl|dt|fieldset"
    "|figcaption|figure|footer|form|group|h[1-6]|header|hgroup|hr|html|iframe|legend|li|main|map"
    "|math|menu|nav|noscript|object|ol|option|output|p|pre|progress|script|section|style|summary"
    "|table|tbody|td|textarea|tfoot|th|thead|tr|ul|video"
)
_NEVER_MARKDOWN = re.compile("canvas|math|option|pre|script|style|textarea")
_ATTRIBUTES = r"""(?:"[^"]*"|'[^']*'|[^'"<>`])*+"""
_TOKEN = re.compile(
    rf"(?P<comment><!--.*?-->)|<(?P<close>/?)(?P<tag>[a-zA-Z][^\s/<>`]*)(?P<attributes>{_ATTRIBUTES})>",
    re.DOTALL,
)
_MARKDOWN = re.compile(r"""(?:"[^"]*"|'[^']*'|[^'"])*?\smarkdown(?=[\s=/]|$)""")


class Span(msgspec.Struct, frozen=True):
    """A stretch of a page, in characters."""

    start: int
    end: int
    kind: str
    """``"comment"``, ``"raw"`` for HTML that stays as it is, ``"tag"`` for one around Markdown."""


class _Element(msgspec.Struct, frozen=True):
    tag: str
    raw: bool
    start: int


def html_spans(text: str) -> Iterator[Span]:
    """The comments and the HTML blocks of a page, in the order of their ends."""
    open_elements: list[_Element] = []
    position = 0
    while token := _TOKEN.search(text, position):
        position = token.end()
        raw = bool(open_elements) and open_elements[-1].raw
        if token["comment"]:
            if raw or _begins_line(text, token.start()):
                yield Span(*token.span(), "comment")
            else:
                position = token.start() + len("<!--")
        elif token["close"]:
            yield from _close(open_elements, token)
        elif raw or _opens_block(text, token):
            yield from _open(open_elements, token)
    if open_elements and (outer := next((one for one in open_elements if one.raw), None)):
        yield Span(outer.start, len(text), "raw")


def _open(open_elements: list[_Element], token: re.Match[str]) -> Iterator[Span]:
    tag = token["tag"].lower()
    if token["attributes"].endswith("/") or tag == "hr":
        yield Span(*token.span(), "tag")
        return
    raw = bool(_NEVER_MARKDOWN.fullmatch(tag)) or not _MARKDOWN.match(token["attributes"])
    if open_elements:
        raw = raw or open_elements[-1].raw
    else:  # Python-Markdown overlooks the attribute of a tag with an indent
        raw = raw or token.string[: token.start()].endswith(" ")
    element = _Element(tag, raw, token.start())
    open_elements.append(element)
    if not element.raw:
        yield Span(*token.span(), "tag")


def _close(open_elements: list[_Element], token: re.Match[str]) -> Iterator[Span]:
    tags = [element.tag for element in open_elements]
    if (tag := token["tag"].lower()) not in tags:
        return
    at = len(tags) - 1 - tags[::-1].index(tag)
    closed = open_elements[at]
    del open_elements[at:]
    if not closed.raw:
        yield Span(*token.span(), "tag")
    elif not (open_elements and open_elements[-1].raw):
        yield Span(closed.start, token.end(), "raw")


def _opens_block(text: str, token: re.Match[str]) -> bool:
    return bool(_BLOCK_TAG.fullmatch(token["tag"].lower())) and _begins_line(text, token.start())


def _begins_line(text: str, position: int) -> bool:
    line = text.rfind("\n", 0, position) + 1
    return position - line <= 3 and not text[line:position].strip(" ")
