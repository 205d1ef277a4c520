"""Who may import what: the contracts in pyproject.toml, and that they can be broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import diagramgen

ROOT = Path(__file__).parent.parent
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        check=False,
        cwd=root,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "diagramgen", tmp_path / "diagramgen")
    return tmp_path


def test_contracts_hold() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("program", "import diagramgen.execution.runner", "Data goes one way"),
        ("pages/planted", "import diagramgen.figures", "Data goes one way"),
        ("planted", "", "Data goes one way"),
        ("trace", "from diagramgen import __version__", "Nobody imports from the package's face"),
        ("execution/runner", "import keras", "Keras stays in the processes that run pages"),
        ("__init__", "import numpy", "Keras stays in the processes that run pages"),
        ("figures/planted", "import mkdocs.plugins", "MkDocs stays in its plugin"),
        ("execution/planted", "import graphviz", "Graphviz stays in dot"),
        ("pages/planted", "from pathlib import Path", "What is pure reads no file"),
        ("trace", "import os.path", "What is pure reads no file"),
        ("figures/planted", "def now():\n    import time", "What is pure reads no file"),
    ],
)
def test_planted_violation_is_caught(copy: Path, module: str, line: str, contract: str) -> None:
    with (copy / "diagramgen" / f"{module}.py").open("a") as file:
        file.write(f"\n{line}\n")
    result = lint_imports(copy)
    assert result.returncode == 1, result.stdout
    broken = [row for row in result.stdout.splitlines() if " BROKEN" in row]
    assert any(row.startswith(contract) for row in broken), result.stdout


def loaded_by(statement: str) -> set[str]:
    """Those of the heavy packages that a fresh process holds after a statement."""
    code = f"{statement}\nimport sys; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return {"keras", "mkdocs", "numpy", "tensorflow"} & set(result.stdout.split())


def test_import_is_light() -> None:
    assert loaded_by("import diagramgen") == set()


def test_heavy_import_would_be_seen() -> None:
    assert loaded_by("import diagramgen, mkdocs, numpy") == {"mkdocs", "numpy"}


def test_public_names() -> None:
    assert diagramgen.__all__ == ["DiagramgenError", "Figure", "__version__", "draw"]
    assert all(hasattr(diagramgen, name) for name in diagramgen.__all__)
