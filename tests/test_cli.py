"""The command, as a shell calls it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from diagramgen.trace import Outcome

COMMAND = Path(sys.executable).with_name("diagramgen")
LAYER = "import keras, numpy as np\nkeras.layers.SimpleRNN(4)(np.ones((1, 3, 2)))\n"


@pytest.fixture(autouse=True)
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("docs/guide").mkdir(parents=True)


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    quiet = ["-q"] if words[0] in ("check", "update", "record", "draw") else []
    return subprocess.run(
        [COMMAND, *words, *quiet],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def page(name: str, text: str) -> str:
    path = Path("docs", name)
    path.write_text(text)
    return str(path)


def test_a_page_is_fine_once_its_record_is_kept() -> None:
    name = page("guide/a.md", f"---\ntitle: t\n---\n\n```python\nprint(1)\n#> 1\n{LAYER}```\n")
    first = run("check", name)
    assert first.returncode == 1
    assert "no record" in first.stderr
    assert "diagramgen update" in first.stderr

    assert run("update", name).stdout == "docs/.records/guide/a.json\n"
    assert run("update", "docs").stdout == ""
    done = run("check", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 of 1 blocks ran as their pages say; to mend: 0\n"


def test_another_shape_names_the_block_the_layer_and_both_shapes() -> None:
    name = page("a.md", f"text\n\n```python\n{LAYER}```\n")
    run("update", name)
    page("a.md", f"text\n\n```python\n{LAYER.replace('4', '5')}```\n")
    done = run("check", name)
    assert done.returncode == 1
    told = done.stderr.splitlines()
    assert "docs/a.md:3: SimpleRNN: output (1, 4) float32 → (1, 5) float32" in told[0]


def test_a_page_that_fails_keeps_no_record() -> None:
    name = page("a.md", "```python\n1 / 0\n```\n")
    done = run("update", name)
    assert done.returncode == 1
    assert "docs/a.md:2: ZeroDivisionError" in done.stderr
    assert not Path("docs/.records").exists()


def test_a_page_outside_the_docs_folder_is_told_so() -> None:
    Path("page.md").write_text("```python\n```\n")
    done = run("update", "page.md")
    assert done.returncode == 1
    assert "--docs" in done.stderr


def test_the_docs_folder_is_the_one_that_the_nearest_mkdocs_yml_names() -> None:
    Path("site/pages/a").mkdir(parents=True)
    Path("site/mkdocs.yml").write_text(
        "docs_dir: !ENV [NO_SUCH_NAME, pages]\nemoji: !!python/name:no.such.name\n"
    )
    Path("site/pages/data.txt").write_text("7")
    text = f"```python needs='data.txt'\nprint(open('data.txt').read())\n#> 7\n{LAYER}```\n"
    Path("site/pages/a/page.md").write_text(text)
    assert run("update", "site/pages").stdout == "site/pages/.records/a/page.json\n"
    assert run("check", "site/pages/a/page.md").returncode == 0


def test_a_page_without_a_site_finds_its_files_beside_it() -> None:
    Path("data.txt").write_text("7")
    text = "```python needs='data.txt'\nassert open('data.txt').read() == '7'\n```\n"
    Path("page.md").write_text(text)
    assert run("record", "page.md").returncode == 0


def test_a_command_remembers_in_the_cache_of_the_site() -> None:
    Path("mkdocs.yml").write_text("plugins: [diagramgen: {cache_dir: kept, timeout: 1}]")
    name = page("a.md", "```python\nimport os\nprint(os.urandom(8))\n```\n")
    printed = [run("record", name, *words).stdout for words in ([], [], ["--no-cache"])]
    assert printed[0] == printed[1] != printed[2]
    Path("kept/mine").touch()

    assert run("clean").stdout == "kept: 2 files removed, 0.0 MB\n"
    assert [path.name for path in Path("kept").iterdir()] == ["mine"]
    assert run("clean").stdout.startswith("kept: 0 files removed")
    endless = page("b.md", "```python\nwhile True: pass\n```\n")
    assert "still running after 1 s" in run("check", endless).stderr


@pytest.mark.parametrize(
    ("said", "told"), [("jobs: 0", "jobs"), ("timeout: soon", "timeout"), ("cache: 3", "cache")]
)
def test_a_bad_setting_of_the_site_is_told_with_its_file(said: str, told: str) -> None:
    Path("mkdocs.yml").write_text(f"plugins: [diagramgen: {{{said}}}]")
    done = run("check", page("a.md", ""))
    assert done.returncode == 1
    assert "Error: mkdocs.yml: diagramgen: " in done.stderr
    assert told in done.stderr


def test_without_a_site_there_is_no_cache() -> None:
    assert "no mkdocs.yml" in run("clean").stderr
    run("record", page("a.md", "```python\n```\n"))
    assert {path.name for path in Path().iterdir()} == {"docs"}


def test_update_rewrites_what_a_page_expects_and_keeps_its_record() -> None:
    name = page("a.md", f"text\r\n\r\n```python\r\nprint(6)\r\n#> 5\r\n{LAYER}```\r\n")
    Path(name).chmod(0o640)
    assert run("update", name).stdout == "docs/a.md\ndocs/.records/a.json\n"
    text = Path(name).read_bytes()
    assert text.startswith(b"text\r\n\r\n```python\r\nprint(6)\r\n#> 6\r\n")
    assert Path(name).stat().st_mode & 0o777 == 0o640
    assert run("check", name).returncode == 0


def test_update_rewrites_nothing_where_a_block_fails() -> None:
    name = page("a.md", "```python\nprint(6)\n#> 5\n```\n\n```python\n1 / 0\n```\n")
    done = run("update", name)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "#> 5" in Path(name).read_text()


def test_twice_names_what_differs_between_two_runs() -> None:
    text = """```python
import keras, os, numpy as np
x = np.frombuffer(os.urandom(6), "uint8").reshape((1, 3, 2)) / 255
keras.layers.SimpleRNN(2)(x)
```

