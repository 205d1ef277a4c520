"""The blocks of a page that ran, each with what it did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import count

import msgspec

from diagramgen.pages.check import failed
from diagramgen.pages.read import CodeBlock, Page
from diagramgen.trace import BlockResult, Outcome


class BlockRun(msgspec.Struct, frozen=True):
    """A block with what it did."""

    block: CodeBlock
    outcome: Outcome
    index: int
    """Of the block in its session."""

    @property
    def result(self) -> BlockResult:
        """What it did."""
        return self.outcome.blocks[self.index]

    @property
    def cut_short(self) -> bool:
        """Whether the session's process was ended, which loses the calls of all its blocks."""
        errors = [block.error for block in self.outcome.blocks]
        errors += [value.error for value in self.outcome.values]
        return any(error is not None and error.fatal for error in errors)

    @property
    def done(self) -> bool:
        """Whether it did what it should."""
        return self.result.ran and not failed(self.block, self.result)


def runs_of(page: Page, outcomes: Mapping[str, Outcome]) -> Iterator[BlockRun | None]:
    """For each block of a page, what it did; None if it was not to be run, or nothing was."""
    indexes: defaultdict[str, Iterator[int]] = defaultdict(count)
    for block in page.blocks:
        session = block.options.session
        if block.options.run and session in outcomes:
            yield BlockRun(block, outcomes[session], next(indexes[session]))
        else:
            yield None
