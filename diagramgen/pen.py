"""What draws the figures of pages: Graphviz, for what it has not drawn before."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from diagramgen.execution.cache import Cache, sources_digest
from diagramgen.figures.engine import find_program, run_graphviz

_BEGINNING = 1 << 16
"""Bytes that tell programs of one size apart: a build's own mark stands among the first."""


class Drawn(msgspec.Struct, frozen=True):
    """What Graphviz made of a DOT text."""

    svg: str


class Pen:
    """Draws DOT text, once: the same text is drawn again only by another program."""

    def __init__(self, program: str | None = None, cache_dir: Path | None = None) -> None:
        """Start nothing yet.

        Args:
            program: The configured Graphviz program, if there is one.
            cache_dir: Where drawings are kept; None keeps none.
        """
        self._configured = program
        self._cache = Cache(cache_dir, Drawn) if cache_dir else None

    @cached_property
    def program(self) -> Path:
        """The Graphviz program.

        Raises:
            EnvironmentProblem: There is none.
        """
        return Path(find_program(self._configured))

    @cached_property
    def identity(self) -> tuple[str, int, str]:
        """What tells the program from others: its place and age differ where it is the same.

        Raises:
            EnvironmentProblem: There is none.
        """
        beginning = b""
        with contextlib.suppress(PermissionError), self.program.open("rb") as file:
            beginning = file.read(_BEGINNING)
        size = self.program.stat().st_size
        return self.program.name, size, hashlib.sha256(beginning).hexdigest()

    def draw(self, dots: Sequence[str]) -> list[str]:
        """The SVG of each DOT text, whose places are all given.

        Raises:
            EnvironmentProblem: There is no Graphviz program, or it failed.
        """
        drawn = {dot: kept.svg for dot in dots if (kept := self._kept(dot))}
        new = [dot for dot in dict.fromkeys(dots) if dot not in drawn]
        if new:
            drawn |= zip(new, run_graphviz(new, str(self.program)), strict=True)
        if self._cache:
            for dot in new:
                self._cache.put(self._key(dot), Drawn(drawn[dot]))
        return [drawn[dot] for dot in dots]

    def _kept(self, dot: str) -> Drawn | None:
        return self._cache.get(self._key(dot)) if self._cache else None

    def _key(self, dot: str) -> str:
        decides = self.identity, self._asked, dot
        return hashlib.sha256(msgspec.json.encode(decides)).hexdigest()

    @cached_property
    def _asked(self) -> str:
        """How the program is asked to draw."""
        return sources_digest("figures/engine.py")
