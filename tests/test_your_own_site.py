"""From an empty folder to a first figure, as docs/authors/your-own-site.md tells it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "authors" / "your-own-site.md").read_text("utf-8")
INSTALL = 'pip install "/place/of/diagramgen[mkdocs,tensorflow]" mkdocs-material'
SERVE = "mkdocs serve"  # test_readme.py starts a server
FILE = re.compile(
    r'^(?P<marks>`{3,})\w+ title="(?P<name>\S+)"\n(?P<text>.*?)^(?P=marks)$',
    re.MULTILINE | re.DOTALL,
)
FILES = ["mkdocs.yml", "docs/index.md", ".gitignore"]


def commands() -> list[str]:
    """The commands of the page, in order."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def run(folder: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    """Run lines in a shell that finds the commands of this environment."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.run(
        ["bash", "-ec", "\n".join(lines)],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site, with its files."""
    start = tmp_path_factory.mktemp("somewhere")
    lines = commands()
    done = run(start, *lines[: lines.index(INSTALL)])
    assert done.returncode == 0, done.stderr
    (folder,) = start.iterdir()
    for file in FILE.finditer(PAGE):
        path = folder / file["name"]
        path.parent.mkdir(exist_ok=True)
        path.write_text(file["text"], "utf-8")
    return folder


def test_the_page_begins_with_the_installation_and_writes_every_file() -> None:
    lines = commands()
    assert lines.index(INSTALL) < lines.index(SERVE) < len(lines) - 1
    assert [file["name"] for file in FILE.finditer(PAGE)] == FILES


def test_the_path_leads_to_a_figure_and_a_strict_build(site: Path) -> None:
    lines = commands()
    for line in lines[lines.index(SERVE) + 1 :]:
        done = run(site, line)
        assert done.returncode == 0, f"{line}: {done.stderr}"
    html = (site / "site" / "index.html").read_text("utf-8")
    assert "Groot</text>" in html
    assert "There are <code>4</code> of them." in html
    assert (site / "docs" / ".records" / "index.json").is_file()
    assert (site / ".cache").is_dir()


def test_the_path_without_a_record_is_not_strict(site: Path) -> None:
    (site / "docs" / ".records" / "index.json").unlink(missing_ok=True)
    done = run(site, "mkdocs build --strict")
    assert done.returncode != 0
    assert "This page has no record of what Keras did on it" in done.stderr


def test_the_failure_is_the_one_that_the_page_shows(site: Path) -> None:
    (message,) = re.findall(r'^```text title="mkdocs build"\n(.*?)\n```', PAGE, re.MULTILINE)
    page = site / "docs" / "index.md"
    was = page.read_text("utf-8")
    page.write_text(was.replace("SimpleRNN(4)", "SimpleRNN(5)"), "utf-8")
    done = run(site, "mkdocs build")
    page.write_text(was, "utf-8")
    assert done.returncode != 0
    assert message in done.stderr


def test_what_counts_the_blocks_is_as_the_page_shows_it(site: Path) -> None:
    (line,) = re.findall(r"^    (diagramgen: .*)$", PAGE, re.MULTILINE)
    done = run(site, "rm -rf .cache", "mkdocs build")
    assert line in done.stderr
