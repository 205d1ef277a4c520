"""How the commands run pages: what the command line says of it, and else the site."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial, reduce
from pathlib import Path

import click
import msgspec

from diagramgen.build import RenderedPage, finish
from diagramgen.execution.history import History
from diagramgen.execution.local import LocalRunner
from diagramgen.pen import Pen
from diagramgen.progress import Progress, teller
from diagramgen.settings import Options
from diagramgen.standalone import Source, read_sources, run
from diagramgen.trace import Outcome

_OPTIONS = (
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        help="Seconds for each block that doesn't say how many it may take: else what mkdocs.yml "
        "says, or 60.",
    ),
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        help="How many sessions run at a time: else what mkdocs.yml says, or one for each core.",
    ),
    click.option("--no-cache", is_flag=True, help="Run all anew, and remember nothing of it."),
    click.option(
        "--network", is_flag=True, help="Let the code open connections to other machines."
    ),
    click.option("-q", "--quiet", is_flag=True, help="Don't say how far it is."),
)


def running_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of all that run pages: the fields of `Running`."""
    return reduce(lambda done, option: option(done), reversed(_OPTIONS), command)


class Running(msgspec.Struct, frozen=True):
    """How pages are to be run, as far as the command line says."""

    timeout: float | None
    jobs: int | None
    no_cache: bool
    network: bool
    quiet: bool
    hash_seed: int = 0
    """The server's: another one gives sets of strings another order."""

    def run(
        self, paths: Sequence[Path], docs: Path | None
    ) -> Iterator[tuple[Source, dict[str, Outcome]]]:
        """Run pages and scripts side by side, and give them back in order.

        Raises:
            DiagramgenError: One can't be read at all, or nothing can run here.
        """
        sources = read_sources(paths, docs, network=self.network)
        # The command line decides, and else the site of the first source that has one.
        site = next((source.site for source in sources if source.site), None)
        options = site.options if site else Options()
        cache_dir = site.cache_dir if site and not self.no_cache else None
        jobs, timeout = self.jobs or options.jobs, self.timeout or options.timeout
        with closing(LocalRunner(cache_dir, jobs, timeout, self.hash_seed)) as runner:
            history = History(cache_dir) if cache_dir else None
            told = None if self.quiet else teller(partial(click.echo, err=True))
            progress = Progress(runner, told)
            yield from zip(sources, run(sources, progress, history), strict=True)


def finish_source(
    source: Source, outcomes: dict[str, Outcome], kept: bytes | None = None
) -> RenderedPage:
    """A page or a script with what its code did, drawn by the program that its site names.

    Args:
        source: The page or the script.
        outcomes: What its sessions did, by name.
        kept: Its record, if there is one.
    """
    pen = Pen(source.site.options.dot) if source.site else None
    return finish(source.prepared, outcomes, pen=pen, kept=kept)
