"""The speed of builds: one guide, built by diagramgen and others, beside what none can save.

It runs as ``python -m benchmarks.build``, on Linux. The contenders take turns, so that whatever
else the machine does meanwhile meets all of them; each run is a process of its own. A busy machine
still gives more to whoever has more processes: then trust the CPU seconds, which count them all.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from statistics import median

import click

from benchmarks.contenders import COLD, FEW, OTHERS, OURS, PLAIN, Contender
from benchmarks.environments import version_in
from benchmarks.guide import BLOCKS, PRINTED
from benchmarks.measure import measure
from benchmarks.served import seconds_to_answer
from benchmarks.tables import Medians, Result, goals, growth, table
from diagramgen.recording import versions

SIZES = (1, 10, 30, 100, 300)


@click.command()
@click.option("--pages", multiple=True, default=SIZES, show_default=True, type=click.IntRange(1))
@click.option("--times", default=3, show_default=True, type=click.IntRange(1))
@click.option("--saves", default=15, show_default=True, type=click.IntRange(1))
@click.option("--others/--alone", default=True, help="With other tools, or diagramgen alone.")
def main(pages: Sequence[int], times: int, saves: int, others: bool) -> None:
    """Measure how long builds of a guide take, and saves of a page that is served.

    Prints tables in Markdown. The other tools are installed into .cache/benchmarks first.
    """
    contenders = (*OURS, *OTHERS) if others else OURS
    commands = {one: one.command for one in contenders}  # installed before anything is measured
    method = f"{BLOCKS} blocks a page. Medians of {times} runs, taken in turns."
    tools = sorted({(one.command[0], one.packages[0]) for one in contenders if one.packages})
    told = ", ".join([_machine(), *(version_in(*tool) for tool in tools)])
    click.echo(f"{told}.\n\n{method} What takes minutes has one turn.\n")
    sizes = {}
    for size in sorted(pages):
        taking_part = [one for one in contenders if size <= one.pages]
        turns = times if size <= FEW else 1
        sizes[size] = Medians(_take_turns(taking_part, commands, size, turns))
        click.echo(f"## {_pages(size)}\n\n{table(sizes[size].rows())}\n")
    if len(goals(sizes)) > 1:
        click.echo(f"## Goals\n\n{table(goals(sizes))}\n")
    if len(sizes) > 1:
        click.echo(f"## Growth\n\n{table(growth(sizes))}\n")
    click.echo(f"## While it is served\n\n{_served(min(FEW, max(pages)), saves)}\n")
    click.echo(f"## While Keras is watched\n\n{_recording()}")


def _take_turns(
    contenders: Sequence[Contender],
    commands: Mapping[Contender, Sequence[str]],
    pages: int,
    times: int,
) -> dict[Contender, list[Result]]:
    results: dict[Contender, list[Result]] = {one: [] for one in contenders}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        for one in contenders:
            if not Path(folder, one.folder).exists():
                one.write(Path(folder, one.folder), pages)
        turns = [one for turn in range(times) for one in contenders if turn == 0 or not one.once]
        with click.progressbar(turns, label=_pages(pages), file=sys.stderr) as order:
            for one in order:
                results[one].append(_run(one, commands[one], Path(folder, one.folder)))
    return results


def _run(contender: Contender, command: Sequence[str], folder: Path) -> Result:
    for remains in contender.removes:
        shutil.rmtree(folder / remains, ignore_errors=True)
    measured = measure(command, folder)
    pages = [page.read_text() for page in (folder / "site").rglob("*.html")]
    return Result(
        measured,
        outputs=sum(PRINTED in page for page in pages),
        figures=sum(page.count("<figure") for page in pages),
    )


def _served(pages: int, saves: int) -> str:
    """How long a save takes, with diagramgen and without."""
    contenders = (PLAIN, COLD)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        folders = [Path(folder, one.folder) for one in contenders]
        for one, place in zip(contenders, folders, strict=True):
            one.write(place, pages)
        plain, ours = map(median, seconds_to_answer(folders, saves))
    rows = [
        ["", "saves", "median seconds", "beyond plain"],
        ["plain MkDocs", str(saves), f"{plain:.2f}", ""],
        ["diagramgen", str(saves), f"{ours:.2f}", f"{ours - plain:.2f}"],
    ]
    return (
        f"From saving a changed block in a guide of {_pages(pages)} to the answer with it.\n\n"
        f"{table(rows)}"
    )


def _recording() -> str:
    """What it costs that Keras is watched, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.recording"]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
    return subprocess.check_output(command, env={**os.environ, **quiet}, text=True)


def _pages(number: int) -> str:
    return "1 page" if number == 1 else f"{number} pages"


def _machine() -> str:
    """The processor, and the versions of what was measured."""
    named = re.search(r"^model name\s*: (.+)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    processor = named[1] if named else platform.machine()
    told = {name: version for name, version in versions().items() if name != "backend"}
    told["mkdocs"] = metadata.version("mkdocs")
    software = ", ".join(f"{name} {version}" for name, version in told.items())
    return f"{processor}, {len(os.sched_getaffinity(0))} cores; {software}"


if __name__ == "__main__":
    main()
