"""The folder of what is remembered."""

from __future__ import annotations

import resource
from pathlib import Path

import msgspec
import pytest

from diagramgen.execution.cache import Cache

KEY = 64 * "0"


class Word(msgspec.Struct):
    text: str


class Other(msgspec.Struct):
    text: str


@pytest.fixture
def cache(tmp_path: Path) -> Cache[Word]:
    return Cache(tmp_path / "made" / "later", Word)


def test_an_entry_is_kept(cache: Cache[Word]) -> None:
    assert cache.get(KEY) is None
    assert KEY not in cache
    cache.put(KEY, Word("a"))
    assert KEY in cache
    assert cache.get(KEY) == Word("a")


def test_kinds_of_entries_share_a_folder(cache: Cache[Word], tmp_path: Path) -> None:
    cache.put(KEY, Word("a"))
    assert Cache(tmp_path / "made" / "later", Other).get(KEY) is None


def test_a_full_disk_leaves_nothing_behind(cache: Cache[Word], tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        cache.put(KEY, Word(1000 * "a"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "File too large" in str(cache.problem)
    assert not list((tmp_path / "made" / "later").iterdir())
