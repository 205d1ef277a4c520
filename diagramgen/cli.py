"""The command ``diagramgen``: pages and scripts, run and drawn without a site."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec.structs import replace

from diagramgen.amend import amend
from diagramgen.arguments import docs_option, page_argument, pages_argument, source_argument
from diagramgen.errors import DiagramgenError, ExpectationError
from diagramgen.execution.cache import empty
from diagramgen.explain import explain
from diagramgen.figures.figure import Figure
from diagramgen.files import keep, record_name
from diagramgen.running import Running, finish_source, running_options
from diagramgen.settings import site_of
from diagramgen.standalone import Source, read_sources
from diagramgen.trace import Outcome
from diagramgen.twice import unlike


class _Main(click.Group):
    """Ends with the message of what can't be gone on from."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DiagramgenError as problem:
            raise click.ClickException(str(problem)) from None


@click.group(cls=_Main)
@click.version_option(package_name="diagramgen")
def main() -> None:
    """Run the Keras code in Markdown pages and scripts, and draw what it did."""


@main.command(short_help="Tell where pages or their records say otherwise.")
@pages_argument
@docs_option
@click.option(
    "--twice",
    is_flag=True,
    help="Run all twice, without the cache, and tell which blocks and values differ.",
)
@running_options
def check(pages: tuple[Path, ...], docs: Path | None, twice: bool, **running: Any) -> None:
    """Run PAGES, files or folders, and tell where they or their records say otherwise.

    Ends with status 1 if there is anything to mend.
    """
    how = Running(**running)
    how = replace(how, no_cache=how.no_cache or twice)
    runs = list(how.run(pages, docs))
    rendered = [finish_source(*ran, kept=_kept(ran[0])) for ran in runs]
    problems = [problem for page in rendered for problem in page.problems + page.strict]
    if twice:
        again = replace(how, hash_seed=1).run(pages, docs)
        for (source, first), (_, second) in zip(runs, again, strict=True):
            problems += unlike(source.prepared, first, second)
    for problem in problems:
        click.echo(problem, err=True)
    done, blocks = sum(page.done for page in rendered), sum(page.blocks for page in rendered)
    click.echo(f"{done} of {blocks} blocks ran as their pages say; to mend: {len(problems)}")
    if problems:
        raise SystemExit(1)


@main.command(short_help="Write what pages do: #> lines and records.")
@pages_argument
@docs_option
@running_options
def update(pages: tuple[Path, ...], docs: Path | None, **running: Any) -> None:
    """Run PAGES, files or folders, and keep what they did: in their #> lines and their records.

    Read what changed: each line is a fact that a sentence may speak of.
    """
    how = Running(**running)
    runs = list(how.run(pages, docs))
    records = {source.path: _record(source) for source, _ in runs}
    done = {source.path: finish_source(source, outcomes) for source, outcomes in runs}
    problems = [problem for page in done.values() for problem in page.problems]
    _stop_at([one for one in problems if not isinstance(one, ExpectationError)])
    amended = [source.path for source, outcomes in runs if _amend(source, outcomes)]
    if amended:  # to see that the page holds, and since its lines may have moved
        done |= {
            page.path: finish_source(page, outcomes) for page, outcomes in how.run(amended, docs)
        }
    _stop_at([problem for page in done.values() for problem in page.problems])
    for path, page in done.items():
        if page.record and keep(records[path], page.record):
            click.echo(records[path])


@main.command(short_help="Print what Keras did as JSON.")
@source_argument
@running_options
def record(source: Path, **running: Any) -> None:
    """Run SOURCE, a page or a script, and print what Keras did as JSON.

    Each session of a page is one line; a script is one session. The structs of diagramgen.trace
    say what the names mean.
    """
    for page, outcomes in Running(**running).run([source], None):
        for session, outcome in outcomes.items():
            click.echo(msgspec.json.encode(page.prepared.outcome_in_file(session, outcome)))
        _stop_at(finish_source(page, outcomes).problems)


@main.command()
@source_argument
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
@running_options
def draw(source: Path, folder: Path, form: str, **running: Any) -> None:
    """Run SOURCE, a page or a script, and write its figures.

    A page gives the figures that it has in a site; a script one for each cell, which a line that
    begins with "# %%" opens.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for page, outcomes in Running(**running).run([source], None):
        rendered = finish_source(page, outcomes)
        _stop_at(rendered.problems)
        for number, scene in enumerate(rendered.scenes, 1):
            path = folder / f"{source.stem}-{number}.{form}"
            Figure(scene).save(path)
            click.echo(path)


@main.command("explain", short_help="Say what the next build of a page runs, and why.")
@page_argument
@docs_option
def explain_page(page: Path, docs: Path | None) -> None:
    """Say for each session of PAGE whether the next build runs it, and why.

    Below that stands what sessions are held to on this machine.
    """
    from diagramgen.execution.limits import granted  # noqa: PLC0415 - no Windows has them

    (source,) = read_sources([page], docs)
    _stop_at(finish_source(source, {}).problems)
    if source.uri is None or source.site is None or source.site.cache_dir is None:
        click.echo(f"{page}: runs each time, since nothing is remembered outside of a site's cache")
    else:
        folder = Path(os.path.relpath(source.site.cache_dir))
        for found in explain(source.prepared, source.uri, folder):
            told = "runs, because" if found.causes else "is answered from the cache"
            click.echo(f"{page}: session {found.session} {told}")
            for cause in found.causes:
                click.echo(f"  {cause}")
    click.echo("Here, each session is held to")
    for grant in granted():
        click.echo(f"  {grant.limit} ({grant.by or 'not on this system'})")


@main.command()
def clean() -> None:
    """Empty the cache of the site here.

    The nearest mkdocs.yml says where it lies.
    """
    site = site_of(Path())
    if site is None:
        raise click.ClickException("There is no mkdocs.yml here. Go to the folder of a site")
    folder = Path(os.path.relpath(site.root / site.options.cache_dir))
    files, size = empty(folder)
    click.echo(f"{folder}: {files} files removed, {size / 1e6:.1f} MB")


def _amend(source: Source, outcomes: dict[str, Outcome]) -> bool:
    """Rewrite the ``#>`` lines of a page's file; tell whether that changed anything."""
    amended = amend(source.path.read_bytes().decode(), source.prepared, outcomes)
    if not keep(source.path, amended.encode()):
        return False
    click.echo(source.path)
    return True


def _record(source: Source) -> Path:
    """Where the record of a page lies.

    Raises:
        ClickException: The page is not in the docs folder.
    """
    docs = os.path.relpath(source.docs)
    if source.path.suffix != ".md":
        raise click.ClickException(f"{source.path} is no page: only pages have records")
    if source.uri is None:
        raise click.ClickException(f"{source.path} is not in {docs}. Name the folder with --docs")
    return Path(docs, record_name(source.uri))


def _kept(source: Source) -> bytes | None:
    """The record of a page, if there is one."""
    path = _record(source)
    return path.read_bytes() if path.is_file() else None


def _stop_at(problems: Sequence[DiagramgenError]) -> None:
    """End the command if there is something to mend.

    Raises:
        ClickException: With one line for each problem.
    """
    if problems:
        raise click.ClickException("\n".join(map(str, problems)))
