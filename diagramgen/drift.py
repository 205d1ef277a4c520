"""Where today's run of a page differs from its committed record: the sentences to look at."""

from __future__ import annotations

from collections.abc import Iterator

from diagramgen.errors import DriftError
from diagramgen.pages.expected import matches
from diagramgen.pages.read import Page, blocks_of
from diagramgen.records import Drift, Record, compare, read_record


def drift_of(page: Page, record: Record, kept: bytes | None, update: str) -> Iterator[DriftError]:
    """What is to be looked at: one error a line of the page's text, with its first change.

    Args:
        page: The page.
        record: What Keras did today.
        kept: The committed record, if there is one.
        update: The command that keeps the page's record.
    """
    if kept is None:
        yield DriftError(
            "This page has no record of what Keras did on it",
            hint=f"Run `{update}`, read the record and commit it",
        )
        return
    try:
        old = read_record(kept)
    except DriftError as error:
        yield error
        return
    places: dict[int | None, list[str]] = {}
    for found in compare(old, record, matches):
        places.setdefault(_line_of(page, found), []).append(found.message)
    for line, messages in places.items():
        more = f" (and {len(messages) - 1} more)" if len(messages) > 1 else ""
        yield DriftError(
            messages[0] + more,
            line=line,
            hint=f"See that the page is still right, then run `{update}`",
        )


def _line_of(page: Page, found: Drift) -> int | None:
    """The line of the block or the inline value; None if it is gone."""
    if found.value is not None:
        return page.values[found.value].line if found.value < len(page.values) else None
    blocks = blocks_of(page, found.session)
    if found.block is None or found.block >= len(blocks):
        return None
    return blocks[found.block].line()
