"""What holds where the kernel grants less: each in a process to which it is refused for real."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from diagramgen.execution.limits import Grant, granted
from diagramgen.execution.namespaces import PROCESSES

AS_AUTHOR = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
"""As a user without privileges: root's are left outside."""
NO_NAMESPACES = [
    *("unshare", "--user", "--map-root-user", "sh", "-c"),
    'for most in /proc/sys/user/max_*_namespaces; do echo 0 > "$most"; done; exec "$@"',
    "sh",
]
NO_LANDLOCK = """
from diagramgen.execution import landlock
from pathlib import Path
for _ in range(16):  # as many as a process may have
    landlock.restrict([Path("/")], tcp=True)
"""
GRANTED = """
import os, msgspec
from diagramgen.execution.limits import granted
os.write(1, msgspec.json.encode(granted()))
"""
RUN = """
import sys
from contextlib import closing
from diagramgen.execution.local import LocalRunner
from diagramgen.program import Block, Program
with closing(LocalRunner(None)) as runner:
    for code in sys.argv[1:]:
        (result,) = runner.submit(Program((Block(code),))).result().blocks
        print(result.stdout, result.error and result.error.message)
"""
DAEMON = """
import os, time
if not os.fork():
    os.setsid()
    if not os.fork():
        time.sleep(99)
    os._exit(0)
print("on")
"""
BOMB = f"""
import os, time
for _ in range({PROCESSES + 50}):
    os.posix_spawn("/bin/sleep", ["sleep", "99"], os.environ)
time.sleep(99)
"""

Means = dict[str, str]


def python(wrapper: list[str], code: str, *arguments: str, temporary: Path | None = None) -> str:
    """What a script prints, run by a wrapper. Where that is refused, little is granted."""
    refused = subprocess.run([*wrapper, "true"], check=False).returncode
    command = [*([] if refused else wrapper), sys.executable, "-c", code, *arguments]
    environment = {**os.environ, **({"TMPDIR": str(temporary)} if temporary else {})}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return done.stdout


def means(wrapper: list[str], before: str = "") -> Means:
    grants = msgspec.json.decode(python(wrapper, before + GRANTED), type=list[Grant])
    return {grant.limit.partition(":")[0]: grant.by for grant in grants}


def test_author_without_privileges_is_granted_as_much_as_root() -> None:
    here = {grant.limit.partition(":")[0]: grant.by for grant in granted()}
    assert means(AS_AUTHOR) == here


def test_without_namespaces_other_means_are_found() -> None:
    less = means(NO_NAMESPACES)
    assert less["processes and threads"] == "counting processes"
    assert less["left-over processes"] == "child subreaper"
    assert less["network"] in ("Landlock, TCP only", "")


def test_what_is_not_granted_is_said() -> None:
    least = means(NO_NAMESPACES, NO_LANDLOCK)
    assert [least[name] for name in ("network", "signals to other processes")] == ["", ""]
    assert [name for name in least if name.startswith("writing") and least[name]] == []


@pytest.mark.parametrize("before", ["", NO_LANDLOCK])
def test_pages_run_and_leave_nothing_without_namespaces(
    tmp_path: Path, processes_in: Callable[[Path], list[int]], before: str
) -> None:
    codes = [DAEMON, BOMB, "import os\nos.kill(os.getpid(), 9)", "print('others go on')"]
    told = python(NO_NAMESPACES, before + RUN, *codes, temporary=tmp_path).splitlines()
    assert told[0] == "on"
    assert f"it had more than {PROCESSES} processes" in told[2]
    assert "ended by signal 9" in told[3]
    assert told[4] == "others go on"
    assert processes_in(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("inodes", [3, 4])
def test_full_disk_is_told(tmp_path: Path, inodes: int) -> None:
    """A disk with room for the folder of the server alone, and for that of a session."""
    mount = f'mount -t tmpfs -o nr_inodes={inodes} none {tmp_path}; exec "$@"'
    full = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
    if subprocess.run([*full, "true"], check=False).returncode == 0:
        told = python(full, RUN, "print('never')", temporary=tmp_path)
        assert "never" not in told
        assert "No space left on device" in told
