"""All pages of one build of a site: run ahead, finished one by one, reported together.

A page on which nothing is wrong is kept as it was finished: as long as nothing that decides it
changes, it is neither read nor run nor drawn again, and most of the package is not even imported.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from diagramgen.errors import DiagramgenError, DriftError, EnvironmentProblem, PageError
from diagramgen.execution.cache import Cache, key_versions, sources_digest
from diagramgen.execution.history import History
from diagramgen.files import keep, record_name
from diagramgen.globs import Globs
from diagramgen.needs import digest
from diagramgen.pages.placeholders import set_aside, swap
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


class FinishedPage(msgspec.Struct, frozen=True):
    """What a site needs of a page."""

    markdown: str
    placeholders: dict[str, str]
    """HTML by token, to go in when the Markdown has been converted."""
    figures: dict[str, str]
    """HTML by token, to go in when the page is written."""
    files: dict[str, str]
    """Files that belong beside the page, by name."""
    blocks: int
    """How many blocks there are to run."""
    done: int
    """How many of them did what they should."""
    values: int
    """How many inline values there are."""
    needs: dict[str, str]
    """The digest of each file that its blocks read, by its path from the docs folder."""
    record: bytes | None
    """The file to keep of what Keras did; None if it did nothing, or something is wrong."""
    drift: tuple[str, ...]
    """Where Keras did something else than the page's record says."""
    unverified: tuple[str, ...]
    """What else a strict build fails on."""


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
        self._cache = Cache(cache_dir, FinishedPage) if cache_dir else None
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
        if self._kept(self._key(uri, text, source)) is None:
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
        page = self._kept(key)
        if page:
            self.kept += page.blocks
        else:
            page, good = self._finish(uri, markdown, source)
            if good and key and self._cache:
                self._cache.put(key, page)
        self.drift += page.drift
        self.unverified += page.unverified
        self.blocks += page.blocks
        self.done += page.done
        self._placeholders[uri] = page.placeholders
        # A build holds all its pages until the last one is read: what is on disk stays there.
        self._finished[uri] = key if key and self._cache and key in self._cache else page
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
        found = self._cache.get(page) if isinstance(page, str) and self._cache else page
        if isinstance(found, FinishedPage):
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

    def _kept(self, key: str | None) -> FinishedPage | None:
        """The page that is kept under a key, if the files that its blocks read are the same."""
        page = self._cache.get(key) if key and self._cache else None
        if page and all(digest(self._docs_dir / path) == was for path, was in page.needs.items()):
            return page
        return None

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
        drift = {one for one in rendered.strict if isinstance(one, DriftError)}
        placeholders, figures = set_aside(rendered.placeholders)
        page = FinishedPage(
            rendered.markdown,
            placeholders,
            figures,
            rendered.assets,
            rendered.blocks,
            rendered.done,
            rendered.values,
            prepared.needs,
            rendered.record,
            tuple(str(one) for one in rendered.strict if one in drift),
            tuple(str(one) for one in rendered.strict if one not in drift),
        )
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
        """The key of a finished page: of all that decides it; None if that can't be told."""
        text = text.strip("\n")  # MkDocs drops some blank lines before it hands on a page
        try:
            page = (self._path(uri), text, source, self._record(uri), self._update(uri))
            granted = self._globs.connects(uri)
            return hashlib.sha256(msgspec.json.encode((page, granted, self._tools))).hexdigest()
        except (EnvironmentProblem, UnicodeEncodeError):  # no Keras; half a character
            return None

    @cached_property
    def _runner(self) -> Progress:
        return self._begin()

    @cached_property
    def _tools(self) -> tuple[object, ...]:
        """What decides all pages: versions, this package, the Graphviz program."""
        return key_versions(), sources_digest("."), self._pen.identity

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
