"""Where the lines of a page's Markdown stand in its author's file."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import accumulate

from diagramgen.pages.fences import LINE_END


def line_map(text: str, source: str | None) -> tuple[int, ...]:
    """For each line of a text, its line in the source, or that of the nearest one above it.

    Args:
        text: The Markdown, without front matter and as other plugins have left it.
        source: The file's content; None if it is the text itself.
    """
    ours = LINE_END.split(text)
    theirs = ours if source is None else LINE_END.split(source)
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    lines = [1] * len(ours)
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            lines[block.b + offset] = block.a + offset + 1
    return tuple(accumulate(lines, max))
