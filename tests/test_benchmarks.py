"""The benchmark runs, and each row of its table did the work that it stands for."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import nbformat
import pytest

from benchmarks import guide

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.xdist_group("benchmarks")  # so that it runs once


@pytest.fixture(scope="module")
def printed() -> str:
    command = ["make", "bench", "OPTIONS=--pages 1 --pages 2 --times 1 --saves 1 --alone"]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


@pytest.fixture
def rows(printed: str) -> list[list[str]]:
    """The table of the guide of two pages."""
    section = printed.split("## 2 pages")[1].split("##", maxsplit=1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_cold_builds_run_every_block_and_warm_ones_none(rows: list[list[str]]) -> None:
    assert [(row[0], *row[6:]) for row in rows if "---" not in row[0]] == [
        ("", "blocks run", "outputs", "figures"),
        ("plain MkDocs", "", "0", "0"),
        ("floor", "10", "0", "0"),
        ("diagramgen, cold", "10", "2", "10"),
        ("diagramgen, warm", "0", "2", "10"),
    ]


def test_times_are_told_as_ratios_too(rows: list[list[str]]) -> None:
    ratios = {row[0]: (row[2], row[3]) for row in rows[2:]}
    assert ratios["plain MkDocs"][0] == "1.00"
    assert ratios["floor"][1] == "1.00"


def test_memory_is_that_of_the_build_without_keras(rows: list[list[str]]) -> None:
    memory = {row[0]: int(row[5].removesuffix(" MB")) for row in rows[2:]}
    assert 0 < memory["plain MkDocs"] <= memory["diagramgen, cold"] < memory["floor"] / 2


def test_it_tells_of_growth_of_saves_and_of_recording(printed: str) -> None:
    assert "| 1, 2 " in printed
    assert "beyond plain" in printed
    assert "| a call of LSTM" in printed


def test_the_machine_is_named(printed: str) -> None:
    assert "cores" in printed
    assert all(f"{name} " in printed for name in ("python", "keras", "tensorflow", "mkdocs"))


@pytest.mark.parametrize("form", [guide.for_markdown_exec, guide.in_notebooks, guide.in_myst])
def test_other_tools_are_given_the_same_code(form: guide.Form, tmp_path: Path) -> None:
    form(tmp_path / "docs", 1)
    (page,) = (tmp_path / "docs").glob("page-*")
    text = page.read_text()
    if page.suffix == ".ipynb":
        text = "\n".join(cell.source for cell in nbformat.read(page, as_version=4).cells)
    guide.in_markdown(tmp_path / "plain", 1)
    blocks = re.findall(
        r"^```python\n(.*?)\n```",
        (tmp_path / "plain" / "page-001.md").read_text(),
        re.MULTILINE | re.DOTALL,
    )
    assert len(blocks) == guide.BLOCKS
    assert all(block in text for block in blocks)
