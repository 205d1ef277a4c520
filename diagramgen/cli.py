"""The command ``diagramgen``: pages and scripts, run and drawn without a site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path

import click
import msgspec

from diagramgen.build import PreparedPage, finish, prepare
from diagramgen.errors import DiagramgenError, EnvironmentProblem
from diagramgen.execution.local import LocalRunner
from diagramgen.figures.compose import compose
from diagramgen.figures.figure import Figure
from diagramgen.program import DEFAULT_TIMEOUT
from diagramgen.records import record_name
from diagramgen.trace import Outcome

_CELL = re.compile(r"^# ?%%.*$", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)

_pages = click.argument(
    "pages",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
_docs = click.option(
    "--docs",
    default="docs",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the site's pages; records lie in its folder .records.",
)
_source = click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_timeout = click.option(
    "--timeout",
    default=DEFAULT_TIMEOUT,
    show_default=True,
    help="Seconds for each block that doesn't say how many it may take.",
)


@click.group()
@click.version_option(package_name="diagramgen")
def main() -> None:
    """Run the Keras code in Markdown pages and scripts, and draw what it did."""


@main.command()
@_pages
@_docs
@_timeout
def check(pages: tuple[Path, ...], docs: Path, timeout: float) -> None:
    """Run PAGES, and say where their code does something else than they or their records say.

    Ends with status 1 if there is anything to mend.
    """
    problems: list[DiagramgenError] = []
    done = blocks = 0
    for prepared, outcomes in _run(pages, timeout):
        record = _record(prepared, docs)
        kept = record.read_bytes() if record.is_file() else None
        rendered = finish(prepared, outcomes, kept=kept)
        problems += rendered.problems + rendered.strict
        done, blocks = done + rendered.done, blocks + rendered.blocks
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{done} of {blocks} blocks did what their pages say")
    if problems:
        raise SystemExit(1)


@main.command()
@_pages
@_docs
@_timeout
def update(pages: tuple[Path, ...], docs: Path, timeout: float) -> None:
    """Run PAGES, and keep a record of what Keras did on them, to be committed beside them.

    Read what changed in the records first: each line is a fact that a sentence may speak of.
    """
    for prepared, outcomes in _run(pages, timeout):
        rendered = finish(prepared, outcomes)
        _stop_at(rendered.problems)
        record = _record(prepared, docs)
        if rendered.record and (not record.is_file() or record.read_bytes() != rendered.record):
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_bytes(rendered.record)
            click.echo(record)


@main.command()
@_source
@_timeout
def record(source: Path, timeout: float) -> None:
    """Run SOURCE, a page or a script, and print what Keras did as JSON.

    Each session of a page is one line; a script is one session. The structs of diagramgen.trace
    say what the names mean.
    """
    for prepared, outcomes in _run([source], timeout):
        _stop_at([prepared.place(problem) for problem in prepared.page.problems])
        for outcome in outcomes.values():
            click.echo(msgspec.json.encode(outcome))


@main.command()
@_source
@click.option(
    "-o",
    "--output",
    "folder",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the figures go; made if it isn't there.",
)
@click.option(
    "--format",
    "form",
    default="svg",
    show_default=True,
    type=click.Choice(["svg", "png", "dot"]),
)
@_timeout
def draw(source: Path, folder: Path, form: str, timeout: float) -> None:
    """Run SOURCE, a page or a script, and write its figures.

    A page gives the figures that it has in a site; a script one for each cell, which a line that
    begins with "# %%" opens.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures = (figure for page in _run([source], timeout) for figure in _figures(*page))
    for number, figure in enumerate(figures, 1):
        path = folder / f"{source.stem}-{number}.{form}"
        figure.save(path)
        click.echo(path)


def _figures(prepared: PreparedPage, outcomes: Mapping[str, Outcome]) -> Iterator[Figure]:
    """The figures of a page that ran as it should, in order; else nothing but its problems."""
    _stop_at(finish(prepared, outcomes).problems)
    at = {session: count() for session in outcomes}
    for block in prepared.page.blocks:
        options = block.options
        if not options.run:
            continue
        outcome, index = outcomes[options.session], next(at[options.session])
        draw = outcome.blocks[index].draw
        if draw is not None and not options.hides("figure"):
            calls = outcome.calls_until(index)
            yield Figure(compose(calls, draw, words=options.words, labels=options.labels))


def _run(
    paths: Sequence[Path], timeout: float
) -> Iterator[tuple[PreparedPage, dict[str, Outcome]]]:
    """Run pages and scripts side by side, and give them back in order."""
    pages = [_prepare(path) for path in paths]
    with closing(LocalRunner(None, timeout=timeout)) as runner:
        futures = [
            {name: runner.submit(program) for name, program in page.programs.items()}
            for page in pages
        ]
        for page, sessions in zip(pages, futures, strict=True):
            try:
                yield page, {name: future.result() for name, future in sessions.items()}
            except EnvironmentProblem as problem:
                raise click.ClickException(str(problem)) from None


def _prepare(path: Path) -> PreparedPage:
    """Read a page, or a script as a page whose blocks are the script's cells."""
    try:
        source = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path}: not UTF-8: {error.reason}. Save it as UTF-8") from None
    text = _as_page(source) if path.suffix == ".py" else _FRONT_MATTER.sub("", source, count=1)
    return prepare(text, path=str(path), source=source)


def _as_page(script: str) -> str:
    longest = max((len(run) for run in re.findall("`+", script)), default=0)
    fence = "`" * max(3, longest + 1)
    cells = [cell for cell in _CELL.split(script) if cell.strip()]
    return "\n".join(f"{fence}python\n{cell.rstrip()}\n{fence}\n" for cell in cells)


def _record(prepared: PreparedPage, docs: Path) -> Path:
    """Where the record of a page lies.

    Raises:
        ClickException: The page is not in the docs folder.
    """
    path = Path(prepared.path).resolve()
    if not path.is_relative_to(docs.resolve()):
        raise click.ClickException(f"{prepared.path} is not in {docs}. Name the folder with --docs")
    return docs / record_name(path.relative_to(docs.resolve()).as_posix())


def _stop_at(problems: Sequence[DiagramgenError]) -> None:
    """End the command if there is something to mend.

    Raises:
        ClickException: With one line for each problem.
    """
    if problems:
        raise click.ClickException("\n".join(map(str, problems)))
