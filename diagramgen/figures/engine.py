"""The Graphviz program: where it is, and what it makes of DOT text."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence

from diagramgen.errors import EnvironmentProblem


def find_program(configured: str | None) -> str:
    """The Graphviz program that draws: the configured one, graphviz-pure, or one on the PATH.

    Args:
        configured: A program's name or path, from a site's configuration; ``DIAGRAMGEN_DOT`` in
            the environment goes before it.

    Raises:
        EnvironmentProblem: The configured program isn't there, or there is none at all.
    """
    # The scripts beside this Python come first: its environment may not be activated.
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))
    named = os.environ.get("DIAGRAMGEN_DOT") or configured
    for candidate in (named,) if named else ("graphviz-pure", "dot"):
        if found := shutil.which(candidate, path=path):
            return found
    if named:
        raise EnvironmentProblem(
            f"The Graphviz program {named!r} is not there or can't be run",
            hint="Correct the option `dot` or DIAGRAMGEN_DOT, or leave both out",
        )
    raise EnvironmentProblem(
        "There is no Graphviz program to draw the figures with",
        hint="Install one: `pip install graphviz-pure`, or your system's graphviz package",
    )


def run_graphviz(dots: Sequence[str], program: str) -> list[str]:
    """The SVG that a Graphviz program makes of each DOT text, whose places are all given.

    It runs once for all of them: half of what it takes for one is its start.

    Raises:
        EnvironmentProblem: The program failed.
    """
    written = _run("\n".join(dots), program, "svg").decode("utf-8", "replace")
    before, *drawn = re.split(r"^(?=<\?xml)", written, flags=re.MULTILINE)
    if before or len(drawn) != len(dots):
        raise _not_graphviz(program, f"of {len(dots)} SVGs it wrote {len(drawn)}")
    return drawn


def to_png(dot: str, program: str) -> bytes:
    """The same figure as pixels, in the light colours on white, twice the size for sharp screens.

    Raises:
        EnvironmentProblem: The program failed.
    """
    return _run(dot, program, "png", "-Gdpi=144", "-Gbgcolor=white")


def _run(dot: str, program: str, form: str, *options: str) -> bytes:
    done = subprocess.run(
        [program, "-Kneato", "-n2", f"-T{form}", *options],
        input=dot.encode("utf-8"),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise _not_graphviz(program, done.stderr.decode("utf-8", "replace").strip())
    return done.stdout


def _not_graphviz(program: str, why: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{program} could not draw a figure: {why}",
        hint="Check that it is a Graphviz program, of version 2.43 or later",
    )
