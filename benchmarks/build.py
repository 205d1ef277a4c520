"""The speed of builds: one guide, built plainly and with diagramgen, beside what none can save.

It runs as ``python -m benchmarks.build``, on Linux. The contenders take turns, so that whatever
else the machine does meanwhile meets all of them; each run is a process of its own. A busy machine
still gives more to whoever has more processes: then trust the CPU seconds, which count them all.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from statistics import median

import click

from benchmarks.guide import BLOCKS, write_guide
from benchmarks.measure import Measured, measure
from diagramgen.recording import versions


@dataclass(frozen=True)
class Contender:
    """Something to be measured.

    Attributes:
        name: What it is called in the table.
        command: What runs in the folder of the guide.
        forgets: Whether diagramgen's cache is removed before each run.
    """

    name: str
    command: tuple[str, ...]
    forgets: bool = False


def _mkdocs(configuration: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "mkdocs", "build", "--config-file", configuration)


PLAIN = Contender("plain MkDocs", _mkdocs("plain.yml"))
COLD = Contender("diagramgen, cold", _mkdocs("diagramgen.yml"), forgets=True)
WARM = Contender("diagramgen, warm", _mkdocs("diagramgen.yml"))
FLOOR = Contender("floor", (sys.executable, str(Path(__file__).with_name("floor.py")), "docs"))
CONTENDERS = (PLAIN, COLD, WARM, FLOOR)
"""In the order of their turns: the warm build finds what the cold one left."""


@dataclass(frozen=True)
class Result:
    """One run of a contender.

    Attributes:
        measured: Its time, memory and output.
        figures: How many figures are in the site that it left.
    """

    measured: Measured
    figures: int

    @property
    def blocks_run(self) -> int:
        """How many blocks were run, as diagramgen and the floor say."""
        said = re.search(r"(\d+) run\b", self.measured.output)
        return int(said[1]) if said else 0


@click.command()
@click.option("--pages", default=10, show_default=True, type=click.IntRange(min=1))
@click.option("--times", default=3, show_default=True, type=click.IntRange(min=1))
def main(pages: int, times: int) -> None:
    """Measure how long builds of a guide take."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        _write_site(Path(folder), pages)
        results = _take_turns(Path(folder), times)
    click.echo(f"Pages: {pages}, of {BLOCKS} blocks. Times: {times}, of which the medians.")
    click.echo(f"{_machine()}\n")
    click.echo(_table(_rows(results)))


def _write_site(folder: Path, pages: int) -> None:
    """Write the guide, and two configurations of which one has the plugin."""
    write_guide(folder / "docs", pages)
    for name, plugins in {"plain": ["search"], "diagramgen": ["search", "diagramgen"]}.items():
        configuration = {
            "site_name": "Guide",
            "theme": "mkdocs",
            "plugins": plugins,
            "markdown_extensions": ["pymdownx.superfences"],
        }
        (folder / f"{name}.yml").write_text(json.dumps(configuration))


def _take_turns(folder: Path, times: int) -> dict[Contender, list[Result]]:
    results: dict[Contender, list[Result]] = {one: [] for one in CONTENDERS}
    with click.progressbar(CONTENDERS * times, label="Measuring", file=sys.stderr) as turns:
        for contender in turns:
            results[contender].append(_run(contender, folder))
    return results


def _run(contender: Contender, folder: Path) -> Result:
    for remains in ("site", ".cache") if contender.forgets else ("site",):
        shutil.rmtree(folder / remains, ignore_errors=True)
    measured = measure(contender.command, folder)
    pages = (folder / "site").rglob("*.html")
    return Result(measured, sum(page.read_text().count("<svg") for page in pages))


def _rows(results: dict[Contender, list[Result]]) -> list[list[str]]:
    seconds = {one: median(run.measured.seconds for run in results[one]) for one in CONTENDERS}
    rows = [
        ["", "seconds", "to plain", "to floor", "CPU seconds", "memory", "blocks run", "figures"]
    ]
    for contender, runs in results.items():
        rows.append(
            [
                contender.name,
                f"{seconds[contender]:.2f}",
                f"{seconds[contender] / seconds[PLAIN]:.2f}",
                f"{seconds[contender] / seconds[FLOOR]:.2f}",
                f"{median(run.measured.processor for run in runs):.2f}",
                f"{median(run.measured.memory for run in runs) / 1024:.0f} MB",
                str(runs[-1].blocks_run),
                str(runs[-1].figures),
            ]
        )
    return rows


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a table in Markdown, the first being its head."""
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    form = " | ".join([f"{{:<{first}}}", *(f"{{:>{width}}}" for width in others)])
    rule = ["-" * first, *("-" * (width - 1) + ":" for width in others)]
    return "\n".join(f"| {form.format(*row)} |" for row in (rows[0], rule, *rows[1:]))


def _machine() -> str:
    """The processor, and the versions of what was measured."""
    named = re.search(r"^model name\s*: (.+)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    processor = named[1] if named else platform.machine()
    told = {name: version for name, version in versions().items() if name != "backend"}
    told["mkdocs"] = metadata.version("mkdocs")
    software = ", ".join(f"{name} {version}" for name, version in told.items())
    return f"{processor}, {len(os.sched_getaffinity(0))} cores; {software}."


if __name__ == "__main__":
    main()
