"""One page, from the Markdown that its author wrote to what a site needs of it.

This is the whole way, in order:

1. `prepare` reads the page (`diagramgen.pages.read`): its blocks, their options, its inline values,
   and what is wrong with them; and finds the files that its blocks need (`diagramgen.needs`). It
   makes a `Program` of each of the page's sessions.
2. A runner executes the programs (`diagramgen.execution`), in processes of their own, in which
   `diagramgen.recording` watches what Keras does; or it remembers their outcomes.
3. `finish` compares each `Outcome` with what the page says (`diagramgen.pages.check`),
4. draws the figures (`diagramgen.illustrate`): calls → scene → drawing → outline → SVG, all in
   `diagramgen.figures`; an outline that was drawn before is not drawn again (`diagramgen.pen`),
5. writes the page again, with output, values and figures (`diagramgen.pages.write`),
6. and compares the facts with the record that is kept of the page (`diagramgen.records`).

Nothing here prints, logs or raises for what is wrong on a page: that is returned, with file, line
and cure. Step 2 is the caller's, so that programs of many pages can run side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from diagramgen.drift import drift_of
from diagramgen.errors import DiagramgenError, FigureError
from diagramgen.figures.scene import Scene
from diagramgen.illustrate import illustrate
from diagramgen.needs import find
from diagramgen.pages.check import check_block, check_value
from diagramgen.pages.html import below
from diagramgen.pages.lines import line_map
from diagramgen.pages.options import DEFAULT_SESSION
from diagramgen.pages.read import Page, programs, read_page
from diagramgen.pages.write import write_page
from diagramgen.pen import Pen
from diagramgen.prepared import PreparedPage
from diagramgen.ran import BlockRun, runs_of
from diagramgen.records import Record, record_of, write_record
from diagramgen.trace import Outcome, ValueResult


class RenderedPage(msgspec.Struct, frozen=True):
    """A page with all that its code did."""

    markdown: str
    placeholders: dict[str, str]
    """HTML by token, for `diagramgen.pages.write.swap` when the Markdown has been converted."""
    scenes: tuple[Scene, ...]
    """What its figures show, in order."""
    assets: dict[str, str]
    """Files that belong beside the page, by name: each figure's numbers."""
    problems: tuple[DiagramgenError, ...]
    """In the order of the page, each with path and line in the author's file."""
    blocks: int
    """How many blocks there are to run."""
    done: int
    """How many of them did what they should."""
    values: int
    """How many inline values there are."""
    record: bytes | None
    """The file to keep of what Keras did; None if it did nothing, or something is wrong."""
    strict: tuple[DiagramgenError, ...]
    """What a strict build fails on besides: Keras did something else than the kept record says, or
    there is none, or the steps of one of its own layers could not be verified."""


def prepare(
    text: str,
    *,
    path: str,
    source: str | None = None,
    docs: Path = Path(),
    network: bool = False,
) -> PreparedPage:
    """Read a page, up to what there is to run.

    Args:
        text: Its Markdown, without front matter.
        path: The file as its author knows it.
        source: The file's content as its author sees it, from which lines are counted; None if it
            is the text itself.
        docs: The folder of the site's pages, from which its blocks name the files that they need.
        network: Whether its code may open connections to other machines.
    """
    page = read_page(text)
    files, missing = find(page, docs)
    page = replace(page, problems=(*page.problems, *missing))
    asked = {
        session: replace(program, network=network)
        for session, program in programs(page, files).items()
    }
    return PreparedPage(path, page, asked, line_map(text, source))


def finish(
    prepared: PreparedPage,
    outcomes: Mapping[str, Outcome],
    *,
    pen: Pen | None = None,
    kept: bytes | None = None,
    update: str | None = None,
) -> RenderedPage:
    """Check a page against what its programs did, draw its figures, and write it again.

    Args:
        prepared: The page.
        outcomes: What its programs did, by session. Without a session's outcome, its blocks stand
            as they are written.
        pen: What draws; None for the Graphviz program that is found first.
        kept: The page's record, if there is one.
        update: The command that keeps the page's record; None for ``diagramgen update`` and its
            path.
    """
    page = prepared.page
    runs = list(runs_of(page, outcomes))
    values = outcomes[DEFAULT_SESSION].values if DEFAULT_SESSION in outcomes else ()
    drawn = illustrate(prepared, runs, pen or Pen())
    problems = [*page.problems, *_checked(page, runs, values), *drawn.problems]
    pieces = [
        below(block, run.result if run else None, figures)
        for block, run, figures in zip(page.blocks, runs, drawn.html, strict=True)
    ]
    written = write_page(page, pieces, _texts(page, values))
    record = None if problems else record_of(outcomes)
    update = update or f"diagramgen update {prepared.path}"
    return RenderedPage(
        markdown=written.markdown,
        placeholders=written.placeholders,
        scenes=drawn.scenes,
        assets=drawn.files,
        problems=tuple(map(prepared.place, sorted(problems, key=lambda one: one.line or 0))),
        blocks=sum(block.options.run for block in page.blocks),
        done=sum(run is not None and run.done for run in runs),
        values=len(page.values),
        record=write_record(record) if record else None,
        strict=tuple(map(prepared.place, _strict(page, runs, record, kept, update))),
    )


def _checked(
    page: Page, runs: Sequence[BlockRun | None], values: Sequence[ValueResult]
) -> Iterator[DiagramgenError]:
    """Where a page and what it did differ."""
    for run in filter(None, runs):
        yield from check_block(run.block, run.result)
    for inline, value in zip(page.values, values, strict=False):
        yield from check_value(inline, value)


def _strict(
    page: Page,
    runs: Sequence[BlockRun | None],
    record: Record | None,
    kept: bytes | None,
    update: str,
) -> Iterator[DiagramgenError]:
    """What a strict build fails on, of a page on which nothing is wrong; lines are the page's."""
    for run in filter(None, runs):
        for call in run.result.calls:
            if call.unverified:
                yield FigureError(
                    f"{call.layer}: {call.note}",
                    line=run.block.line(call.line or 0),
                    hint="Its vectors are left out; please report it, with this block",
                )
    if record:
        yield from drift_of(page, record, kept, update)


def _texts(page: Page, values: Sequence[ValueResult]) -> list[str | None]:
    """The text of each inline value, None for those that have none."""
    texts = [value.text if value.ran and value.error is None else None for value in values]
    return texts or [None] * len(page.values)
