"""The command ``diagramgen``: pages and scripts, run and drawn without a site."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import click
import msgspec

from diagramgen.build import finish, prepare
from diagramgen.errors import DiagramgenError, EnvironmentProblem, PageError
from diagramgen.execution.local import LocalRunner
from diagramgen.figures.figure import Figure
from diagramgen.pages.source import decode, without_front_matter
from diagramgen.prepared import PreparedPage
from diagramgen.program import DEFAULT_TIMEOUT
from diagramgen.records import record_name
from diagramgen.settings import site_of
from diagramgen.trace import Outcome

_CELL = re.compile(r"^# ?%%.*$", re.MULTILINE)

_pages = click.argument(
    "pages",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
_docs = click.option(
    "--docs",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the site's pages, in whose folder .records their records lie: else the one "
    "that the nearest mkdocs.yml names, or docs.",
)
_source = click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
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
def check(pages: tuple[Path, ...], docs: Path | None, timeout: float) -> None:
    """Run PAGES, files or folders, and tell where they or their records say otherwise.

    Ends with status 1 if there is anything to mend.
    """
    rendered = []
    for prepared, outcomes in _run(pages, timeout, docs):
        record = _record(prepared, docs)
        kept = record.read_bytes() if record.is_file() else None
        rendered.append(finish(prepared, outcomes, kept=kept))
    problems = [problem for page in rendered for problem in page.problems + page.strict]
    for problem in problems:
        click.echo(problem, err=True)
    done, blocks = sum(page.done for page in rendered), sum(page.blocks for page in rendered)
    click.echo(f"{done} of {blocks} blocks ran as their pages say; to mend: {len(problems)}")
    if problems:
        raise SystemExit(1)


@main.command()
@_pages
@_docs
@_timeout
def update(pages: tuple[Path, ...], docs: Path | None, timeout: float) -> None:
    """Run PAGES, files or folders, and keep records of what Keras did on them.

    Read what changed in the records first: each line is a fact that a sentence may speak of.
    """
    rendered = [(page, finish(page, outcomes)) for page, outcomes in _run(pages, timeout, docs)]
    _stop_at([problem for _, page in rendered for problem in page.problems])
    for prepared, page in rendered:
        path = _record(prepared, docs)
        if page.record and (not path.is_file() or path.read_bytes() != page.record):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(page.record)
            click.echo(path)


@main.command()
@_source
@_timeout
def record(source: Path, timeout: float) -> None:
    """Run SOURCE, a page or a script, and print what Keras did as JSON.

    Each session of a page is one line; a script is one session. The structs of diagramgen.trace
    say what the names mean.
    """
    for prepared, outcomes in _run([source], timeout):
        for session, outcome in outcomes.items():
            click.echo(msgspec.json.encode(prepared.outcome_in_file(session, outcome)))
        _stop_at(finish(prepared, outcomes).problems)


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
    for prepared, outcomes in _run([source], timeout):
        rendered = finish(prepared, outcomes)
        _stop_at(rendered.problems)
        for number, scene in enumerate(rendered.scenes, 1):
            path = folder / f"{source.stem}-{number}.{form}"
            Figure(scene).save(path)
            click.echo(path)


def _run(
    paths: Sequence[Path], timeout: float, docs: Path | None = None
) -> Iterator[tuple[PreparedPage, dict[str, Outcome]]]:
    """Run pages and scripts side by side, and give them back in order."""
    pages = [_prepare(file, docs) for path in paths for file in _files(path)]
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


def _files(path: Path) -> list[Path]:
    """A file, or all pages in a folder and the folders in it."""
    return sorted(path.rglob("*.md")) if path.is_dir() else [path]


def _prepare(path: Path, docs: Path | None) -> PreparedPage:
    """Read a page, or a script as a page whose blocks are the script's cells."""
    try:
        source = decode(path.read_bytes(), str(path))
    except PageError as error:
        raise click.ClickException(str(error)) from None
    text = _as_page(source) if path.suffix == ".py" else without_front_matter(source)
    folder = _docs_of(path, docs)
    if not path.resolve().is_relative_to(folder.resolve()):
        folder = path.parent
    return prepare(text, path=str(path), source=source, docs=folder)


def _docs_of(path: Path, given: Path | None) -> Path:
    """The docs folder of a page: the given one, or its site's."""
    site = site_of(path)
    return given or Path(os.path.relpath(site.docs) if site else "docs")


def _as_page(script: str) -> str:
    longest = max((len(run) for run in re.findall("`+", script)), default=0)
    fence = "`" * max(3, longest + 1)
    cells = [cell for cell in _CELL.split(script) if cell.strip()]
    return "\n".join(f"{fence}python\n{cell.rstrip()}\n{fence}\n" for cell in cells)


def _record(prepared: PreparedPage, given: Path | None) -> Path:
    """Where the record of a page lies.

    Raises:
        ClickException: The page is not in the docs folder.
    """
    path = Path(prepared.path).resolve()
    if path.suffix != ".md":
        raise click.ClickException(f"{prepared.path} is no page: only pages have records")
    docs = _docs_of(path, given)
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
