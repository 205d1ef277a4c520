"""All pages of one build of a site: run ahead, finished one by one, reported together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path

from pathspec.gitignore import GitIgnoreSpec

from diagramgen.build import RenderedPage, finish, prepare
from diagramgen.errors import DiagramgenError, DriftError, EnvironmentProblem, PageError
from diagramgen.execution.runner import Runner
from diagramgen.files import keep
from diagramgen.pages.source import decode, without_front_matter
from diagramgen.prepared import PreparedPage
from diagramgen.program import Program
from diagramgen.records import record_name
from diagramgen.trace import Outcome

UPDATE = "DIAGRAMGEN_UPDATE"
"""The variable of the environment that makes a build keep the records of all pages."""


class SiteBuild:
    """The pages of one build. A page is named by its address in the docs folder, its uri.

    Attributes:
        problems: For each page, what is wrong on it; what is wrong with the machine is told once.
        strict: What only a strict build fails on.
        placeholders: For each page, HTML by token.
        counts: For each page, how many blocks there are to run, and how many inline values.
        blocks: How many blocks there are on the pages that are finished.
        done: How many of them did what they should.
    """

    def __init__(
        self, docs_dir: Path, root: Path, pages: Iterable[str], runner: Runner, dot: str | None
    ) -> None:
        """Begin a build.

        Args:
            docs_dir: The folder of the pages.
            root: The folder that its author stands in, from which files are named.
            pages: Globs from the docs folder; one that begins with ``!`` takes pages out.
            runner: What runs the programs.
            dot: The configured Graphviz program, if there is one.
        """
        self.problems: dict[str, list[DiagramgenError]] = {}
        self.strict: list[DiagramgenError] = []
        self.placeholders: dict[str, dict[str, str]] = {}
        self.counts: dict[str, tuple[int, int]] = {}
        self.blocks = self.done = 0
        self._docs_dir = docs_dir
        self._docs = Path(os.path.relpath(docs_dir, root))
        self._patterns = GitIgnoreSpec.from_lines(map(_anchored, pages))
        self._runner = runner
        self._dot = dot
        self._futures: dict[Program, Future[Outcome]] = {}
        self._machine: set[str] = set()
        self._records: dict[Path, bytes] = {}

    def runs(self, uri: str) -> bool:
        """Whether the code on a page runs."""
        return self._patterns.match_file(uri)

    def run_ahead(self, uri: str, data: bytes) -> None:
        """Submit the programs of a page's file: saves time, and decides nothing."""
        try:
            text = without_front_matter(decode(data, self._path(uri)))
        except PageError as problem:
            self._report(uri, [problem])
        else:
            self._submit(prepare(text, path=self._path(uri), docs=self._docs_dir))

    def render(self, uri: str, markdown: str, source: str) -> RenderedPage:
        """A page with what its code did.

        Args:
            uri: The page.
            markdown: Its Markdown, as everything before us has left it.
            source: Its file's content, from which lines are counted.
        """
        prepared = prepare(markdown, path=self._path(uri), source=source, docs=self._docs_dir)
        record = self._docs_dir / record_name(uri)
        kept = record.read_bytes() if record.is_file() else None
        rendered = finish(
            prepared,
            self._outcomes(uri, prepared),
            dot=self._dot,
            kept=kept,
            # The command reads files; what another plugin writes, only a build has.
            update=None if (self._docs_dir / uri).is_file() else f"{UPDATE}=1 mkdocs build",
        )
        self._report(uri, rendered.problems)
        self.strict += rendered.strict
        self.placeholders[uri] = rendered.placeholders
        self.counts[uri] = (rendered.blocks, rendered.values)
        if rendered.record:
            self._records[record] = rendered.record
        self.blocks += rendered.blocks
        self.done += rendered.done
        return rendered

    def keep_records(self) -> list[Path]:
        """Write the records that have changed, and say which; none of them is a drift any more."""
        self.strict = [one for one in self.strict if not isinstance(one, DriftError)]
        return [path for path, record in self._records.items() if keep(path, record)]

    def _submit(self, prepared: PreparedPage) -> dict[str, Future[Outcome]]:
        for program in prepared.programs.values():
            if program not in self._futures:
                self._futures[program] = self._runner.submit(program)
        return {name: self._futures[program] for name, program in prepared.programs.items()}

    def _outcomes(self, uri: str, prepared: PreparedPage) -> dict[str, Outcome]:
        try:
            return {name: one.result() for name, one in self._submit(prepared).items()}
        except EnvironmentProblem as problem:
            self._report(uri, [problem.at(prepared.path, prepared.first_run)])
            return {}

    def _report(self, uri: str, problems: Iterable[DiagramgenError]) -> None:
        for problem in problems:
            if isinstance(problem, EnvironmentProblem):
                if problem.message in self._machine:
                    continue
                self._machine.add(problem.message)
            self.problems.setdefault(uri, []).append(problem)

    def _path(self, uri: str) -> str:
        return (self._docs / uri).as_posix()


def _anchored(pattern: str) -> str:
    """A glob as a pattern of pathspec, which would find ``index.md`` in every folder."""
    return f"!/{pattern[1:]}" if pattern.startswith("!") else f"/{pattern}"
