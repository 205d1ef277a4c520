"""Why a session would run, or would not: what has changed since its page was last built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

import msgspec

from diagramgen.execution.cache import Cache
from diagramgen.execution.history import Asked, History
from diagramgen.pages.read import CodeBlock, blocks_of
from diagramgen.prepared import PreparedPage
from diagramgen.program import Block, Program
from diagramgen.trace import Outcome


class Explanation(msgspec.Struct, frozen=True):
    """What the next build does with a session."""

    session: str
    causes: tuple[str, ...]
    """Why it runs, a sentence each; empty where the cache answers."""


def explain(prepared: PreparedPage, page: str, folder: Path) -> Iterator[Explanation]:
    """What the next build does with each session of a page, and why.

    Args:
        prepared: The page.
        page: The page as its site names it, from the docs folder.
        folder: The folder of the cache.

    Raises:
        EnvironmentProblem: Keras, its backend or NumPy is not installed.
    """
    history, outcomes = History(folder), Cache(folder, Outcome)
    last = history.last(page)
    for session, program in prepared.programs.items():
        key = program.key(history.versions)
        causes: list[str] = []
        if outcomes.get(key) is None:
            if last is None:
                causes.append(_unknown(folder))
            elif session not in last.programs:
                causes.append("the page did not have this session when it was last built")
            else:
                causes += _changes(prepared, session, last, history.versions)
            causes = causes or [_lost(key in outcomes, folder)]
        yield Explanation(session, tuple(causes))


def _unknown(folder: Path) -> str:
    if folder.is_dir():
        return "no build of this page is remembered"
    return f"there is no cache, {folder}: nothing was built yet, or it was deleted"


def _lost(damaged: bool, folder: Path) -> str:
    """Why the cache has no answer to what was asked before."""
    if damaged:
        return f"its entry in the cache, {folder}, is damaged"
    return f"it failed when it last ran, or its entry in the cache, {folder}, was deleted"


def _changes(
    prepared: PreparedPage, session: str, last: Asked, versions: Mapping[str, str]
) -> Iterator[str]:
    """What has changed since a session was last built."""
    yield from _program_changes(prepared, session, last.programs[session])
    for name in sorted({*last.versions, *versions}):
        was, now = last.versions.get(name), versions.get(name)
        if was != now:
            yield "diagramgen itself changed" if name == "diagramgen" else _move(name, was, now)


def _program_changes(prepared: PreparedPage, session: str, was: Program) -> Iterator[str]:
    """What has changed in a session's blocks and values."""
    now = prepared.programs[session].portable()
    blocks = blocks_of(prepared.page, session)
    codes = [block.code for block in was.blocks], [block.code for block in now.blocks]
    for _, a, b, c, d in SequenceMatcher(None, *codes, autojunk=False).get_opcodes():
        for old, new, block in zip_longest(was.blocks[a:b], now.blocks[c:d], blocks[c:d]):
            if block is None:
                yield "a block is gone that begins with " + old.code.partition("\n")[0]
            else:
                yield from _place(prepared, block, _block_changes(old, new))
    if was.network != now.network:
        yield f"it may {'open' if now.network else 'no longer open'} connections"
    values = [value.code for value in was.expressions], [value.code for value in now.expressions]
    if values[0] != values[1]:
        yield f"other inline values: {', '.join(_unlike(*values))}"
    elif was.expressions != now.expressions:
        yield "an inline value stands before or behind another block"


def _block_changes(was: Block | None, now: Block) -> Iterator[tuple[int, str]]:
    """What has changed in a block, with the line of its code, or 0."""
    if was is None:
        yield 0, "this block is new"
        return
    lines = zip_longest(was.code.split("\n"), now.code.split("\n"))
    if changed := [line for line, (old, new) in enumerate(lines, 1) if old != new]:
        yield min(changed[0], now.code.count("\n") + 1), "this block changed, here first"
    for option in ("figure", "steps", "raises", "timeout"):
        old, new = getattr(was, option), getattr(now, option)
        if old != new:
            yield 0, _move(option, old, new)
    yield from ((0, text) for text in _file_changes(was, now))


def _file_changes(was: Block, now: Block) -> Iterator[str]:
    """What has changed in the files that a block needs."""
    before = {file.path: file.sha256 for file in was.needs}
    after = {file.path: file.sha256 for file in now.needs}
    yield from (f"{path} is needed now" for path in after if path not in before)
    yield from (f"{path} is no longer needed" for path in before if path not in after)
    yield from (
        f"{path}, which it needs, changed"
        for path in before.keys() & after.keys()
        if before[path] != after[path]
    )


def _place(
    prepared: PreparedPage, block: CodeBlock, changes: Iterator[tuple[int, str]]
) -> Iterator[str]:
    for line, text in changes:
        yield f"{prepared.path}:{prepared.line(block.line(line))}: {text}"


def _unlike(was: Sequence[str], now: Sequence[str]) -> list[str]:
    return [code for code in now if code not in was] or ["fewer than before, or in another order"]


def _move(name: str, was: object, now: object) -> str:
    return f"{name} {was or 'nothing'} → {now or 'nothing'}"
