"""Which pages a site means, by patterns of their names."""

from __future__ import annotations

from collections.abc import Iterable


class Globs:
    """Patterns of pages, from the docs folder; one that begins with ``!`` takes pages out."""

    def __init__(self, pages: Iterable[str], network: Iterable[str] = ()) -> None:
        """Args: the pages that run, and those of them that may open connections."""
        from pathspec.gitignore import GitIgnoreSpec  # noqa: PLC0415 - commands do without a site

        self._pages = GitIgnoreSpec.from_lines(map(_anchored, pages))
        self._network = GitIgnoreSpec.from_lines(map(_anchored, network))

    def runs(self, uri: str) -> bool:
        """Whether the code on a page runs."""
        return self._pages.match_file(uri)

    def connects(self, uri: str) -> bool:
        """Whether it may open connections to other machines."""
        return self._network.match_file(uri)


def _anchored(pattern: str) -> str:
    """A glob as a pattern of pathspec, which would find ``index.md`` in every folder."""
    return f"!/{pattern[1:]}" if pattern.startswith("!") else f"/{pattern}"
