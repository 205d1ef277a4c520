"""The benchmark runs, and each row of its table did the work that it stands for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.xdist_group("benchmarks")  # so that it runs once


@pytest.fixture(scope="module")
def printed() -> str:
    command = ["make", "bench", "OPTIONS=--pages 1 --times 1"]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


@pytest.fixture
def rows(printed: str) -> list[list[str]]:
    lines = [line for line in printed.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_cold_builds_run_every_block_and_warm_ones_none(rows: list[list[str]]) -> None:
    assert [(row[0], *row[6:]) for row in rows] == [
        ("", "blocks run", "figures"),
        ("-" * 16, "---------:", "------:"),
        ("plain MkDocs", "0", "0"),
        ("diagramgen, cold", "5", "5"),
        ("diagramgen, warm", "0", "5"),
        ("floor", "5", "0"),
    ]


def test_times_are_told_as_ratios_too(rows: list[list[str]]) -> None:
    ratios = {row[0]: (row[2], row[3]) for row in rows[2:]}
    assert ratios["plain MkDocs"][0] == "1.00"
    assert ratios["floor"][1] == "1.00"


def test_memory_is_that_of_the_build_without_keras(rows: list[list[str]]) -> None:
    memory = {row[0]: int(row[5].removesuffix(" MB")) for row in rows[2:]}
    assert 0 < memory["plain MkDocs"] <= memory["diagramgen, cold"] < memory["floor"] / 2


def test_the_machine_is_named(printed: str) -> None:
    assert "cores" in printed
    assert all(f"{name} " in printed for name in ("python", "keras", "tensorflow", "mkdocs"))
