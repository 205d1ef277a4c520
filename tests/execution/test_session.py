"""What code on a page finds when it runs, and what is reported of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from diagramgen.execution.cures import FEWER_PROCESSES
from diagramgen.program import Block
from diagramgen.trace import Failure, Outcome, Printed, Warned

Run = Callable[..., Outcome]


def test_blocks_share_a_namespace(run: Run) -> None:
    outcome = run("x = 2", "print(x + 1, __name__)")
    assert [block.stdout for block in outcome.blocks] == ["", "3 __main__\n"]
    assert outcome.versions["keras"]


def test_values_are_those_of_their_place(run: Run) -> None:
    values = (("__name__", 0), ("x", 1), (" x * 2 ", 1), ("x", 2), ("x", 3))
    outcome = run("x = 1", "x = 'two'", "x = 3", values=values)
    assert [value.text for value in outcome.values] == ["__main__", "1", "2", "two", "3"]


def test_failing_value_stops_nothing(run: Run) -> None:
    outcome = run("x = 1", "x = 2", values=(("y", 1), ("x +", 1), ("x", 2)))
    first, second, third = outcome.values
    assert first.error == Failure("NameError", "name 'y' is not defined", 1)
    assert second.error is not None
    assert second.error.type == "SyntaxError"
    assert third.text == "2"


def test_output_belongs_to_its_statement(run: Run) -> None:
    code = """\
import ctypes, logging, os, subprocess, sys
print("printed",
      end="!\\n")
for number in range(2): print(number)
quiet = 0
os.write(1, b"written\\n")
subprocess.run(["echo", "child"])
ctypes.CDLL(None).puts(b"native")
print("one"); print("two")
print("error", file=sys.stderr)
logging.warning("logged")
os.write(2, b"unseen")
"""
    (result,) = run(code).blocks
    assert result.printed == (
        Printed(3, "printed!\n"),
        Printed(4, "0\n1\n"),
        Printed(6, "written\n"),
        Printed(7, "child\n"),
        Printed(8, "native\n"),
        Printed(9, "one\ntwo\n"),
        Printed(10, "error\n"),
        Printed(11, "WARNING:root:logged\n"),
    )
    assert result.stdout == "".join(printed.text for printed in result.printed)


def test_output_that_is_no_text(run: Run) -> None:
    code = "import os\nos.write(1, b'\\xff')\nprint('\\x1b[31m</script>')"
    outcome = run(code, "raise ValueError('\\ud800')", values=(("'\\ud800'", 1),))
    first, second = outcome.blocks
    assert first.stdout == "\ufffd\x1b[31m</script>\n"
    assert second.error == Failure("ValueError", "?", 1)
    assert outcome.values[0].text == "?"


def test_log_of_tensorflow_is_not_shown(run: Run) -> None:
    """It says how often a function at an address was traced."""
    code = "import tensorflow as tf\ntf.get_logger().warning('slow')"
    assert run(code).blocks[0].stdout == ""


def test_no_traceback_of_a_thread_is_shown(run: Run) -> None:
    code = "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()"
    assert run(code).blocks[0].stdout == ""


def test_long_output_is_cut(run: Run) -> None:
    code = "print('a' * 199_990)\nprint('b' * 100)\nprint('c' * 1000)"
    (result,) = run(code).blocks
    assert [printed.line for printed in result.printed] == [1, 2]
    assert result.stdout.endswith("a\nbbbbbbbbb\n… 1093 more bytes were printed\n")


def test_output_survives_a_closed_stream(run: Run) -> None:
    first, second = run("import sys\nprint(1)\nsys.stdout.close()", "print(2)").blocks
    assert first.stdout == "1\n"
    assert first.error is None
    assert second.error is not None


def test_error_is_placed_in_its_block(run: Run) -> None:
    define = "def divide(x):\n    return 1 / x"
    first, second, third = run(
        define, "print('before')\n\ndivide(\n    0)\nprint('after')", "print('more')"
    ).blocks
    assert first.error is None
    assert second.stdout == "before\n"
    assert second.error == Failure("ZeroDivisionError", "division by zero", 3)
    assert not third.ran


def test_error_is_placed_in_the_innermost_line(run: Run) -> None:
    (result,) = run("def divide(x):\n    return 1 / x\n\ndivide(0)").blocks
    assert result.error == Failure("ZeroDivisionError", "division by zero", 2)


@pytest.mark.parametrize("wrong", ["def f(:", "return 1", "from __future__ import x"])
def test_syntax_error(run: Run, wrong: str) -> None:
    (result,) = run(f"print(1)\n{wrong}").blocks
    assert result.stdout == ""
    assert result.error is not None
    assert (result.error.type, result.error.line) == ("SyntaxError", 2)
    assert "<block" not in result.error.message


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("import sys\nsys.exit(0)", Failure("SystemExit", "0", 2)),
        ("raise KeyboardInterrupt", Failure("KeyboardInterrupt", "", 1)),
        ("input()", Failure("EOFError", "EOF when reading a line", 1)),
        (
            "class Bad(Exception):\n    def __str__(self): raise OSError\nraise Bad",
            Failure("Bad", "(its message can't be shown: OSError)", 3),
        ),
    ],
)
def test_errors_of_other_kinds(run: Run, code: str, failure: Failure) -> None:
    first, second = run(code, "print(1)").blocks
    assert first.error == failure
    assert not second.ran


NOTHING_THERE = """
import socket
one, other = socket.socketpair()
one.setblocking(False)
one.recv(1)
"""
NO_ROOM = """
import os, time
while True:
    if not os.fork():
        time.sleep(99)
