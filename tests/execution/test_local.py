"""The runner of this machine: what it remembers, what it starts, what it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

import diagramgen
from diagramgen.errors import EnvironmentProblem
from diagramgen.execution.local import LocalRunner
from diagramgen.execution.runner import FakeRunner, Runner
from diagramgen.program import Block, Expression, Program
from diagramgen.trace import Failure, Outcome

ProcessesIn = Callable[[Path], list[int]]
WaitForEnd = Callable[[Path], None]

LSTM = "import keras\nprint(keras.layers.LSTM(4)(keras.random.normal((1, 3, 2))))"


def program(*code: str) -> Program:
    return Program(tuple(Block(each) for each in code))


def stdout(outcome: Outcome) -> list[str]:
    return [block.stdout for block in outcome.blocks]


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache") / "made" / "later"


@pytest.fixture(scope="module")
def remembering(cache_dir: Path) -> Iterator[LocalRunner]:
    with closing(LocalRunner(cache_dir, timeout=3)) as runner:
        yield runner


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A named pipe: whoever opens it for writing waits until a session reads from it."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the system's for temporary files."""
    path = tmp_path / "temporary"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    return path


def test_second_run_is_answered_from_the_cache(
    remembering: LocalRunner, cache_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = remembering.submit(program("print(1)", LSTM)).result()
    (tmp_path / "keras.py").write_text("raise ImportError('no libkeras.so')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with closing(LocalRunner(cache_dir)) as second:
        assert second.submit(program("print(1)", LSTM)).result() == first
        assert (second.blocks_run, second.blocks_cached) == (0, 2)
        with pytest.raises(EnvironmentProblem, match=r"can't be imported: .*no libkeras\.so") as no:
            second.submit(program("print(2)")).result()
        assert no.value.hint == "Install it with: pip install keras tensorflow"


@pytest.mark.parametrize(
    "failing",
    [
        Program((Block("1 / 0"),)),
        Program((Block("{}['x']", raises="ValueError"),)),
        Program((Block("while True: pass", timeout=0.1),)),
        Program((Block("import os\nos._exit(0)"),)),
        Program((Block("x = 1"),), (Expression("y", 1),)),
    ],
)
def test_failure_is_run_again(remembering: LocalRunner, failing: Program) -> None:
    before = remembering.blocks_run
    for _ in range(2):
        remembering.submit(failing).result()
    assert remembering.blocks_run == before + 2


def test_declared_error_is_remembered(remembering: LocalRunner) -> None:
    declared = Program((Block("{}['x']", raises="KeyError"),))
    before = remembering.blocks_run
    outcomes = [remembering.submit(declared).result() for _ in range(2)]
    assert outcomes[0] == outcomes[1]
    assert remembering.blocks_run == before + 1


def test_same_program_twice_at_once_runs_once(remembering: LocalRunner) -> None:
    before = remembering.blocks_run
    futures = [remembering.submit(program("print('same')")) for _ in range(5)]
    assert {stdout(future.result())[0] for future in futures} == {"same\n"}
    assert remembering.blocks_run == before + 1


def test_block_may_take_as_long_as_the_runner_says(remembering: LocalRunner) -> None:
    (result,) = remembering.submit(program("pass\nwhile True: pass")).result().blocks
    assert result.error == Failure("Timeout", "still running after 3 s", 2, fatal=True)


@pytest.mark.parametrize("left", [b"", b"{", b'{"versions": 3}', b"\xff", b"[" * 100_000])
def test_broken_entry_is_run_again(remembering: LocalRunner, cache_dir: Path, left: bytes) -> None:
    broken = program("print('whole')")
    remembering.submit(broken).result()
    (entry,) = [path for path in cache_dir.iterdir() if b"whole" in path.read_bytes()]
    entry.write_bytes(left)
    before = remembering.blocks_run
    assert stdout(remembering.submit(broken).result()) == ["whole\n"]
    assert remembering.blocks_run == before + 1
    assert b"whole" in entry.read_bytes()


def test_entries_that_nobody_asks_for_are_removed_in_the_end(tmp_path: Path) -> None:
    with closing(LocalRunner(tmp_path)) as runner:
        for code in ("print('used')", "print('unused')"):
            runner.submit(program(code)).result()
    for path in (tmp_path / "mine.json", *tmp_path.iterdir()):
        path.touch()
        os.utime(path, (0, 0))
    with closing(LocalRunner(tmp_path)) as runner:
        runner.submit(program("print('used')")).result()
        assert runner.blocks_run == 0
    left = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert left.pop("mine.json") == b""
    (entry,) = left.values()
    assert b"used" in entry
    assert b"unused" not in entry


def test_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with closing(LocalRunner(tmp_path / "file" / "cache")) as runner:
        assert stdout(runner.submit(program("print(1)")).result()) == ["1\n"]
        assert str(runner.cache_problem).startswith(f"Nothing can be kept in {tmp_path}")


def test_programs_run_side_by_side(runner: LocalRunner, tmp_path: Path) -> None:
    """None ends before this test has written to its pipe, which it opens when all are open."""
    pipes = [tmp_path / "one", tmp_path / "two"]
    for pipe in pipes:
        os.mkfifo(pipe)
    futures = [runner.submit(program(f"print(open({str(pipe)!r}).read())")) for pipe in pipes]
    with pipes[0].open("w") as one, pipes[1].open("w") as two:
        one.write("1")
        two.write("2")
    assert [stdout(future.result()) for future in futures] == [["1\n"], ["2\n"]]


@pytest.mark.parametrize("which", [0, 1])
def test_server_that_is_killed_is_replaced(
    temporary: Path, pipe: Path, processes_in: ProcessesIn, wait_for_end: WaitForEnd, which: int
) -> None:
    """The process that was started, and the server, its child."""
    with closing(LocalRunner(None)) as runner:
        future = runner.submit(program(f"open({str(pipe)!r})\nwhile True: pass"))
        pipe.open("w").close()
        (folder,) = temporary.iterdir()
        os.kill(processes_in(folder)[which], signal.SIGKILL)
        (result,) = future.result().blocks
        assert result.error == Failure("Killed", "the server ended meanwhile", fatal=True)
        wait_for_end(folder)
        assert stdout(runner.submit(program("print(1)")).result()) == ["1\n"]
    assert list(temporary.iterdir()) == []


def test_close_ends_what_runs(temporary: Path, pipe: Path, wait_for_end: WaitForEnd) -> None:
    runner = LocalRunner(None)
    endless = f"""
import subprocess
subprocess.Popen(["sleep", "99"], start_new_session=True)
open({str(pipe)!r})
while True: pass
"""
    future = runner.submit(program(endless))
    pipe.open("w").close()
    runner.close()
    wait_for_end(temporary)
    assert future.done()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_a_killed_build(
    tmp_path: Path, pipe: Path, wait_for_end: WaitForEnd, number: int
) -> None:
    code = f"""
import subprocess
subprocess.Popen(["sleep", "99"])
open({str(pipe)!r})
while True: pass
"""
    build = f"""
from contextlib import closing
from diagramgen.execution.local import LocalRunner
from diagramgen.program import Block, Program
with closing(LocalRunner(None)) as runner:
    runner.submit(Program((Block({code!r}),))).result()
"""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    command = [sys.executable, "-c", build]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        pipe.open("w").close()
        process.send_signal(number)
    wait_for_end(temporary)
    assert list(temporary.iterdir()) == []


def test_sessions_are_spawned_where_a_fork_is_unsafe(
    runner: LocalRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread in the server makes forks unsafe; here one starts with the interpreter."""
    thread = (
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    blocks = program("x = 3", LSTM, "import threading\nprint(x, threading.active_count())")
    forked = runner.submit(blocks).result()
    (tmp_path / "sitecustomize.py").write_text(thread)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with closing(LocalRunner(None)) as spawning:
        spawned = spawning.submit(blocks).result()
    assert stdout(spawned)[2] == "3 2\n"
    assert stdout(forked)[2] == "3 1\n"
    assert msgspec.json.encode(spawned.blocks[1]) == msgspec.json.encode(forked.blocks[1])


def test_keras_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "diagramgen").symlink_to(Path(diagramgen.__file__).parent)
    for folder in {path for path in sys.path if path.endswith("-packages")}:
        for path in Path(folder).iterdir():
            if "keras" not in path.name and not (tmp_path / path.name).exists():
                (tmp_path / path.name).symlink_to(path)
    build = """
from diagramgen.execution.local import LocalRunner
from diagramgen.program import Block, Program
print(repr(LocalRunner(None).submit(Program((Block("1"),))).exception()))
"""
    result = subprocess.run(
        [sys.executable, "-S", "-P", "-c", build],  # with these packages alone
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.startswith("EnvironmentProblem('keras is not installed")


def test_parent_side_is_light() -> None:
    """Nothing of Keras or NumPy is loaded by what asks and answers from the cache."""
    build = """
import sys
from pathlib import Path
from diagramgen.execution.local import LocalRunner
from diagramgen.program import Block, Program
from diagramgen.execution.cache import key_versions
Program((Block("1"),)).key(key_versions())
print(*sorted({"keras", "mkdocs", "numpy", "tensorflow"} & set(sys.modules)))
"""
    result = subprocess.run(
        [sys.executable, "-c", build], capture_output=True, text=True, check=True
    )
    assert result.stdout == "\n"


def test_fake_runner_stands_in() -> None:
    outcome = Outcome(versions={})
    runner: Runner = FakeRunner({program("1"): outcome})
    assert runner.submit(program("1")).result() is outcome
    with pytest.raises(KeyError):
        runner.submit(program("2")).result()
    runner.close()
