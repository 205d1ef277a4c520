from __future__ import annotations

import subprocess
import sys

import keras
import numpy as np
import pytest

from diagramgen.errors import EnvironmentProblem
from diagramgen.recording import versions


def test_versions_are_those_that_run() -> None:
    found = versions()
    assert list(found) == ["python", "keras", "backend", "tensorflow", "numpy"]
    assert found["keras"] == keras.__version__
    assert found["backend"] == keras.backend.backend()
    assert found["numpy"] == np.__version__


def test_asking_for_versions_loads_no_keras() -> None:
    code = (
        "import sys; from diagramgen.recording import versions; versions(); "
        "sys.exit(any(name in sys.modules for name in ('keras', 'numpy', 'tensorflow')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_package_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(EnvironmentProblem, match=r"keras is not installed.*pip install"):
        versions()
