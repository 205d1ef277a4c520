"""What draws figures: each DOT text once."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagramgen.errors import EnvironmentProblem
from diagramgen.figures.engine import find_program
from diagramgen.pen import Pen

FIRST, SECOND = 'digraph { a [pos="0,0!"] }', 'digraph { b [pos="0,0!"] }'


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A Graphviz program that notes each of its runs."""
    script = tmp_path / "counting"
    real = find_program("graphviz-pure")
    script.write_text(f'#!/bin/sh\necho run >> {tmp_path / "runs"}\nexec {real} "$@"\n')
    script.chmod(0o755)
    return script


def runs(tmp_path: Path) -> int:
    notes = tmp_path / "runs"
    return notes.read_text().count("run") if notes.exists() else 0


def test_several_are_drawn_at_once_and_none_again(program: Path, tmp_path: Path) -> None:
    drawn = Pen(str(program), tmp_path / "cache").draw([FIRST, SECOND, FIRST])
    assert [">a<" in svg for svg in drawn] == [True, False, True]
    assert runs(tmp_path) == 1
    assert Pen(str(program), tmp_path / "cache").draw([SECOND, FIRST]) == drawn[1:]
    assert runs(tmp_path) == 1


def test_another_text_is_drawn_alone(program: Path, tmp_path: Path) -> None:
    pen = Pen(str(program), tmp_path / "cache")
    pen.draw([FIRST])
    assert ">b<" in pen.draw([FIRST, SECOND])[1]
    assert runs(tmp_path) == 2


def test_another_program_draws_again(program: Path, tmp_path: Path) -> None:
    Pen("graphviz-pure", tmp_path / "cache").draw([FIRST])
    Pen(str(program), tmp_path / "cache").draw([FIRST])
    assert runs(tmp_path) == 1


def test_nothing_to_draw_wants_no_program() -> None:
    assert Pen("no-such-program").draw([]) == []
    with pytest.raises(EnvironmentProblem, match="no-such-program"):
        Pen("no-such-program").draw([FIRST])


def test_a_new_version_of_the_same_size_draws_again(program: Path, tmp_path: Path) -> None:
    Pen(str(program), tmp_path / "cache").draw([FIRST])
    program.write_text(program.read_text().replace("echo run", "echo RUN"))
    Pen(str(program), tmp_path / "cache").draw([FIRST])
    assert (tmp_path / "runs").read_text() == "run\nRUN\n"
