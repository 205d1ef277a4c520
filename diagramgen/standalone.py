"""Pages and scripts, read and run without a site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from diagramgen.build import prepare
from diagramgen.execution.history import History
from diagramgen.globs import Globs
from diagramgen.pages.source import decode, without_front_matter
from diagramgen.prepared import PreparedPage
from diagramgen.progress import Progress
from diagramgen.settings import Site, site_of
from diagramgen.trace import Outcome

_CELL = re.compile(r"^# ?%%.*$", re.MULTILINE)


class Source(msgspec.Struct, frozen=True):
    """A page or a script, read."""

    path: Path
    docs: Path
    """The docs folder of the site, where there is one."""
    site: Site | None
    prepared: PreparedPage

    @property
    def uri(self) -> str | None:
        """The page as its site names it, from the docs folder; None if it isn't in there."""
        path, docs = self.path.resolve(), self.docs.resolve()
        inside = path.suffix == ".md" and path.is_relative_to(docs)
        return path.relative_to(docs).as_posix() if inside else None


def read_sources(
    paths: Sequence[Path], docs: Path | None, *, network: bool = False
) -> list[Source]:
    """Read pages, scripts, and all pages in folders.

    Args:
        paths: The files and folders.
        docs: The docs folder, if it isn't the one of the site.
        network: Whether all may open connections to other machines, not only those that their site
            says may.

    Raises:
        PageError: A page, or its site's configuration, can't be read at all.
    """
    files = (file for path in paths for file in _files(path))
    return [_read(file, docs, network=network) for file in files]


def run(
    sources: Sequence[Source], runner: Progress, history: History | None
) -> Iterator[dict[str, Outcome]]:
    """What each source did, by session, in order; all run side by side.

    Args:
        sources: The sources.
        runner: What runs them, and tells how far they are.
        history: Where their requests are noted, if anywhere.

    Raises:
        EnvironmentProblem: Nothing can run here.
    """
    futures = [
        {name: runner.submit(program) for name, program in source.prepared.programs.items()}
        for source in sources
    ]
    for source, sessions in zip(sources, futures, strict=True):
        yield runner.results(source.prepared.path, sessions)
        if history and source.uri:
            history.note(source.uri, source.prepared.programs)


def _files(path: Path) -> list[Path]:
    """A file, or all pages in a folder and the folders in it."""
    return sorted(path.rglob("*.md")) if path.is_dir() else [path]


def _read(path: Path, given: Path | None, *, network: bool) -> Source:
    """Read a page, or a script as a page whose blocks are the script's cells."""
    site = site_of(path)
    docs = given or (site.docs if site else Path("docs"))
    source = decode(path.read_bytes(), str(path))
    text = _as_page(source) if path.suffix == ".py" else without_front_matter(source)
    files = docs if path.resolve().is_relative_to(docs.resolve()) else path.parent
    network = network or bool(site and _connects(path, docs, site))
    prepared = prepare(text, path=str(path), source=source, docs=files, network=network)
    return Source(path, docs, site, prepared)


def _connects(path: Path, docs: Path, site: Site) -> bool:
    """Whether a site grants a page the network."""
    path, docs = path.resolve(), docs.resolve()
    if not site.options.network or not path.is_relative_to(docs):
        return False
    return Globs((), site.options.network).connects(path.relative_to(docs).as_posix())


def _as_page(script: str) -> str:
    longest = max((len(run) for run in re.findall("`+", script)), default=0)
    fence = "`" * max(3, longest + 1)
    cells = [cell for cell in _CELL.split(script) if cell.strip()]
    return "\n".join(f"{fence}python\n{cell.rstrip()}\n{fence}\n" for cell in cells)
