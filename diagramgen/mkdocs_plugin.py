"""The MkDocs plugin: it runs the Python on a site's pages, and puts in what came of it.

Pages are run ahead, as soon as all files are known, and side by side; what is written into a page
follows from its Markdown as the other plugins leave it. So running ahead saves time and decides
nothing. In a build, the problems of all pages end it together, before anything is written; while
a site is served, each stands on its page.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import Future
from importlib import resources
from pathlib import Path, PurePosixPath

from jinja2 import Environment
from mkdocs.config import config_options as c
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import meta
from pathspec.gitignore import GitIgnoreSpec

from diagramgen.build import PreparedPage, RenderedPage, finish, prepare
from diagramgen.errors import DiagramgenError, EnvironmentProblem, PageError
from diagramgen.execution.local import LocalRunner
from diagramgen.pages.html import problem_list
from diagramgen.pages.write import swap
from diagramgen.program import DEFAULT_TIMEOUT, Program
from diagramgen.records import record_name
from diagramgen.trace import Outcome

_LAST = -100
_ASSETS = "assets/diagramgen"
_log = get_plugin_logger("diagramgen")


class DiagramgenConfig(Config):  # type: ignore[no-untyped-call]
    """What a site may set under ``diagramgen`` in its ``plugins``."""

    pages = c.ListOfItems(c.Type(str), default=["**/*.md"])
    """The pages whose Python runs: globs from the docs folder; one with ``!`` takes pages out."""
    cache_dir = c.Type(str, default=".cache/diagramgen")
    """Where outcomes are kept, from the folder of ``mkdocs.yml``."""
    dot = c.Optional(c.Type(str))
    """The Graphviz program, by name or path."""
    jobs = c.Optional(c.Type(int))
    """How many pages run side by side; as many as there are cores if nothing is said."""
    timeout = c.Type((int, float), default=DEFAULT_TIMEOUT)
    """Seconds for each block that doesn't say how many it may take."""


