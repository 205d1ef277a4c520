"""Write a page again, with what its code did.

HTML would not survive Markdown everywhere (grid cards, tight lists), and output may hold anything.
So what stands below a block goes in as a token, a paragraph of its own at the block's indent, and
`diagramgen.pages.placeholders` puts the HTML in its place when the Markdown has been converted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from diagramgen.pages.fences import LINE_END, TAB, Fence
from diagramgen.pages.inline import code_span
from diagramgen.pages.options import strip_options
from diagramgen.pages.placeholders import token
from diagramgen.pages.read import CodeBlock, Page


class WrittenPage(msgspec.Struct, frozen=True):
    """A page as it goes into the Markdown converter."""

    markdown: str
    placeholders: dict[str, str]
    """HTML by token."""


class _Edit(msgspec.Struct, frozen=True):
    start: int
    end: int
    text: str


def write_page(
    page: Page, pieces: Sequence[Sequence[str]], values: Sequence[str | None]
) -> WrittenPage:
    """Put HTML below the blocks of a page, values into its prose, and take our options out.

    Args:
        page: The page.
        pieces: The HTML below each block.
        values: The text of each inline value; None leaves the expression.
    """
    placeholders: dict[str, str] = {}
    edits = [
        _Edit(value.start, value.end, code_span(text))
        for value, text in zip(page.values, values, strict=True)
        if text is not None
    ]
    digest = hashlib.sha256(page.text.encode(errors="surrogatepass")).hexdigest()
    lines = list(_lines(page.text))
    edits += [_opening(page.text, lines, fence) for fence in page.commented]
    for block, htmls in zip(page.blocks, pieces, strict=True):
        tokens = [token(digest, len(placeholders) + at) for at in range(len(htmls))]
        placeholders.update(zip(tokens, htmls, strict=True))
        edits.append(_block(page.text, lines, block, tokens))
    return WrittenPage(_apply(page.text, edits), placeholders)


def _block(
    text: str, lines: Sequence[tuple[int, int]], block: CodeBlock, tokens: Sequence[str]
) -> _Edit:
    """A block as the reader gets it, without the end of its last line."""
    fence = block.fence
    opening = _opening(text, lines, fence)
    if not fence.closed:
        return opening
    start, end = opening.start, lines[fence.last][1]
    hidden = block.options.hides("code")
    parts = [] if hidden else [opening.text + text[opening.end : end]]
    parts += [fence.prefix + token for token in tokens]
    above = text[slice(*lines[fence.first - 1])] if fence.first else ""
    if _in_paragraph(fence.prefix, above):
        return _Edit(start, end, "\n".join(parts))
    margin = fence.prefix.rstrip()
    written = f"\n{margin}\n".join(parts)
    if tokens:
        written = f"{margin}\n{written}\n{margin}" if hidden else f"{written}\n{margin}"
    return _Edit(start, end, written)


def _opening(text: str, lines: Sequence[tuple[int, int]], fence: Fence) -> _Edit:
    """A block's opening line, without our options; as it is if there were none."""
    start, end = lines[fence.first]
    options = strip_options(fence.text, fence.info)
    same = options == fence.text
    return _Edit(start, end, text[start:end] if same else fence.prefix + fence.marks + options)


def _in_paragraph(prefix: str, above: str) -> bool:
    """Whether Markdown takes a block for a part of the paragraph above it.

    It is so in a list with an indent of two or three: a paragraph of its own would end the list.
    """
    indent = prefix.rpartition("> ")[2]
    return len(indent) % TAB != 0 and bool(above.strip("> \t\r"))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends, line ends left out."""
    start = 0
    for match in LINE_END.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _apply(text: str, edits: Sequence[_Edit]) -> str:
    parts = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])
