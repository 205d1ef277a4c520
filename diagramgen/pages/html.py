"""The HTML that stands below a block. Everything in it that comes from a program is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from diagramgen.pages.check import shown_output
from diagramgen.pages.placeholders import FRAME
from diagramgen.pages.read import CodeBlock
from diagramgen.pages.text import plain
from diagramgen.trace import BlockResult

NOT_RUN = "This code was not run when the page was made."
AFTER_A_FAILURE = "This code was not run, since an earlier block failed."

_UNQUOTED = " /:;=,()'"
"""What an address may hold as it is, within double quotes: a page is compressed the better."""


def below(block: CodeBlock, result: BlockResult | None, figures: Sequence[str]) -> list[str]:
    """What stands below a block, piece by piece.

    Args:
        block: The block.
        result: What it did; None if nothing of its page was run.
        figures: What was drawn of it.
    """
    if not block.options.run:
        return [_note(NOT_RUN)]
    if result is None or block.options.hide == "all":
        return []
    if not result.ran:
        return [_note(AFTER_A_FAILURE)]
    pieces = [] if block.options.hides("output") else _output(block, result)
    if block.options.hides("figure"):
        return pieces
    return [*pieces, *_pictures(block, result, described=not figures), *figures]


def figure(svg: str, caption: str, trace: str | None = None) -> str:
    """A figure in its frame, which scrolls where the page is narrow.

    Args:
        svg: The picture.
        caption: One sentence, as text.
        trace: The address of the figure's numbers, if it has some beside those that it shows.
    """
    text = escape(plain(caption))
    numbers = f' <a class="dg-trace" href="{escape(trace)}">Numbers</a>' if trace else ""
    return (
        f'{FRAME}" data-search-exclude>'
        f"{_scrolling(svg, text)}<figcaption>{text}{numbers}</figcaption>"
        "</figure>"
    )


def _scrolling(picture: str, text: str) -> str:
    """A picture that scrolls by itself, by keyboard too."""
    return f'<div class="dg-scroll" tabindex="0" role="region" aria-label="{text}">{picture}</div>'


def _pictures(block: CodeBlock, result: BlockResult, *, described: bool) -> list[str]:
    """What a block drew itself, in one frame; `described` by the block's options, or by itself.

    A picture may hold scripts. As the source of an ``img`` it is shown, and nothing in it runs.
    """
    caption, alt = (block.options.caption, block.options.alt) if described else (None, None)
    described_as = [(one.svg, escape(plain(alt or one.description))) for one in result.pictures]
    images = "".join(
        _scrolling(
            f'<img src="data:image/svg+xml,{quote(svg, safe=_UNQUOTED)}" alt="{text}">', text
        )
        for svg, text in described_as
        if svg
    )
    below = f"<figcaption>{escape(plain(caption))}</figcaption>" if caption else ""
    frame = f'{FRAME} dg-pictures" data-search-exclude>{images}{below}</figure>'
    return [frame] if images else []


def _output(block: CodeBlock, result: BlockResult) -> list[str]:
    """What a block printed, the warnings that it declares, and its error."""
    output = shown_output(block, result).rstrip()
    # Long lines scroll, which a keyboard can do only where it can go.
    stdout = f'<div class="dg-stdout"><pre tabindex="0">{escape(output)}</pre></div>'
    pieces = [stdout] if output else []
    pieces += [
        _lesson("dg-warning", warning.category, warning.message)
        for warning in result.warnings
        if warning.category == block.options.warns
    ]
    if result.error is not None:
        pieces.append(_lesson("dg-error", result.error.type, result.error.message))
    return pieces


def _lesson(kind: str, name: str, message: str) -> str:
    text = escape(plain(message).strip())
    return f'<div class="{kind}"><pre><strong>{escape(name)}</strong>: {text}</pre></div>'


def _note(text: str) -> str:
    return f'<div class="dg-note"><p>{text}</p></div>'
