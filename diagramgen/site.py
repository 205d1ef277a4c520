"""All pages of one build of a site: run ahead, finished one by one, reported together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from diagramgen.errors import DiagramgenError, EnvironmentProblem, PageError
from diagramgen.execution.history import History
from diagramgen.files import keep, record_name
from diagramgen.finished import FinishedPage, KeptPages, finished_page
from diagramgen.globs import Globs
from diagramgen.pages.placeholders import swap
from diagramgen.pages.source import decode, without_front_matter
from diagramgen.pen import Pen

if TYPE_CHECKING:
    from concurrent.futures import Future

    from diagramgen.prepared import PreparedPage
    from diagramgen.program import Program
    from diagramgen.progress import Progress
    from diagramgen.trace import Outcome

UPDATE = "DIAGRAMGEN_UPDATE"
"""The variable of the environment that makes a build keep the records of all pages."""


class SiteBuild:
    """The pages of one build. A page is named by its address in the docs folder, its uri.

    Attributes:
        problems: For each page, what is wrong on it; what is wrong with the machine is told once.
        drift: Where Keras did something else than a page's record says.
        unverified: What else only a strict build fails on.
        blocks: How many blocks there are on the pages that are finished.
        done: How many of them did what they should.
        kept: How many of them are on pages that were kept.
    """

    def __init__(
        self,
        docs_dir: Path,
        root: Path,
        globs: Globs,
        begin: Callable[[], Progress],
        pen: Pen,
        cache_dir: Path | None,
    ) -> None:
        """Begin a build.

        Args:
            docs_dir: The folder of the pages.
            root: The folder that its author stands in, from which files are named.
            globs: Which pages run, and which of them with the network.
            begin: Gives what runs the programs; called when the first of them must run.
            pen: What draws the figures.
            cache_dir: Where finished pages are kept; None keeps none.
        """
        self.problems: dict[str, list[DiagramgenError]] = {}
        self.drift: list[str] = []
        self.unverified: list[str] = []
        self.blocks = self.done = self.kept = 0
        self._docs_dir = docs_dir
        self._docs = Path(os.path.relpath(docs_dir, root))
        self._globs = globs
        self._begin = begin
        self._pen = pen
        self._pages = KeptPages(docs_dir, pen, cache_dir)
        self._history = History(cache_dir) if cache_dir else None
        self._ahead: dict[str, dict[Program, Future[Outcome]]] = {}
        self._placeholders: dict[str, dict[str, str]] = {}
        self._finished: dict[str, str | FinishedPage] = {}
        self._machine: set[str] = set()

    def runs(self, uri: str) -> bool:
        """Whether the code on a page runs."""
        return self._globs.runs(uri)

    def run_ahead(self, uri: str, data: bytes) -> None:
        """Submit the programs of a page's file: saves time, and decides nothing."""
        try:
            source = decode(data, self._path(uri))
        except PageError as problem:
            self._report(uri, [problem])
            return
        text = without_front_matter(source)
        if self._pages.current(self._key(uri, text, source)) is None:
            programs = self._prepare(uri, text, source).programs.values()
            self._ahead[uri] = {program: self._runner.submit(program) for program in programs}

    def render(self, uri: str, markdown: str, source: str) -> str:
        """The Markdown of a page, with placeholders for what its code did.

        Args:
            uri: The page.
            markdown: Its Markdown, as everything before us has left it.
            source: Its file's content, from which lines are counted.
        """
        key = self._key(uri, markdown, source)
        page = self._pages.current(key)
        if page:
            self.kept += page.blocks
        else:
            page, good = self._finish(uri, markdown, source)
            if not (good and self._pages.put(key, page)):
                key = None
        self.drift += page.drift
        self.unverified += page.unverified
        self.blocks += page.blocks
        self.done += page.done
        self._placeholders[uri] = page.placeholders
        # A build holds all its pages until the last one is read: what is on disk stays there.
        self._finished[uri] = key or page
        return page.markdown

    def put_in(self, uri: str, html: str) -> str:
        """Put in what a page's code printed, once its Markdown is converted."""
        return swap(html, self._placeholders.pop(uri, {}))

    def finished(self, uri: str) -> FinishedPage:
        """A page that was rendered in this build.

        Raises:
            EnvironmentProblem: Somebody has emptied the cache meanwhile.
        """
        page = self._finished[uri]
        if found := self._pages.get(page) if isinstance(page, str) else page:
            return found
        raise EnvironmentProblem(
            "What was kept of this page was removed during the build",
            path=self._path(uri),
            hint="Build again",
        )

    def keep_records(self) -> list[Path]:
        """Write the records that have changed, and say which; none of them is a drift any more."""
        self.drift.clear()
        pages = {self._docs_dir / record_name(uri): self.finished(uri) for uri in self._finished}
        return [path for path, page in pages.items() if page.record and keep(path, page.record)]

    def complete(self, uri: str, html: str) -> tuple[str, dict[str, str]]:
        """Put figures into a page that is about to be written.

        Returns:
            The page, and the files that belong beside it, by name.

        Raises:
            EnvironmentProblem: Somebody has emptied the cache meanwhile.
        """
        if uri not in self._finished:
            return html, {}
        page = self.finished(uri)
        del self._finished[uri]
        return swap(html, page.figures), page.files

    def _finish(self, uri: str, markdown: str, source: str) -> tuple[FinishedPage, bool]:
        """A page with what its code did, and whether nothing is wrong with it."""
        from diagramgen.build import finish  # noqa: PLC0415 - a warm build does without

        prepared = self._prepare(uri, markdown, source)
        outcomes = self._outcomes(uri, prepared)
        if self._history and outcomes:
            self._history.note(uri, prepared.programs)
        rendered = finish(
            prepared,
            outcomes,
            pen=self._pen,
            kept=self._record(uri),
            update=self._update(uri),
        )
        self._report(uri, rendered.problems)
        page = finished_page(rendered, prepared.needs)
        return page, not rendered.problems and outcomes.keys() == prepared.programs.keys()

    def _prepare(self, uri: str, text: str, source: str) -> PreparedPage:
        from diagramgen.build import prepare  # noqa: PLC0415 - a warm build does without

        return prepare(
            text,
            path=self._path(uri),
            source=source,
            docs=self._docs_dir,
            network=self._globs.connects(uri),
        )

    def _outcomes(self, uri: str, prepared: PreparedPage) -> dict[str, Outcome]:
        ahead = self._ahead.pop(uri, {})
        futures = {
            name: ahead.get(program) or self._runner.submit(program)
            for name, program in prepared.programs.items()
        }
        try:
            return self._runner.results(prepared.path, futures)
        except EnvironmentProblem as problem:
            self._report(uri, [problem.at(prepared.path, prepared.first_run)])
            return {}

    def _key(self, uri: str, text: str, source: str) -> str | None:
        """The key of a finished page: of what decides this one; None if that can't be told."""
        text = text.strip("\n")  # MkDocs drops some blank lines before it hands on a page
        granted = self._globs.connects(uri)
        record, update = self._record(uri), self._update(uri)
        return self._pages.key(self._path(uri), text, source, granted, record, update)

    @cached_property
    def _runner(self) -> Progress:
        return self._begin()

    def _record(self, uri: str) -> bytes | None:
        """The record that is kept of a page, if there is one."""
        record = self._docs_dir / record_name(uri)
        return record.read_bytes() if record.is_file() else None

    def _update(self, uri: str) -> str | None:
        """The command that keeps a page's record, if it is not the usual one."""
        # That one reads files; what another plugin writes, only a build has.
        return None if (self._docs_dir / uri).is_file() else f"{UPDATE}=1 mkdocs build"

    def _report(self, uri: str, problems: Iterable[DiagramgenError]) -> None:
        for problem in problems:
            if isinstance(problem, EnvironmentProblem):
                if problem.message in self._machine:
                    continue
                self._machine.add(problem.message)
            self.problems.setdefault(uri, []).append(problem)

    def _path(self, uri: str) -> str:
        return (self._docs / uri).as_posix()
