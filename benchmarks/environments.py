"""An environment of its own for each tool that diagramgen is compared with."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import click

_ROOT = Path(__file__).parent.parent
_FOLDER = _ROOT / ".cache" / "benchmarks"
_KERAS = ("keras", "tensorflow-cpu; sys_platform == 'linux' and platform_machine == 'x86_64'")


@cache
def python_with(*packages: str) -> str:
    """The interpreter of an environment with these packages and Keras, made if it isn't there.

    Raises:
        click.ClickException: It can't be made; what pip said stands above.
    """
    folder = _FOLDER / packages[0]
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        click.echo(f"Installing {packages[0]} into an environment of its own", err=True)
        pip = (
            python,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "--quiet",
            "--compile",
        )
        pins = ("--constraint", _ROOT / "constraints.txt")
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            subprocess.run([*pip, *pins, *_KERAS, *packages], check=True)
        except subprocess.CalledProcessError as failed:
            raise click.ClickException(f"{packages[0]} can't be installed") from failed
        ready.touch()
    return str(python)


def version_in(python: str, package: str) -> str:
    """The name and version of a package in an interpreter's environment."""
    code = f"from importlib import metadata; print(metadata.version({package!r}))"
    version = subprocess.check_output([python, "-c", code], text=True).strip()
    return f"{package} {version}"
