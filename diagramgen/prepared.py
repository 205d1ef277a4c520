"""A page that was read and not yet run, and where its lines stand in its author's file."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec.structs import replace

from diagramgen.errors import DiagramgenError
from diagramgen.pages.read import CodeBlock, Page, blocks_of
from diagramgen.program import Program
from diagramgen.trace import BlockResult, Failure, LayerCall, Outcome, Printed, Training, Warned

_Placed = TypeVar("_Placed", BlockResult, Failure, LayerCall, Printed, Training, Warned)


class PreparedPage(msgspec.Struct, frozen=True):
    """A page that was read and not yet run."""

    path: str
    """The file as its author knows it (``docs/guide/page.md``)."""
    page: Page
    programs: dict[str, Program]
    """What there is to run, by session; empty if the page has problems."""
    lines: tuple[int, ...]
    """For each line of the text, its line in the author's file, from 1."""

    @property
    def needs(self) -> dict[str, str]:
        """The digest of each file that its blocks read, by path from the docs folder."""
        blocks = (block for program in self.programs.values() for block in program.blocks)
        return {file.path: file.sha256 for block in blocks for file in block.needs}

    @property
    def first_run(self) -> int | None:
        """The line in the author's file of the first thing that runs."""
        blocks = [block.line() for block in self.page.blocks if block.options.run]
        values = [value.line for value in self.page.values]
        return self.line(min(blocks + values, default=None))

    def place(self, problem: DiagramgenError) -> DiagramgenError:
        """A problem with a line of the text, placed in the author's file."""
        return problem.at(self.path, self.line(problem.line))

    def line(self, line: int | None) -> int | None:
        """The line in the author's file of a line of the text, both from 1."""
        return None if line is None else self.lines[min(line, len(self.lines)) - 1]

    def in_file(self, block: CodeBlock, result: BlockResult) -> BlockResult:
        """A block's result, its lines those of the author's file."""

        def place(part: _Placed) -> _Placed:
            return replace(part, line=part.line and self.line(block.line(part.line)))

        return replace(
            place(result),
            printed=tuple(map(place, result.printed)),
            warnings=tuple(map(place, result.warnings)),
            error=result.error and place(result.error),
            calls=tuple(map(place, result.calls)),
            trainings=tuple(map(place, result.trainings)),
        )

    def outcome_in_file(self, session: str, outcome: Outcome) -> Outcome:
        """A session's outcome, its lines those of the author's file."""
        pairs = zip(blocks_of(self.page, session), outcome.blocks, strict=True)
        return replace(outcome, blocks=tuple(self.in_file(*pair) for pair in pairs))