class DiagramgenPlugin(BasePlugin[DiagramgenConfig]):  # type: ignore[no-untyped-call]
    """Wires MkDocs' events to one `_SiteBuild` a build, and keeps the runner between builds."""

    def __init__(self) -> None:
        self._serving = False
        self._runner: LocalRunner | None = None
        self._settings: tuple[object, ...] = ()

    def on_startup(self, *, command: str, **_: object) -> None:
        """Learn whether the site is served; having this, one plugin lives through all builds."""
        self._serving = command == "serve"

    def on_shutdown(self) -> None:
        """End what was started."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def on_config(self, config: MkDocsConfig) -> None:
        """Begin a build."""
        self._site = _SiteBuild(config, self.config, self._open_runner(config))
        for name in _assets():
            styles_or_scripts = (
                config.extra_css if name.endswith(".css") else config.extra_javascript
            )
            styles_or_scripts.insert(0, f"{_ASSETS}/{name}")  # a site's own come later, and win

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> None:
        """Add the styles and scripts of figures."""
        for name, content in _assets().items():
            files.append(_generated(config, f"{_ASSETS}/{name}", content))

    @event_priority(_LAST)
    def on_nav(self, _nav: Navigation, /, *, files: Files, **_: object) -> None:
        """Begin to run all pages."""
        self._site.run_ahead(files)

    @event_priority(_LAST)
    def on_page_markdown(
        self, markdown: str, /, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str | None:
        """Write a page again, with placeholders."""
        rendered = self._site.render(page.file, markdown)
        if rendered is None:
            return None
        for name, content in rendered.assets.items():
            beside = PurePosixPath(page.file.dest_uri).with_name(name)
            files.append(_generated(config, str(beside), content))
        return rendered.markdown

    def on_page_content(self, html: str, /, *, page: Page, **_: object) -> str:
        """Put the HTML in place of the placeholders; above it, the problems of a served page."""
        html = swap(html, self._site.placeholders.get(page.file.src_uri, {}))
        problems = self._site.problems.get(page.file.src_uri) if self._serving else None
        return problem_list(problems) + html if problems else html

    def on_env(self, _env: Environment, /, *, config: MkDocsConfig, **_: object) -> None:
        """Report: all pages are read, and nothing is written yet."""
        _log.info(self._site.summary())
        problems = [str(problem) for one in self._site.problems.values() for problem in one]
        strict = [str(one) for one in self._site.strict]
        if self._serving:
            for problem in problems:
                _log.error(problem)
            for one in strict:
                _log.info(one)
        elif problems:
            raise PluginError("\n".join(problems))
        elif strict and config.strict:
            raise PluginError("\n".join(strict))
        else:
            for one in strict:
                _log.warning(one)

    def _open_runner(self, config: MkDocsConfig) -> LocalRunner:
        """The runner of the last build, or another one if its settings have changed."""
        cache_dir = _root(config) / self.config.cache_dir
        settings = (cache_dir, self.config.jobs, self.config.timeout)
        if self._runner is None or settings != self._settings:
            self.on_shutdown()
            self._runner = LocalRunner(cache_dir, self.config.jobs, self.config.timeout)
            self._settings = settings
        return self._runner


class _SiteBuild:
    """The pages of one build: what of them runs, what came of it, and what is wrong.

    Attributes:
        placeholders: For each page by its address in the docs folder, HTML by token.
        problems: For each page, those that are told; one of the whole machine is told once.
        strict: What only a strict build fails on.
    """

    def __init__(
        self, config: MkDocsConfig, options: DiagramgenConfig, runner: LocalRunner
    ) -> None:
        self.placeholders: dict[str, dict[str, str]] = {}
        self.problems: dict[str, list[DiagramgenError]] = {}
        self.strict: list[DiagramgenError] = []
        self._docs_dir = Path(config.docs_dir)
        self._docs = Path(os.path.relpath(config.docs_dir, _root(config)))
        self._dot = options.dot
        self._patterns = GitIgnoreSpec.from_lines(map(_anchored, options.pages))
        self._runner = runner
        self._futures: dict[Program, Future[Outcome]] = {}
        self._told: set[str] = set()
        self._blocks = self._done = 0
        self._before = runner.blocks_run, runner.blocks_cached

    def run_ahead(self, files: Files) -> None:
        """Submit the programs of all pages.

        Raises:
            PluginError: Pages can't be read, which MkDocs would answer with a traceback.
        """
        for file in files.documentation_pages():
            if self._patterns.match_file(file.src_uri):
                try:
                    markdown, _ = meta.get_data(file.content_string)
                except UnicodeDecodeError as error:
                    self._report(file, [_not_utf8(self._path(file), file, error)])
                else:
                    self._submit(prepare(markdown, path=self._path(file)))
        if self.problems:
            raise PluginError(
                "\n".join(str(one) for page in self.problems.values() for one in page)
            )

    def render(self, file: File, markdown: str) -> RenderedPage | None:
        """A page with what its code did; None if its code doesn't run."""
        if not self._patterns.match_file(file.src_uri):
            return None
        prepared = prepare(markdown, path=self._path(file), source=file.content_string)
        record = self._docs_dir / record_name(file.src_uri)
        kept = record.read_bytes() if record.is_file() else None
        rendered = finish(prepared, self._outcomes(file, prepared), dot=self._dot, kept=kept)
        self._report(file, rendered.problems)
        self.strict += rendered.strict
        self.placeholders[file.src_uri] = rendered.placeholders
        self._blocks += rendered.blocks
        self._done += rendered.done
        return rendered

    def summary(self) -> str:
        """One line on all blocks."""
        run, cached = self._before
        return (
            f"{self._done} of {self._blocks} blocks: {self._runner.blocks_run - run} run, "
            f"{self._runner.blocks_cached - cached} cached"
        )

    def _submit(self, prepared: PreparedPage) -> dict[str, Future[Outcome]]:
        for program in prepared.programs.values():
            if program not in self._futures:
                self._futures[program] = self._runner.submit(program)
        return {name: self._futures[program] for name, program in prepared.programs.items()}

    def _outcomes(self, file: File, prepared: PreparedPage) -> dict[str, Outcome]:
        try:
            return {name: one.result() for name, one in self._submit(prepared).items()}
        except EnvironmentProblem as problem:
            self._report(file, [problem.at(prepared.path, prepared.first_run)])
            return {}

    def _report(self, file: File, problems: Iterable[DiagramgenError]) -> None:
        for problem in problems:
            if not (isinstance(problem, EnvironmentProblem) and problem.message in self._told):
                self.problems.setdefault(file.src_uri, []).append(problem)
                self._told.add(problem.message)

    def _path(self, file: File) -> str:
        return (self._docs / file.src_uri).as_posix()


def _root(config: MkDocsConfig) -> Path:
    """The folder of ``mkdocs.yml``."""
    return Path(config.config_file_path).parent


def _anchored(pattern: str) -> str:
    """A glob as a pattern of pathspec, which would find ``index.md`` in every folder."""
    return f"!/{pattern[1:]}" if pattern.startswith("!") else f"/{pattern}"


def _assets() -> dict[str, bytes]:
    """The styles and scripts that come with the package."""
    folder = resources.files("diagramgen") / "assets"
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def _generated(config: MkDocsConfig, uri: str, content: bytes) -> File:
    return File.generated(config, uri, content=content, inclusion=InclusionLevel.INCLUDED)


def _not_utf8(path: str, file: File, error: UnicodeDecodeError) -> PageError:
    return PageError(
        f"This page is not UTF-8: {error.reason}",
        path=path,
        line=file.content_bytes.count(b"\n", 0, error.start) + 1,
        hint="Save it as UTF-8",
    )
