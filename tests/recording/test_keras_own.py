"""Keras's own tests of its recurrent layers, which its wheel ships, pass with the recorder on."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree as ET

import keras

TESTS = Path(keras.__file__).parent / "src/layers/rnn"
REPOSITORY = Path(__file__).parents[2]

# Most of the time goes into the tests that train one layer after another.
QUICK = [] if os.environ.get("DIAGRAMGEN_KERAS_TESTS") == "all" else ["-k", "not test_basics"]


def test_each_test_that_passes_alone_passes_watched(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        running = [
            pool.submit(passed, tmp_path / "alone.xml"),
            pool.submit(passed, tmp_path / "watched.xml", "-p", "tests.recording.watching"),
        ]
    alone, watched = (run.result() for run in running)
    assert watched == alone
    assert {name.split(".")[0] for name in alone} == {path.stem for path in TESTS.glob("*_test.py")}


def passed(report: Path, *options: str) -> set[str]:
    """The tests that pass, in a process and with a configuration of their own."""
    plain = ["-c", os.devnull, f"--rootdir={TESTS}", "-p", "no:cacheprovider", "-W", "ignore"]
    command = [sys.executable, "-m", "pytest", *plain, *QUICK, f"--junit-xml={report}", *options]
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    run = subprocess.run(
        [*command, TESTS],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,  # a test of Keras's may fail by itself
    )
    assert report.exists(), run.stdout + run.stderr
    cases = ET.parse(report).iter("testcase")
    return {f"{case.get('classname')}.{case.get('name')}" for case in cases if not len(case)}
