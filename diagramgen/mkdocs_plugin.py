"""The MkDocs plugin: it runs the Python on a site's pages, and puts in what came of it.

Pages are run ahead, as soon as all files are known, and side by side; what is written into a page
follows from its Markdown as the other plugins leave it. So running ahead saves time and decides
nothing. In a build, the problems of all pages end it together, before anything is written; while
a site is served, each stands on its page.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment
from mkdocs.config import config_options as c
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import write_file

from diagramgen.errors import DiagramgenError, EnvironmentProblem
from diagramgen.globs import Globs
from diagramgen.pages.problems import problem_list
from diagramgen.pen import Pen
from diagramgen.program import DEFAULT_TIMEOUT
from diagramgen.settings import CACHE_DIR
from diagramgen.site import UPDATE, SiteBuild

if TYPE_CHECKING:
    from diagramgen.execution.local import LocalRunner
    from diagramgen.progress import Progress

_FIRST, _LAST = 100, -100
_ASSETS = "assets/diagramgen"
_STYLES = Path(__file__).with_name("assets") / "figures.css"
_NO_PAGE = (
    "mkdocs.yml: No page matches `pages`, so nothing runs. "
    'Write globs from the docs folder, such as "guide/*.md"'
)
_log = get_plugin_logger("diagramgen")


class DiagramgenConfig(Config):  # type: ignore[no-untyped-call]
    """What a site may set under ``diagramgen`` in its ``plugins``."""

    pages = c.ListOfItems(c.Type(str), default=["**/*.md"])
    """The pages whose Python runs: globs from the docs folder; one with ``!`` takes pages out."""
    network = c.ListOfItems(c.Type(str), default=[])
    """The pages whose Python may open connections to other machines, likewise."""
    cache = c.Type(bool, default=True)
    """Whether anything is remembered from one build to the next."""
    cache_dir = c.Type(str, default=CACHE_DIR)
    """Where outcomes are kept, from the folder of ``mkdocs.yml``."""
    dot = c.Optional(c.Type(str))
    """The Graphviz program, by name or path."""
    jobs = c.Optional(c.Type(int))
    """How many pages run side by side; as many as there are cores if nothing is said."""
    timeout = c.Type((int, float), default=DEFAULT_TIMEOUT)
    """Seconds for each block that doesn't say how many it may take."""


class DiagramgenPlugin(BasePlugin[DiagramgenConfig]):  # type: ignore[no-untyped-call]
    """Wires MkDocs' events to one `SiteBuild` a build, and keeps the runner between builds."""

    site: SiteBuild
    """The build that goes on, or went on last."""

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
        for name, number in (("jobs", self.config.jobs), ("timeout", self.config.timeout)):
            if number is not None and number <= 0:
                raise PluginError(f"mkdocs.yml: diagramgen: {name} is {number}. Give more than 0")
        cache_dir = _root(config) / self.config.cache_dir if self.config.cache else None
        self.site = SiteBuild(
            Path(config.docs_dir),
            _root(config),
            Globs(self.config.pages, self.config.network),
            lambda: self._begin_runs(cache_dir),
            Pen(self.config.dot, cache_dir),
            cache_dir,
        )
        self._before = self._counts()
        config.extra_css.insert(0, f"{_ASSETS}/figures.css")  # a site's own come later, and win

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> None:
        """Add the styles of figures."""
        uri, styles = f"{_ASSETS}/figures.css", str(_STYLES)
        included = InclusionLevel.INCLUDED
        files.append(File.generated(config, uri, abs_src_path=styles, inclusion=included))

    @event_priority(_LAST)
    def on_nav(self, _nav: Navigation, /, *, files: Files, **_: object) -> None:
        """Begin to run all pages."""
        pages = [file for file in files.documentation_pages() if self.site.runs(file.src_uri)]
        if self.config.pages and not pages:
            _log.warning(_NO_PAGE)
        for file in pages:
            self.site.run_ahead(file.src_uri, file.content_bytes)
        if self.site.problems:  # a page that MkDocs could only answer with a traceback
            raise PluginError(_lines(self.site.problems.values()))

    @event_priority(_LAST)
    def on_page_markdown(self, markdown: str, /, *, page: Page, **_: object) -> str | None:
        """Write a page again, with placeholders."""
        if not self.site.runs(page.file.src_uri):
            return None
        return self.site.render(page.file.src_uri, markdown, page.file.content_string)

    def on_page_content(self, html: str, /, *, page: Page, **_: object) -> str:
        """Put in what the code printed; above it, the problems of a served page."""
        html = self.site.put_in(page.file.src_uri, html)
        problems = self.site.problems.get(page.file.src_uri) if self._serving else None
        return problem_list(problems) + html if problems else html

    def on_env(self, _env: Environment, /, *, config: MkDocsConfig, **_: object) -> None:
        """Report: all pages are read, and nothing is written yet."""
        _log.info(self._summary())
        if self._runner and self._runner.cache_problem:
            _log.info(str(self._runner.cache_problem))
        problems = _lines(self.site.problems.values())
        if not problems:
            self._keep_records(config)
        strict = "\n".join(self.site.drift + self.site.unverified)
        if self._serving:
            if problems:
                _log.error(problems)
            if strict:
                _log.info(strict)
        elif problems or (strict and config.strict):
            raise PluginError(problems or strict)
        elif strict:
            _log.warning(strict)

    @event_priority(_FIRST)
    def on_post_page(self, output: str, /, *, page: Page, **_: object) -> str:
        """Put in the figures, and write their numbers beside the page."""
        try:
            output, files = self.site.complete(page.file.src_uri, output)
        except EnvironmentProblem as problem:
            raise PluginError(str(problem)) from None
        for name, content in files.items():
            write_file(content.encode(), str(Path(page.file.abs_dest_path).with_name(name)))
        return output

    def _keep_records(self, config: MkDocsConfig) -> None:
        """Keep the records of all pages, if this is what the build is for."""
        if os.environ.get(UPDATE):
            for path in self.site.keep_records():
                _log.info(f"Record kept: {os.path.relpath(path, _root(config))}")

    def _summary(self) -> str:
        """One line on all blocks."""
        run, cached = self._counts()
        before = self._before
        return (
            f"{self.site.done} of {self.site.blocks} blocks: {run - before[0]} run, "
            f"{cached - before[1] + self.site.kept} cached"
        )

    def _counts(self) -> tuple[int, int]:
        """How many blocks the runner has run and remembered so far, in all builds."""
        return (self._runner.blocks_run, self._runner.blocks_cached) if self._runner else (0, 0)

    def _begin_runs(self, cache_dir: Path | None) -> Progress:
        """What runs the pages of this build; a build that remembers all of them does without.

        It is the runner of the last build, or another one if its settings have changed
        or it failed.
        """
        from diagramgen.execution.local import LocalRunner  # noqa: PLC0415
        from diagramgen.progress import Progress, teller  # noqa: PLC0415

        settings = (cache_dir, self.config.jobs, self.config.timeout)
        if self._runner is None or self._runner.broken or settings != self._settings:
            self.on_shutdown()
            self._runner = LocalRunner(*settings)
            self._settings = settings
        told = _log.isEnabledFor(logging.INFO)
        return Progress(self._runner, teller(_log.info) if told else None)


def _lines(problems: Iterable[Iterable[DiagramgenError]]) -> str:
    return "\n".join(str(problem) for one in problems for problem in one)


def _root(config: MkDocsConfig) -> Path:
    """The folder of ``mkdocs.yml``."""
    return Path(config.config_file_path).parent
