"""The figures of one page: of layers and models, and of trainings.

Calls → scene → drawing → DOT, a page's all at once through the pen, → SVG → HTML.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from diagramgen.errors import DiagramgenError, EnvironmentProblem, FigureError
from diagramgen.figures.compose import compose
from diagramgen.figures.curve import curve, curve_caption
from diagramgen.figures.describe import caption
from diagramgen.figures.figure import Sketch, sketch
from diagramgen.figures.scene import Scene
from diagramgen.pages.html import figure
from diagramgen.pages.options import Options
from diagramgen.pages.read import blocks_of
from diagramgen.pen import Pen
from diagramgen.prepared import PreparedPage
from diagramgen.ran import BlockRun
from diagramgen.trace import Outcome, Training


class Illustrations(msgspec.Struct, frozen=True):
    """What is drawn of a page."""

    html: tuple[tuple[str, ...], ...]
    """The figures of each block of the page, in order."""
    scenes: tuple[Scene, ...]
    """What the figures of layers and models show."""
    files: dict[str, str]
    """The numbers of each of these, by the name of the file beside the page."""
    problems: tuple[DiagramgenError, ...]
    """Why other figures can't be drawn."""


class _Figure(msgspec.Struct, frozen=True):
    scene: Scene
    html: str
    name: str
    trace: str


def illustrate(prepared: PreparedPage, runs: Sequence[BlockRun | None], pen: Pen) -> Illustrations:
    """Draw what the blocks of a page did.

    Args:
        prepared: The page.
        runs: What each of its blocks did; None for those that did not run.
        pen: What draws.
    """
    figures, problems = _figures(prepared, runs, pen)
    shown = (_shown(prepared, run, at, figures.get(at)) for at, run in enumerate(runs))
    return Illustrations(
        html=tuple(map(tuple, shown)),
        scenes=tuple(one.scene for one in figures.values()),
        files={one.name: one.trace for one in figures.values()},
        problems=tuple(problems),
    )


def _figures(
    prepared: PreparedPage, runs: Sequence[BlockRun | None], pen: Pen
) -> tuple[dict[int, _Figure], list[DiagramgenError]]:
    """The figures of a page, each under the number of its block, and why others can't be drawn."""
    sketches: list[tuple[int, BlockRun, Sketch]] = []
    problems: list[DiagramgenError] = []
    for at, run in enumerate(runs):
        try:
            if run and (one := _sketch(run)):
                sketches.append((at, run, one))
        except FigureError as problem:
            if run and run.done:  # else the failure is what is to be mended
                problems.append(problem.at(prepared.path, run.block.line()))
    try:
        drawn = pen.draw([one.outline for *_, one in sketches])
    except EnvironmentProblem as problem:
        _, first, _ = sketches[0]
        return {}, [*problems, problem.at(prepared.path, first.block.line())]
    svgs = enumerate(zip(sketches, drawn, strict=True), 1)
    figures = {at: _figure(prepared, run, one, svg, n) for n, ((at, run, one), svg) in svgs}
    return figures, problems


def _sketch(run: BlockRun) -> Sketch | None:
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


def _figure(prepared: PreparedPage, run: BlockRun, one: Sketch, drawn: str, number: int) -> _Figure:
    """A figure, ready to stand in the page."""
    options = run.block.options
    svg = one.finish(
        drawn, prefix=f"{_identifier(prepared.path)}-{number}", description=options.alt
    )
    name = f"{PurePosixPath(prepared.path).stem}-{number}.json"
    html = figure(svg, options.caption or caption(one.scene), quote(name))
    return _Figure(one.scene, html, name, _trace(prepared, run))


def _shown(prepared: PreparedPage, run: BlockRun | None, at: int, own: _Figure | None) -> list[str]:
    """The figures of a block: that of a layer or model, then the curve of each training."""
    if run is None:
        return []
    curves = _curves(run, f"{_identifier(prepared.path)}-fit-{at + 1}", own=own is None)
    return [own.html, *curves] if own else curves


def _trainings(run: BlockRun) -> Sequence[Training]:
    """What is drawn of a block's training: nothing if the block draws it itself, or says so."""
    drawn = run.result.pictures or run.block.options.figure == "none"
    return () if drawn else run.result.trainings


def _curves(run: BlockRun, prefix: str, *, own: bool) -> list[str]:
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


def _trace(prepared: PreparedPage, run: BlockRun) -> str:
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