"""


@pytest.mark.parametrize(("code", "cure"), [(NOTHING_THERE, None), (NO_ROOM, FEWER_PROCESSES)])
def test_only_a_process_too_many_is_cured_by_fewer(run: Run, code: str, cure: str | None) -> None:
    error = run(code).blocks[0].error
    assert error is not None
    assert error.cure == cure


def test_declared_error_stops_nothing(run: Run) -> None:
    outcome = run(Block("{}['x']", raises="KeyError"), "print(1)")
    assert outcome.blocks[0].error == Failure("KeyError", "'x'", 1)
    assert outcome.blocks[1].stdout == "1\n"


@pytest.mark.parametrize("raises", ["ValueError", "LookupError"])
def test_other_error_than_declared_stops(run: Run, raises: str) -> None:
    outcome = run(Block("{}['x']", raises=raises), "print(1)", values=(("1", 0), ("1", 2)))
    assert not outcome.blocks[1].ran
    assert [value.ran for value in outcome.values] == [True, False]


def test_warnings(run: Run) -> None:
    code = """\
import warnings
def warn():
    warnings.warn("far", UserWarning, stacklevel=9)
for _ in range(2):
    warn()
warnings.warn("old", DeprecationWarning)
"""
    first, second, third = run(
        code, "warn()", "warnings.simplefilter('ignore')\nwarn()\nprint('on')"
    ).blocks
    assert first.warnings == (
        Warned("UserWarning", "far", 3),
        Warned("DeprecationWarning", "old", 6),
    )
    assert second.warnings == (Warned("UserWarning", "far", 1),)
    assert third.warnings == ()
    assert (first.stdout, third.stdout) == ("", "on\n")


def test_future_holds_in_later_blocks(run: Run) -> None:
    outcome = run(
        "from __future__ import annotations", "def f(x: Unknown): ...\nprint(f.__annotations__)"
    )
    assert outcome.blocks[1].stdout == "{'x': 'Unknown'}\n"


def test_source_is_found(run: Run) -> None:
    outcome = run(
        "def f(x):\n    return x",
        "import inspect, pickle, traceback\nprint(inspect.getsource(f), end='')\n"
        "print(pickle.loads(pickle.dumps(f)) is f)\n"
        "try:\n    f()\nexcept TypeError:\n    print(traceback.format_exc())",
    )
    printed = outcome.blocks[1].stdout
    assert printed.startswith("def f(x):\n    return x\nTrue\n")
    assert 'File "<block 2>", line 5, in <module>\n    f()\n' in printed


def test_graph_of_python_control_flow(run: Run) -> None:
    code = """\
import tensorflow as tf
@tf.function
def halve(x):
    while x > 1.0:
        x /= 2.0
    return x
print(float(halve(tf.constant(8.0))))
"""
    (result,) = run(code).blocks
    assert (result.stdout, result.warnings) == ("1.0\n", ())


def test_layer_calls_are_recorded(run: Run) -> None:
    outcome = run(
        "import keras",
        "y = keras.layers.LSTM(4)(keras.random.normal((1, 3, 2)))",
        "raise ValueError",
        "print(1)",
    )
    first, second, third, fourth = outcome.blocks
    assert (first.calls, third.calls, fourth.calls) == ((), (), ())
    assert [call.layer for call in second.calls] == ["LSTM"]
    assert len(second.calls[0].steps) == 3
    assert second.draw == second.calls[0].number


def test_same_program_does_the_same(run: Run) -> None:
    code = """\
import random, keras, numpy as np
print(random.random(), np.random.rand(), hash("word"), {"a", "b", "c"})
x = keras.random.normal((2, 3, 4))
print(keras.layers.LSTM(5, dropout=0.5)(x, training=True))
"""
    assert msgspec.json.encode(run(code)) == msgspec.json.encode(run(code))


def test_session_lives_in_a_folder_of_its_own(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    code = """\
import os, pathlib, sys, tempfile
print(pathlib.Path.cwd(), pathlib.Path.home(), tempfile.mkdtemp(), sep="\\n")
pathlib.Path("helper.py").write_text("answer = 42")
import helper
print(helper.answer, sys.argv)
"""
    (result,) = run(code).blocks
    *places, last = result.stdout.splitlines()
    assert last == "42 ['']"
    session = Path(places[0]).parent
    assert all(Path(place).is_relative_to(session) for place in places)
    assert not session.exists()


def test_environment_is_not_handed_on(run: Run) -> None:
    """Whatever this test's own environment holds, pytest sets this name in it."""
    (result,) = run("import os\nprint('PYTEST_CURRENT_TEST' in os.environ)").blocks
    assert result.stdout == "False\n"
