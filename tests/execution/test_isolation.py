"""What a session can't reach: the network, other files, other processes, secrets."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from diagramgen.execution.limits import granted
from diagramgen.execution.namespaces import PROCESSES
from diagramgen.trace import BlockResult, Outcome

Run = Callable[..., Outcome]


@pytest.fixture(scope="session")
def means() -> dict[str, str]:
    """By what means each limit is held on this machine."""
    return {grant.limit.partition(":")[0]: grant.by for grant in granted()}


@pytest.fixture
def listener() -> Iterator[str]:
    """A server on this machine; its address as Python."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield repr(server.getsockname())


def stopped(result: BlockResult, cure: str) -> bool:
    """Whether a limit has stopped a block, and its cure says so."""
    assert result.error is not None
    return cure in (result.error.cure or "")


def test_connection_is_refused(run: Run, means: dict[str, str], listener: str) -> None:
    (result,) = run(f"import socket\nsocket.create_connection({listener}, 5)").blocks
    if means["network"]:
        assert result.error is not None
        assert result.error.line == 2
        assert result.error.type in ("ConnectionRefusedError", "PermissionError")
    else:
        assert result.error is None


def test_connection_is_granted(run: Run, listener: str) -> None:
    code = f"import socket\nsocket.create_connection({listener}, 5).close()"
    assert run(code, network=True).blocks[0].error is None


def test_other_machines_are_not_found(run: Run, means: dict[str, str]) -> None:
    """An address that is kept for documentation: nobody has it."""
    (result,) = run("import socket\nsocket.create_connection(('192.0.2.1', 9), 1)").blocks
    assert not means["network"] or stopped(result, "network, or load it from a file")


def test_session_can_talk_to_itself(run: Run, means: dict[str, str]) -> None:
    code = """\
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
"""
    (result,) = run(code).blocks
    assert (result.error is None) == (not means["network"].startswith("Landlock"))


@pytest.mark.parametrize(
    "write",
    [
        "open({path!r}, 'w')",
        "import os\nos.remove({path!r})",
        "import os\nos.truncate({path!r}, 1)",
        "import os\nos.rename({path!r}, 'mine')",
        "import os\nos.mkdir({path!r} + '.d')",
        "import shutil, os\nshutil.rmtree(os.path.dirname({path!r}))",
    ],
)
def test_other_files_stay(run: Run, means: dict[str, str], tmp_path: Path, write: str) -> None:
    path = tmp_path / "file"
    path.write_text("as it was")
    (result,) = run(write.format(path=str(path))).blocks
    if means["writing"]:
        assert stopped(result, "may write in the folder that it starts in")
        assert [file.read_text() for file in tmp_path.iterdir()] == ["as it was"]
    else:
        assert result.error is None


def test_own_files_can_be_moved(run: Run) -> None:
    code = """\
import os, pathlib, tempfile
folder = pathlib.Path(tempfile.mkdtemp())
(folder / "file").write_text("moved")
os.rename(folder / "file", "file")
print(open("file").read())
print("x", file=open(os.devnull, "w"))
"""
    assert run(code).blocks[0].stdout == "moved\n"


def test_semaphores_work(run: Run) -> None:
    code = "import multiprocessing\nwith multiprocessing.Lock():\n    print('locked')"
    assert run(code).blocks[0].stdout == "locked\n"


def test_keras_home_is_the_sessions_own(run: Run) -> None:
    code = """\
import keras, pathlib
file = pathlib.Path("file")
file.write_text("fetched")
print(keras.utils.get_file("copy", origin=file.absolute().as_uri()))
"""
    first, second = (run(code).blocks[0].stdout for _ in range(2))
    assert first.rstrip().endswith("keras/datasets/copy")
    assert first != second


def test_secrets_of_the_environment(
    run: Run, means: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the session's own environment, nor in that of other processes."""
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    code = """
import contextlib, glob, os
print("SECRET_TOKEN" in os.environ)
for path in glob.glob("/proc/[0-9]*/environ"):
    with contextlib.suppress(OSError):
        print("SECRET_TOKEN=hunter2" in open(path).read())
"""
    with subprocess.Popen(["sleep", "99"]) as other:
        own, *others = run(code).blocks[0].stdout.split()
        other.kill()
    assert own == "False"
    assert "True" not in others or not means["writing"]


def test_signals_to_other_processes(run: Run, means: dict[str, str]) -> None:
    if not means["signals to other processes"]:
        return
    code = f"import os\nos.kill({os.getpid()}, 0)"
    (result,) = run(code).blocks
    assert result.error is not None
    assert result.error.type in ("PermissionError", "ProcessLookupError")


def test_processes_are_counted(run: Run, means: dict[str, str]) -> None:
    """As many as the session has room for, and a few: a bomb that can't take the machine down."""
    code = f"""\
import os, time
for _ in range({PROCESSES + 50}):
    os.posix_spawn("/bin/sleep", ["sleep", "99"], os.environ)
time.sleep(99)
"""
    if means["processes and threads"]:
        (result,) = run(code).blocks
        assert stopped(result, f"room for {PROCESSES} processes and threads")


def test_page_sees_the_proc_of_its_own_processes(run: Run, means: dict[str, str]) -> None:
    if means["left-over processes"] != "PID namespace":
        return
    code = "import json, os\nprint(json.dumps([os.getpid(), os.readlink('/proc/self')]))"
    number, link = json.loads(run(code).blocks[0].stdout)
    assert str(number) == link == "2"
