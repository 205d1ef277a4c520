"""Which Python, Keras, backend and NumPy a program runs on, told without importing any of them."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata

from diagramgen.errors import EnvironmentProblem

_DISTRIBUTIONS = {
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-macos", "tf-nightly"),
    "jax": ("jax",),
    "torch": ("torch",),
}


def versions() -> dict[str, str]:
    """The versions that decide what a program does.

    Returns:
        ``{"python": …, "keras": …, "backend": "tensorflow", "tensorflow": …, "numpy": …}``

    Raises:
        EnvironmentProblem: Keras, its backend or NumPy is not installed.
    """
    backend = _backend()
    return {
        "python": platform.python_version(),
        "keras": _version("keras"),
        "backend": backend,
        backend: _version(*_DISTRIBUTIONS.get(backend, (backend,))),
        "numpy": _version("numpy"),
    }


def _backend() -> str:
    """The backend of a Keras that is loaded already, else the one it would load."""
    if "keras" in sys.modules:
        return str(sys.modules["keras"].backend.backend())
    return os.environ.get("KERAS_BACKEND", "tensorflow")


def _version(*distributions: str) -> str:
    for name in distributions:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    raise EnvironmentProblem(
        f"{distributions[0]} is not installed",
        hint="Install it with: pip install keras tensorflow",
    )
