"""Code that does its worst: what is reported, who else suffers, what is left behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from diagramgen.execution.cures import NEEDS_LESS
from diagramgen.program import Block
from diagramgen.trace import BlockResult, Failure, Outcome, Printed

Run = Callable[..., Outcome]
ProcessesIn = Callable[[Path], list[int]]

IMPORTS = "import ctypes, os, signal, subprocess, sys, threading, time\nprint(os.getcwd())"
EXITED = "its process ended by itself with status"
KILLED = "its process was ended by signal"
SAYING = "after writing to standard error:"


@pytest.mark.parametrize(
    ("fault", "kind", "message"),
    [
        ("os._exit(0)", "Exit", f"{EXITED} 0"),
        ("os._exit(3)", "Exit", f"{EXITED} 3"),
        ("ctypes.string_at(0)", "Killed", f"{KILLED} 11 (Segmentation fault)"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "Killed", f"{KILLED} 9 (Killed)"),
        ("os.killpg(0, signal.SIGKILL)", "Killed", f"{KILLED} 9 (Killed)"),
        ("os.write(2, b'luck'); os.abort()", "Killed", f"{KILLED} 6 (Aborted), {SAYING} luck"),
        ("while True: pass", "Timeout", "still running after 0.3 s"),
        ("os.kill(os.getpid(), signal.SIGSTOP)", "Timeout", "still running after 0.3 s"),
        ("os.fork() and os._exit(1); time.sleep(99)", "Exit", f"{EXITED} 1"),
    ],
)  # fmt: skip
def test_process_that_ends_otherwise(run: Run, fault: str, kind: str, message: str) -> None:
    timeout = 0.3 if kind == "Timeout" else None
    code = f"pass\nif True:\n    print('last words')\n    {fault}\nprint('never')"
    block = Block(code, timeout=timeout)
    first, second, third = run(IMPORTS, block, "print('never')").blocks
    cure = NEEDS_LESS if message.startswith(f"{KILLED} 9") else None
    failure = Failure(kind, message, 2, fatal=True, cure=cure)
    assert second == BlockResult(stdout="last words\n", error=failure)
    assert third == BlockResult(ran=False)
    assert not Path(first.stdout.strip()).exists()
    assert run("print('others go on')").blocks[0].stdout == "others go on\n"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("data = bytearray(6 << 30)", "MemoryError"),
        ("import numpy\ndata = numpy.empty(6 << 30, 'int8')", "MemoryError"),
        ("text = b'a' * (1 << 25)\nwhile True: os.write(1, text)", "OSError"),
        ("with open('big', 'wb') as file: file.truncate(2 << 30)", "OSError"),
    ],
)
def test_more_than_is_granted(run: Run, fault: str, kind: str) -> None:
    result = run(IMPORTS, fault).blocks[1]
    assert result.error is not None
    assert result.error.type == kind
    assert len(result.stdout) < 201_000


def test_closed_descriptors(run: Run) -> None:
    """The page's code can cut its own line; it is then ended, and nobody else is."""
    first, second = run(IMPORTS, "pass\nos.closerange(3, 99), time.sleep(99)", "1").blocks[1:]
    assert first.error is not None
    assert (first.error.message, first.error.line) == (f"{KILLED} 9 (Killed)", 2)
    assert not second.ran


@pytest.mark.parametrize("noise", [b"noise" * 99, b"\0\0\0\1?"])
def test_noise_on_every_descriptor(run: Run, noise: bytes) -> None:
    code = f"""
import contextlib, os
for descriptor in range(99):
    with contextlib.suppress(OSError):
        os.write(descriptor, {noise!r})
"""
    server = "import os\nprint(os.path.dirname(os.path.dirname(os.getcwd())))"
    before = run(server)
    (result,) = run(code).blocks
    assert result.error is not None
    assert result.error.line == 3
    assert run(server) == before


@pytest.mark.parametrize(
    "leave",
    [
        "subprocess.Popen(['sleep', '99'])",
        "subprocess.Popen(['sleep', '99'], start_new_session=True)",
        "os.fork() or time.sleep(99)",
        "if not os.fork():\n    os.setsid()\n    os.fork()\n    time.sleep(99)",
        "threading.Thread(target=time.sleep, args=[99]).start()",
    ],
)
def test_left_over_process_is_ended(run: Run, processes_in: ProcessesIn, leave: str) -> None:
    first, second, third = run(IMPORTS, leave, "print('on')").blocks
    assert (second.error, third.stdout) == (None, "on\n")
    folder = Path(first.stdout.strip()).parent
    assert processes_in(folder) == []
    assert not folder.exists()


def test_fork_that_goes_on(run: Run) -> None:
    outcome = run("import os\nprint('once')\nos.fork()", "print('twice?')", values=(("1", 2),))
    assert [block.stdout for block in outcome.blocks] == ["once\n", "twice?\n"]
    assert [value.text for value in outcome.values] == ["1"]


def test_deleted_working_directory(run: Run) -> None:
    outcome = run("import os\nos.rmdir(os.getcwd())\nprint('gone')", "print('still here')")
    assert [block.stdout for block in outcome.blocks] == ["gone\n", "still here\n"]


def test_folder_that_resists_removal(run: Run) -> None:
    code = "import os\nos.makedirs('a/b')\nos.chmod('a', 0)\nprint(os.getcwd())"
    (result,) = run(code).blocks
    assert not Path(result.stdout.strip()).exists()


def test_end_in_an_expression(run: Run) -> None:
    exit_ = "__import__('os')._exit(0)"
    outcome = run("print(1)", "print(2)", values=((exit_, 1), ("1", 2)))
    assert outcome.blocks == (outcome.blocks[0], BlockResult(ran=False))
    assert outcome.blocks[0].stdout == "1\n"
    assert outcome.values[0].error == Failure("Exit", f"{EXITED} 0", fatal=True)
    assert not outcome.values[1].ran


def test_end_in_a_replay(run: Run) -> None:
    """After the last block a page's cell is stepped again, in a long loop, and may do otherwise."""
    code = """\
import keras, os
class Cell(keras.layers.SimpleRNNCell):
    def call(self, *arguments, **options):
        if over:
            os._exit(0)
        return super().call(*arguments, **options)
over = False
y = keras.layers.RNN(Cell(4))(keras.ops.ones((1, 120, 2)))
print(y.shape)
"""
    outcome = run(code, values=(("globals().update(over=True)", 1),))
    note = f"The figure was lost: {EXITED} 0"
    assert outcome.blocks == (
        BlockResult(stdout="(1, 4)\n", printed=(Printed(9, "(1, 4)\n"),), note=note),
    )
