"""Where two runs of a page differ, so that no two builds of it would be the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from diagramgen.errors import BlockError, DiagramgenError, InlineValueError
from diagramgen.pages.options import DEFAULT_SESSION
from diagramgen.pages.read import blocks_of
from diagramgen.pages.text import plain
from diagramgen.prepared import PreparedPage
from diagramgen.trace import BlockResult, Outcome

_HINT = "Seed what is random, sort what has no order, and print no addresses or times"


def unlike(
    prepared: PreparedPage, first: Mapping[str, Outcome], second: Mapping[str, Outcome]
) -> Iterator[DiagramgenError]:
    """The blocks and inline values of a page that differ between two runs.

    Args:
        prepared: The page.
        first: What its sessions did.
        second: What they did in another run, by another server.
    """
    for session, outcome in first.items():
        blocks = blocks_of(prepared.page, session)
        for block, *results in zip(blocks, outcome.blocks, second[session].blocks, strict=True):
            for message in _differences(*results):
                problem = BlockError(f"In a second run, {message}", line=block.line(), hint=_HINT)
                yield prepared.place(problem)
    if DEFAULT_SESSION in first:
        yield from _unlike_values(prepared, first[DEFAULT_SESSION], second[DEFAULT_SESSION])


def _unlike_values(
    prepared: PreparedPage, first: Outcome, second: Outcome
) -> Iterator[DiagramgenError]:
    for value, one, other in zip(prepared.page.values, first.values, second.values, strict=True):
        if one != other:
            message = f"In a second run, {value.code} is {other.text}, not {one.text}"
            yield prepared.place(InlineValueError(message, line=value.line, hint=_HINT))


def _differences(one: BlockResult, other: BlockResult) -> Iterator[str]:
    """What a block did otherwise, a clause each."""
    if one.stdout != other.stdout:
        yield "it prints " + _first_unlike(other.stdout, one.stdout)
    for what in ("warnings", "error", "pictures"):
        if getattr(one, what) != getattr(other, what):
            yield f"its {what} differ" if what != "error" else "it ends otherwise"
    if one.calls != other.calls:
        pairs = zip(one.calls, other.calls, strict=False)
        layer = next((call.layer for call, again in pairs if call != again), "a layer")
        yield f"{layer} is given, or computes, something else"


def _first_unlike(printed: str, before: str) -> str:
    """The first line that differs, and what it was before."""
    lines, old = plain(printed).split("\n"), plain(before).split("\n")
    pairs = zip(lines, old, strict=False)
    return next(
        (f"{line!r}, not {was!r}" for line, was in pairs if line != was), "more or fewer lines"
    )
