"""What each page asked for when it was last built, to tell what has changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import msgspec

from diagramgen.execution.cache import Cache, key_versions
from diagramgen.program import Program


class Asked(msgspec.Struct, frozen=True):
    """All that the keys of a page's sessions were made of."""

    programs: dict[str, Program]
    """By session; see `Program.portable`."""
    versions: dict[str, str]


class History:
    """The last request of each page, kept in the folder of the cache."""

    def __init__(self, folder: Path) -> None:
        """Args: the folder of the cache."""
        self._pages = Cache(folder, Asked)

    @cached_property
    def versions(self) -> dict[str, str]:
        """What is installed here now; see `key_versions`."""
        return key_versions()

    def note(self, page: str, programs: Mapping[str, Program]) -> None:
        """Remember what a page asks for.

        Args:
            page: The page, from the docs folder.
            programs: What it runs, by session.
        """
        portable = {session: program.portable() for session, program in programs.items()}
        asked = Asked(portable, self.versions)
        if portable and self.last(page) != asked:
            self._pages.put(_key(page), asked)

    def last(self, page: str) -> Asked | None:
        """What a page asked for when it was last built; None if nothing is known of that."""
        return self._pages.get(_key(page))


def _key(page: str) -> str:
    return hashlib.sha256(page.encode()).hexdigest()
