"""Where today's run of a page differs from its committed record: the sentences to look at."""

from __future__ import annotations

from collections.abc import Iterator

from diagramgen.errors import DriftError
from diagramgen.pages.expected import matches
from diagramgen.pages.read import Page, blocks_of
from diagramgen.records import Drift, Record, compare, read_record


def drift_of(page: Page, record: Record, kept: bytes | None) -> Iterator[DriftError]:
    """What is to be looked at, each with its line of the page's text.

    Args:
        page: The page.
        record: What Keras did today.
        kept: The committed record, if there is one.
    """
    if kept is None:
        yield DriftError(
            "This page has no record of what Keras did on it",
            hint="Run `diagramgen update` on it, read the record and commit it",
        )
        return
    try:
        old = read_record(kept)
    except DriftError as error:
        yield error
        return
    for found in compare(old, record, matches):
        yield DriftError(
            found.message,
            line=_line_of(page, found),
            hint="See that the page is still right, then run `diagramgen update` on it",
        )


def _line_of(page: Page, found: Drift) -> int | None:
    """The line of the block or the inline value; None if it is gone."""
    if found.value is not None:
        return page.values[found.value].line if found.value < len(page.values) else None
    blocks = blocks_of(page, found.session)
    if found.block is None or found.block >= len(blocks):
        return None
    return blocks[found.block].line()
