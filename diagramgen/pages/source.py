"""From the bytes of a page's file to its Markdown."""

from __future__ import annotations

import re

from diagramgen.errors import PageError

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n.*?\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)


def decode(data: bytes, path: str) -> str:
    """The text of a file, as MkDocs reads it: its lines end as on Unix.

    Raises:
        PageError: It is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise PageError(
            f"This page is not UTF-8: {error.reason}",
            path=path,
            line=data.count(b"\n", 0, error.start) + 1,
            hint="Save it as UTF-8",
        ) from None


def without_front_matter(source: str) -> str:
    """A page's Markdown, without the YAML that may stand above it."""
    return _FRONT_MATTER.sub("", source, count=1)