```python
print("same", np.random.rand(), keras.random.normal((2,)))
```

```python
print(object())
```

```python
print({"a", "b", "c", "d", "e", "f"})
```

A value that stays, `{python} 1`, and one that doesn't, `{python} id(x)`.
"""
    name = page("a.md", text)
    run("update", name)
    told = run("check", "--twice", name).stderr.splitlines()
    told = [line for line in told if "In a second run" in line]
    assert [line.partition(": ")[0] for line in told] == [
        f"docs/a.md:{line}" for line in (1, 11, 15, 19)
    ]
    assert "SimpleRNN" in told[0]
    assert "it prints '<object object at" in told[1]


def test_the_network_is_open_to_those_that_are_granted_it() -> None:
    code = "import socket\nwith socket.create_connection((HOST, PORT)):\n    print('open')\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        Path("script.py").write_text(f"HOST, PORT = {host!r}, {port}\n{code}")
        assert "open" in run("record", "script.py", "--network").stdout
        assert run("record", "script.py").returncode == 1


def test_every_problem_of_every_page_is_told_with_file_and_line() -> None:
    one = page("one.md", "---\ntitle: t\n---\n\n```python\nprint(1)\n#> 2\n```\n")
    two = page("two.md", "```python\n\n1 / 0\n```\n\n```python\n```\n")
    done = run("check", one, two)
    assert done.returncode == 1
    first, second = done.stderr.splitlines()
    assert first.startswith("docs/one.md:7: Expected 2, got 1.")
    assert second.startswith("docs/two.md:3: ZeroDivisionError: division by zero.")
    assert done.stdout == "1 of 3 blocks ran as their pages say; to mend: 2\n"


def test_a_script_s_trace_is_json_with_the_names_of_the_structs() -> None:
    Path("script.py").write_text(LAYER)
    done = run("record", "script.py")
    outcome = msgspec.json.decode(done.stdout, type=Outcome)
    (call,) = outcome.blocks[0].calls
    assert (call.layer, call.outputs[0].shape, len(call.steps)) == ("SimpleRNN", (1, 4), 3)


def test_a_script_gives_a_figure_for_each_cell() -> None:
    Path("script.py").write_text(f"{LAYER}\n# %% again\nkeras.layers.GRU(2)(np.ones((1, 2, 2)))\n")
    done = run("draw", "script.py", "-o", "a/b", "--format", "png")
    assert done.stdout.split() == ["a/b/script-1.png", "a/b/script-2.png"]
    for name in done.stdout.split():
        assert Path(name).read_bytes().startswith(b"\x89PNG")


def test_a_page_gives_the_figures_that_it_shows() -> None:
    page = f'```python\n{LAYER}```\n\n```python hide="figure"\n{LAYER}```\n'
    Path("page.md").write_text(page)
    assert run("draw", "page.md").stdout.split() == ["page-1.svg"]


def test_lines_in_a_record_are_those_of_the_file() -> None:
    Path("page.md").write_text("---\ntitle: t\n---\n\n```python\nx = 1\n1 / 0\n```\n")
    done = run("record", "page.md")
    (block,) = msgspec.json.decode(done.stdout, type=Outcome).blocks
    assert block.error
    assert block.error.line == 7
    assert done.returncode == 1


def test_only_pages_have_records() -> None:
    Path("docs/script.py").write_text(LAYER)
    assert "no page" in run("check", "docs/script.py").stderr


@pytest.mark.parametrize("command", ["record", "draw"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```python\nprint(\n```\n", "page.md:"),
        ('```python tittle="x"\n```\n', "page.md:1: "),
    ],
)
def test_a_page_that_can_not_be_read_is_an_error(command: str, text: str, message: str) -> None:
    Path("page.md").write_text(text)
    done = run(command, "page.md")
    assert done.returncode == 1
    assert f"Error: {message}" in done.stderr
    assert not list(Path().glob("*.svg"))


def test_a_script_that_fails_is_told_with_its_line() -> None:
    Path("script.py").write_text("x = 1\n\n# %%\ny = 2\n1 / 0\n")
    done = run("draw", "script.py")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: script.py:5: ZeroDivisionError")


def test_a_file_that_is_not_utf_8_is_an_error() -> None:
    Path("page.md").write_bytes(b"\xff\xfe")
    done = run("draw", "page.md")
    assert done.returncode == 1
    assert "page.md:1: This page is not UTF-8" in done.stderr


@pytest.mark.parametrize("command", ["update", "explain"])
def test_a_page_that_only_a_build_has_is_left_to_one(command: str) -> None:
    assert "`DIAGRAMGEN_UPDATE=1 mkdocs build`" in run(command, "docs/made.md").stderr
    assert "UPDATE" not in run(command, "docs").stderr


def test_without_graphviz_the_cure_is_told() -> None:
    Path("script.py").write_text(LAYER)
    done = run("draw", "script.py", DIAGRAMGEN_DOT="no-such-program")
    assert done.returncode == 1
    assert "Error: " in done.stderr
    assert "DIAGRAMGEN_DOT" in done.stderr


@pytest.mark.parametrize("command", ["", "check", "update", "record", "draw", "explain", "clean"])
def test_help_says_what_a_command_does(command: str) -> None:
    done = run(*command.split(), "--help")
    assert done.returncode == 0
    assert "Usage: diagramgen" in done.stdout


def test_the_list_of_commands_cuts_no_sentence_short() -> None:
    _, listed = run("--help").stdout.split("Commands:\n")
    assert listed.splitlines()
    assert all(line.endswith(".") and not line.endswith("...") for line in listed.splitlines())
