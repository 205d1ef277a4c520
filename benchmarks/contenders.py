"""What is measured: tools that build the same guide, and what none of them can save."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import guide
from benchmarks.environments import python_with

FEW = 30
"""The most pages for other tools, some of which take minutes for so many. Of more pages, one run of
ours is long enough to tell."""

Writer = Callable[[Path, int], None]
"""Writes a guide of so many pages into a folder, with all that the tool wants beside it."""


@dataclass(frozen=True)
class Contender:
    """Something to be measured.

    Attributes:
        name: What it is called in the tables.
        folder: Where it builds; the cold and the warm build of a tool share it.
        arguments: What its environment's Python runs there.
        write: Writes its guide.
        packages: What its environment holds beside Keras; none for the project's own environment.
        removes: What it is not to find there of an earlier build.
        pages: The most that it is given.
        once: Whether it has one turn only, since it takes minutes.
    """

    name: str
    folder: str
    arguments: tuple[str, ...]
    write: Writer
    packages: tuple[str, ...] = ()
    removes: tuple[str, ...] = ("site",)
    pages: int = sys.maxsize
    once: bool = False

    @property
    def command(self) -> tuple[str, ...]:
        """What runs in its folder."""
        python = python_with(*self.packages) if self.packages else sys.executable
        return (python, *self.arguments)


def _mkdocs(form: guide.Form, plugin: object, folder: Path, pages: int) -> None:
    """A site with the theme that most use, and one plugin."""
    form(folder / "docs", pages)
    configuration = {
        "site_name": "Guide",
        "theme": {"name": "material", "font": False},
        "plugins": ["search", *([plugin] if plugin else [])],
        "markdown_extensions": ["pymdownx.superfences"],
    }
    (folder / "mkdocs.yml").write_text(json.dumps(configuration))


def _sphinx(folder: Path, pages: int) -> None:
    """A project with MyST-NB, which keeps what it has executed."""
    guide.in_myst(folder / "docs", pages)
    settings = {"nb_execution_mode": "cache", "nb_execution_raise_on_error": True}
    lines = ["extensions = ['myst_nb']", *(f"{name} = {said!r}" for name, said in settings.items())]
    (folder / "docs" / "conf.py").write_text("\n".join(lines))


_BUILD = ("-m", "mkdocs", "build")
_OF_PAGES = partial(_mkdocs, guide.in_markdown)

PLAIN = Contender("plain MkDocs", "plain", _BUILD, partial(_OF_PAGES, None))
FLOOR = Contender(
    "floor",
    "floor",
    (str(Path(__file__).with_name("floor.py")), "docs"),
    lambda folder, pages: guide.in_markdown(folder / "docs", pages),
)
COLD = Contender(
    "diagramgen, cold",
    "diagramgen",
    _BUILD,
    partial(_OF_PAGES, "diagramgen"),
    removes=("site", ".cache"),
)
WARM = Contender("diagramgen, warm", "diagramgen", _BUILD, COLD.write)
EXEC = Contender(
    "markdown-exec",
    "markdown-exec",
    _BUILD,
    partial(_mkdocs, guide.for_markdown_exec, "markdown-exec"),
    packages=("markdown-exec", "mkdocs-material"),
    pages=FEW,
)
JUPYTER_COLD = Contender(
    "mkdocs-jupyter, cold",
    "mkdocs-jupyter",
    _BUILD,
    partial(_mkdocs, guide.in_notebooks, {"mkdocs-jupyter": {"execute": True}}),
    packages=("mkdocs-jupyter", "mkdocs-material"),
    removes=("site", ".cache"),
    pages=FEW,
    once=True,
)
JUPYTER_WARM = Contender(
    "mkdocs-jupyter, warm",
    JUPYTER_COLD.folder,
    _BUILD,
    JUPYTER_COLD.write,
    packages=JUPYTER_COLD.packages,
    pages=FEW,
)
MYST_COLD = Contender(
    "MyST-NB, cold",
    "myst-nb",
    ("-m", "sphinx", "-q", "-b", "html", "docs", "site"),
    _sphinx,
    packages=("myst-nb",),
    removes=("site", ".jupyter_cache", "jupyter_execute"),
    pages=FEW,
    once=True,
)
MYST_WARM = Contender(
    "MyST-NB, warm",
    MYST_COLD.folder,
    MYST_COLD.arguments,
    _sphinx,
    packages=MYST_COLD.packages,
    pages=FEW,
)

OURS = (PLAIN, FLOOR, COLD, WARM)
"""In the order of their turns: a warm build finds what the cold one before it left."""
OTHERS = (EXEC, JUPYTER_COLD, JUPYTER_WARM, MYST_COLD, MYST_WARM)
