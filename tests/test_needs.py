"""The files that blocks need: found, known by their content, copied."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from diagramgen.build import finish, prepare
from diagramgen.execution.limits import FILE_SIZE
from diagramgen.execution.local import LocalRunner
from diagramgen.prepared import PreparedPage

READ = 'text\n\n```python needs="data/a.txt"\nprint(open("data/a.txt").read())\n```\n'


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRunner]:
    with closing(LocalRunner(tmp_path_factory.mktemp("cache"), jobs=1)) as runner:
        yield runner


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "docs/data").mkdir(parents=True)
    (tmp_path / "docs/data/a.txt").write_text("one")
    return tmp_path / "docs"


def read(text: str, docs: Path) -> PreparedPage:
    return prepare(text, path="docs/page.md", docs=docs)


def key(text: str, docs: Path) -> str:
    return read(text, docs).programs["default"].key({})


def test_a_change_of_the_file_runs_the_session_again(runner: LocalRunner, docs: Path) -> None:
    def printed() -> str:
        return runner.submit(read(READ, docs).programs["default"]).result().blocks[0].stdout

    assert printed() == "one\n"
    (docs / "data/a.txt").write_text("two")
    assert printed() == "two\n"
    before = runner.blocks_run
    (docs / "data/a.txt").write_text("one")
    assert printed() == "one\n"
    assert runner.blocks_run == before


def test_the_key_holds_the_content_and_no_place(docs: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(docs, elsewhere)
    assert key(READ, docs) == key(READ, elsewhere)
    (elsewhere / "data/a.txt").write_text("two")
    assert key(READ, docs) != key(READ, elsewhere)


def test_a_change_that_keeps_size_and_time_of_the_file_is_seen(docs: Path) -> None:
    file, before = docs / "data/a.txt", key(READ, docs)
    about = file.stat()
    (docs / "new").write_text("two")
    os.utime(docs / "new", ns=(about.st_atime_ns, about.st_mtime_ns))
    (docs / "new").replace(file)
    assert key(READ, docs) != before


def test_the_page_works_on_a_copy(runner: LocalRunner, docs: Path) -> None:
    (docs / "helpers.py").write_text("def seven(): return 7")
    text = """
```python
import os
os.mkdir("elsewhere")
os.chdir("elsewhere")
```

```python needs="data/a.txt, helpers.py"
import helpers
open("../data/a.txt", "a").write(" more")
print(helpers.seven())
```

```python
print(open("../data/a.txt").read())
```
"""
    outcome = runner.submit(read(text, docs).programs["default"]).result()
    assert [block.stdout for block in outcome.blocks] == ["", "7\n", "one more\n"]
    assert (docs / "data/a.txt").read_text() == "one"


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("data/b.txt", "no file data/b.txt in docs", 'Did you mean needs="data/a.txt"?'),
        ("a.txt", "no file a.txt in docs", 'Did you mean needs="data/a.txt"?'),
        ("data/a.txt/b", "no file data/a.txt/b", 'Did you mean needs="data/a.txt"?'),
        ("unlike-all", "no file unlike-all", "Put it there"),
        ("data", "data is not a file", "Name the files in it"),
        ("pipe", "pipe is not a file", "Name the files in it"),
    ],
)
def test_what_is_not_there_is_said_with_file_line_and_cure(
    docs: Path, path: str, message: str, hint: str
) -> None:
    os.mkfifo(docs / "pipe")
    prepared = read(READ.replace('needs="data/a.txt"', f'needs="{path}"'), docs)
    (problem,) = finish(prepared, {}).problems
    assert prepared.programs == {}
    assert (problem.path, problem.line) == ("docs/page.md", 3)
    assert message in problem.message
    assert hint in (problem.hint or "")


@pytest.mark.parametrize("change", ["two", None])
def test_a_file_that_changes_during_the_build_fails_its_block(
    runner: LocalRunner, docs: Path, change: str | None
) -> None:
    (docs / "data/a.txt").write_text("new")
    prepared = read(READ, docs)
    (docs / "data/a.txt").unlink()
    if change:
        (docs / "data/a.txt").write_text(change)
    outcomes = {"default": runner.submit(prepared.programs["default"]).result()}
    (problem,) = finish(prepared, outcomes).problems
    assert "since the page was read" in problem.message
    assert problem.hint == "Build again"


def test_a_file_that_a_session_has_no_room_for(runner: LocalRunner, docs: Path) -> None:
    os.truncate(docs / "data/a.txt", FILE_SIZE + 1)
    prepared = read(READ, docs)
    outcomes = {"default": runner.submit(prepared.programs["default"]).result()}
    (problem,) = finish(prepared, outcomes).problems
    assert "data/a.txt is too large" in problem.message
    assert (
        problem.hint
        == "A session's files have room for 256 MB each: let the block need a part of it"
    )
