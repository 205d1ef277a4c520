"""One page, from the Markdown that its author wrote to what a site needs of it.

This is the whole way, in order:

1. `prepare` reads the page (`diagramgen.pages.read`): its blocks, their options, its inline values,
   and what is wrong with them; and finds the files that its blocks need (`diagramgen.needs`). It
   makes a `Program` of each of the page's sessions.
2. A runner executes the programs (`diagramgen.execution`), in processes of their own, in which
   `diagramgen.recording` watches what Keras does; or it remembers their outcomes.
3. `finish` compares each `Outcome` with what the page says (`diagramgen.pages.check`),
4. draws the figures (`diagramgen.figures`): calls → scene → drawing → DOT → SVG, where a DOT text
   that was drawn before is not drawn again (`diagramgen.pen`),
5. writes the page again, with output, values and figures (`diagramgen.pages.write`),
6. and compares the facts with the record that is kept of the page (`diagramgen.records`).

Nothing here prints, logs or raises for what is wrong on a page: that is returned, with file, line
and cure. Step 2 is the caller's, so that programs of many pages can run side by side.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from diagramgen.drift import drift_of
from diagramgen.errors import DiagramgenError, EnvironmentProblem, FigureError
from diagramgen.figures.compose import compose
from diagramgen.figures.curve import curve, curve_caption
from diagramgen.figures.describe import caption
from diagramgen.figures.figure import Sketch, sketch
from diagramgen.figures.scene import Scene
from diagramgen.needs import find
from diagramgen.pages.check import check_block, check_value, failed
from diagramgen.pages.html import below, figure
from diagramgen.pages.lines import line_map
from diagramgen.pages.options import DEFAULT_SESSION, Options
from diagramgen.pages.read import CodeBlock, Page, blocks_of, programs, read_page
from diagramgen.pages.write import write_page
from diagramgen.pen import Pen
from diagramgen.prepared import PreparedPage
from diagramgen.records import Record, record_of, write_record
from diagramgen.trace import BlockResult, Outcome, Training, ValueResult


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


class _Run(msgspec.Struct, frozen=True):
    """A block with what it did."""

    block: CodeBlock
    outcome: Outcome
    index: int
    """Of the block in its session."""

    @property
    def result(self) -> BlockResult:
        return self.outcome.blocks[self.index]

    @property
    def cut_short(self) -> bool:
        """Whether the session's process was ended, which loses the calls of all its blocks."""
        errors = [block.error for block in self.outcome.blocks]
        errors += [value.error for value in self.outcome.values]
        return any(error is not None and error.fatal for error in errors)

    @property
    def done(self) -> bool:
        return self.result.ran and not failed(self.block, self.result)


class _Figure(msgspec.Struct, frozen=True):
    scene: Scene
    html: str
    name: str
    trace: str


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
    runs = list(_runs(page, outcomes))
    values = outcomes[DEFAULT_SESSION].values if DEFAULT_SESSION in outcomes else ()
    figures, unfit = _figures(prepared, runs, pen or Pen())
    problems = [*page.problems, *_checked(page, runs, values), *unfit]
    pieces = [
        below(block, run.result if run else None, _shown(prepared, run, at, figures.get(at)))
        for at, (block, run) in enumerate(zip(page.blocks, runs, strict=True))
    ]
    written = write_page(page, pieces, _texts(page, values))
    record = None if problems else record_of(outcomes)
    update = update or f"diagramgen update {prepared.path}"
    return RenderedPage(
        markdown=written.markdown,
        placeholders=written.placeholders,
        scenes=tuple(one.scene for one in figures.values()),
        assets={one.name: one.trace for one in figures.values()},
        problems=tuple(map(prepared.place, sorted(problems, key=lambda one: one.line or 0))),
        blocks=sum(block.options.run for block in page.blocks),
        done=sum(run is not None and run.done for run in runs),
        values=len(page.values),
        record=write_record(record) if record else None,
        strict=tuple(map(prepared.place, _strict(page, runs, record, kept, update))),
    )


def _checked(
    page: Page, runs: Sequence[_Run | None], values: Sequence[ValueResult]
) -> Iterator[DiagramgenError]:
    """Where a page and what it did differ."""
    for run in filter(None, runs):
        yield from check_block(run.block, run.result)
    for inline, value in zip(page.values, values, strict=False):
        yield from check_value(inline, value)


