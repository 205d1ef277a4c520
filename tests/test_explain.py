"""Why a session would run: what has changed since its page was built."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from diagramgen.cli import main

COMMAND = Path(sys.executable).with_name("diagramgen")
MKDOCS = COMMAND.with_name("mkdocs")
PAGE = """---
title: t
---

```python
x = 1
```

```python needs="data.txt" figure="none"
y = 2
print(open("data.txt").read())
```

```python session="other"
z = 3
```

Prose, and a value: `{python} x`.
"""
CACHED = (
    "docs/a.md: session default is answered from the cache\n"
    "docs/a.md: session other is answered from the cache\n"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that was built."""
    site = tmp_path_factory.mktemp("site")
    (site / "docs").mkdir()
    (site / "mkdocs.yml").write_text(
        "site_name: Site\nplugins: [diagramgen: {cache_dir: kept}]\n"
        "theme: mkdocs\nmarkdown_extensions: [pymdownx.superfences]\n"
    )
    (site / "docs/data.txt").write_text("one")
    (site / "docs/a.md").write_text(PAGE)
    done = subprocess.run(
        [MKDOCS, "build", "-q"], cwd=site, check=True, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("", "")
    return site


@pytest.fixture(autouse=True)
def there(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site)
    Path("docs/a.md").write_text(PAGE)
    Path("docs/data.txt").write_text("one")


def explained(*, page: str = PAGE) -> str:
    Path("docs/a.md").write_text(page)
    done = CliRunner().invoke(main, ["explain", "docs/a.md"])
    assert done.exit_code == 0
    return done.output


def causes(output: str) -> list[str]:
    """Why the first session runs, given that the other one doesn't."""
    told, *lines = output.splitlines()
    assert told == "docs/a.md: session default runs, because"
    at = lines.index("docs/a.md: session other is answered from the cache")
    return [line.strip() for line in lines[:at]]


def test_nothing_has_changed() -> None:
    assert explained().startswith(CACHED)
    assert explained(page=PAGE.replace("Prose", "Other\n\nprose")).startswith(CACHED)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("y = 2", "y = 3", "docs/a.md:10: this block changed, here first"),
        ("x = 1\n", "x = 1\n\ny = 2\n", "docs/a.md:7: this block changed, here first"),
        ('figure="none"', "", "docs/a.md:9: figure none → nothing"),
        ('needs="data.txt" ', "", "docs/a.md:9: data.txt is no longer needed"),
        ("{python} x", "{python} x + 1", "other inline values: x + 1"),
        ("Prose", "Prose\n\n```python\n4\n```\n", "docs/a.md:20: this block is new"),
    ],
)
def test_what_changed_on_the_page_is_told_with_its_line(old: str, new: str, told: str) -> None:
    assert told in causes(explained(page=PAGE.replace(old, new)))


def test_a_block_that_is_gone() -> None:
    told = causes(explained(page=PAGE.replace("```python\nx = 1\n```\n", "")))
    assert "a block is gone that begins with x = 1" in told


def test_a_changed_file_is_named() -> None:
    Path("docs/data.txt").write_text("two")
    assert causes(explained()) == ["docs/a.md:9: data.txt, which it needs, changed"]


def test_another_version_of_keras_is_named(tmp_path: Path) -> None:
    other = tmp_path / "keras-99.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: keras\nVersion: 99.0\n")
    done = subprocess.run(
        [COMMAND, "explain", "docs/a.md"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.count("→ 99.0\n") == 2
    assert "  keras 3." in done.stdout


def test_a_session_that_is_new() -> None:
    page = PAGE.replace('session="other"\nz', 'session="new"\nw')
    assert "did not have this session" in explained(page=page)


def test_a_damaged_and_a_deleted_entry(site: Path) -> None:
    entries = {path: path.read_bytes() for path in Path("kept").glob("*.outcome.json")}
    try:
        for path in entries:
            path.write_bytes(b"{")
        assert explained().count("its entry in the cache, kept, is damaged") == 2
        for path in entries:
            path.unlink()
        assert explained().count("its entry in the cache, kept, was deleted") == 2
    finally:
        for path, content in entries.items():
            path.write_bytes(content)


def test_a_deleted_cache(site: Path) -> None:
    Path("kept").rename("elsewhere")
    try:
        assert explained().count("there is no cache, kept: nothing was built yet") == 2
        Path("kept").mkdir()
        assert explained().count("no build of this page is remembered") == 2
        Path("kept").rmdir()
    finally:
        Path("elsewhere").rename("kept")


def test_it_is_told_what_sessions_are_held_to() -> None:
    _, told = explained().split("Here, each session is held to\n")
    assert "  memory of a process: 4 GB (RLIMIT_DATA)\n" in told


def test_a_page_that_can_not_be_read_is_told() -> None:
    Path("docs/a.md").write_text("```python\nprint(\n```\n")
    done = CliRunner().invoke(main, ["explain", "docs/a.md"])
    assert done.exit_code == 1
    assert "docs/a.md:" in done.output
