"""What is installed when somebody installs diagramgen."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import diagramgen

ROOT = Path(__file__).parent.parent


def test_wheel_holds_the_package_and_no_more(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", tmp_path, ROOT], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"diagramgen-{diagramgen.__version__}-py3-none-any.whl"
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "diagramgen/py.typed",
        "diagramgen/assets/figures.css",
        "diagramgen/mkdocs_plugin.py",
    } <= names
    assert {name.partition("/")[0] for name in names} == {
        "diagramgen",
        f"diagramgen-{diagramgen.__version__}.dist-info",
    }