def _strict(
    page: Page,
    runs: Sequence[_Run | None],
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


def _runs(page: Page, outcomes: Mapping[str, Outcome]) -> Iterator[_Run | None]:
    """For each block of a page, what it did; None if it was not to be run, or nothing was."""
    indexes: defaultdict[str, Iterator[int]] = defaultdict(count)
    for block in page.blocks:
        session = block.options.session
        if block.options.run and session in outcomes:
            yield _Run(block, outcomes[session], next(indexes[session]))
        else:
            yield None


def _texts(page: Page, values: Sequence[ValueResult]) -> list[str | None]:
    """The text of each inline value, None for those that have none."""
    texts = [value.text if value.ran and value.error is None else None for value in values]
    return texts or [None] * len(page.values)


def _figures(
    prepared: PreparedPage, runs: Sequence[_Run | None], pen: Pen
) -> tuple[dict[int, _Figure], list[DiagramgenError]]:
    """The figures of a page, each under the number of its block, and why others can't be drawn."""
    sketches: list[tuple[int, _Run, Sketch]] = []
    problems: list[DiagramgenError] = []
    for at, run in enumerate(runs):
        try:
            if run and (one := _sketch(run)):
                sketches.append((at, run, one))
        except FigureError as problem:
            if run and run.done:  # else the failure is what is to be mended
                problems.append(problem.at(prepared.path, run.block.line()))
    try:
        drawn = pen.draw([one.dot for *_, one in sketches])
    except EnvironmentProblem as problem:
        _, first, _ = sketches[0]
        return {}, [*problems, problem.at(prepared.path, first.block.line())]
    svgs = enumerate(zip(sketches, drawn, strict=True), 1)
    figures = {at: _figure(prepared, run, one, svg, n) for n, ((at, run, one), svg) in svgs}
    return figures, problems


def _sketch(run: _Run) -> Sketch | None:
    """The figure of a block, if it has one to show.

    Raises:
        FigureError: It can't be drawn as the block asks.
    """
    options, draw = run.block.options, run.result.draw
    if draw is None and run.done and not run.result.note and not run.cut_short:
        _refuse_names(options, len(run.result.pictures or _trainings(run)))
    if draw is None or options.hides("figure"):
        return None
    calls = run.outcome.calls_until(run.index)
    step = run.result.opened
    return sketch(compose(calls, draw, words=options.words, labels=options.labels, step=step))


def _figure(prepared: PreparedPage, run: _Run, one: Sketch, drawn: str, number: int) -> _Figure:
    """A figure, ready to stand in the page."""
    options = run.block.options
    svg = one.finish(
        drawn, prefix=f"{_identifier(prepared.path)}-{number}", description=options.alt
    )
    name = f"{PurePosixPath(prepared.path).stem}-{number}.json"
    html = figure(svg, options.caption or caption(one.scene), quote(name))
    return _Figure(one.scene, html, name, _trace(prepared, run))


def _trainings(run: _Run) -> Sequence[Training]:
    """What is drawn of a block's training: nothing if the block draws it itself, or says so."""
    drawn = run.result.pictures or run.block.options.figure == "none"
    return () if drawn else run.result.trainings


def _shown(prepared: PreparedPage, run: _Run | None, at: int, own: _Figure | None) -> list[str]:
    """The figures of a block: that of a layer or model, then the curve of each training."""
    if run is None:
        return []
    curves = _curves(run, f"{_identifier(prepared.path)}-fit-{at + 1}", own=own is None)
    return [own.html, *curves] if own else curves


def _curves(run: _Run, prefix: str, *, own: bool) -> list[str]:
    """The curve of each training; `own` if the block's options describe it."""
    options = run.block.options
    caption, alt = (options.caption, options.alt) if own else (None, None)
    return [
        figure(
            curve(training, prefix=f"{prefix}-{number}", description=alt),
            caption or curve_caption(training),
        )
        for number, training in enumerate(_trainings(run), 1)
    ]


def _refuse_names(options: Options, pictures: int) -> None:
    """Refuse what says something about a figure that isn't there.

    Args:
        options: What the block says.
        pictures: How many it shows that are no figure of a layer.

    Raises:
        FigureError: An option is given that only a figure can have, or only a single picture.
    """
    for option in ("words", "labels") if pictures else ("words", "labels", "caption", "alt"):
        if getattr(options, option):
            raise FigureError(
                f'{option}="…" says nothing: this block has no figure',
                hint=f"Take {option} out, or call a layer or a model in this block",
            )
    if options.alt and pictures > 1:
        raise FigureError(
            f'alt="…" describes one picture, and this block draws {pictures}',
            hint="Draw each in a block of its own, or take alt out",
        )


def _trace(prepared: PreparedPage, run: _Run) -> str:
    """As JSON, what was recorded from the block with the call that is drawn up to the figure's."""
    blocks = blocks_of(prepared.page, run.block.options.session)
    results = [replace(result, pictures=()) for result in run.outcome.blocks]
    draw = run.result.draw
    made_in = (at for at, block in enumerate(results) if any(c.number == draw for c in block.calls))
    span = slice(next(made_in), run.index + 1)
    pairs = zip(blocks[span], results[span], strict=True)
    placed = tuple(prepared.in_file(*pair) for pair in pairs)
    return msgspec.json.encode(Outcome(run.outcome.versions, placed)).decode()


def _identifier(path: str) -> str:
    """The beginning of a page's ids: its name, and what tells it from every other page."""
    name = re.sub("[^a-z0-9]+", "-", PurePosixPath(path).stem.lower()).strip("-") or "page"
    return f"{name}-{hashlib.sha256(path.encode()).hexdigest()[:6]}"
