"""Pages as a build leaves them, kept from one build to the next.

A page on which nothing is wrong is kept under a key of all that decides it. As long as that stays
the same it is neither read nor run nor drawn again, and most of the package is not even imported.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from diagramgen.errors import DriftError, EnvironmentProblem
from diagramgen.execution.cache import Cache, key_versions, sources_digest
from diagramgen.needs import digest
from diagramgen.pages.placeholders import set_aside
from diagramgen.pen import Pen

if TYPE_CHECKING:
    from diagramgen.build import RenderedPage


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


def finished_page(rendered: RenderedPage, needs: dict[str, str]) -> FinishedPage:
    """What a site needs of a rendered page.

    Args:
        rendered: The page.
        needs: The digest of each file that its blocks read.
    """
    placeholders, figures = set_aside(rendered.placeholders)
    drift = [one for one in rendered.strict if isinstance(one, DriftError)]
    return FinishedPage(
        markdown=rendered.markdown,
        placeholders=placeholders,
        figures=figures,
        files=rendered.assets,
        blocks=rendered.blocks,
        done=rendered.done,
        values=rendered.values,
        needs=needs,
        record=rendered.record,
        drift=tuple(map(str, drift)),
        unverified=tuple(str(one) for one in rendered.strict if one not in drift),
    )


class KeptPages:
    """The finished pages that builds have kept, each under a key of all that decides it."""

    def __init__(self, docs_dir: Path, pen: Pen, cache_dir: Path | None) -> None:
        """Read nothing yet.

        Args:
            docs_dir: The folder of the pages, from which they name the files that they need.
            pen: What draws their figures.
            cache_dir: Where pages are kept; None keeps none.
        """
        self._docs_dir = docs_dir
        self._pen = pen
        self._cache = Cache(cache_dir, FinishedPage) if cache_dir else None

    def key(self, *decides: object) -> str | None:
        """The key of a page; None if that can't be told.

        Args:
            decides: What decides the page, beside what decides all pages, and the files that its
                blocks read.
        """
        try:
            return hashlib.sha256(msgspec.json.encode((decides, self._tools))).hexdigest()
        except (EnvironmentProblem, UnicodeEncodeError):  # no Keras; half a character
            return None

    def get(self, key: str) -> FinishedPage | None:
        """The page that is kept under a key."""
        return self._cache.get(key) if self._cache else None

    def current(self, key: str | None) -> FinishedPage | None:
        """The same, if the files that its blocks read are what they were."""
        page = self.get(key) if key else None
        if page and all(digest(self._docs_dir / path) == was for path, was in page.needs.items()):
            return page
        return None

    def put(self, key: str | None, page: FinishedPage) -> bool:
        """Keep a page on which nothing is wrong; tell whether that could be done."""
        return bool(key and self._cache and self._cache.put(key, page))

    @cached_property
    def _tools(self) -> tuple[object, ...]:
        """What decides all pages: versions, this package, what writes DOT, and what draws it."""
        writer = metadata.version("graphviz")
        return key_versions(), sources_digest("."), writer, self._pen.identity
