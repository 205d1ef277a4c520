"""What the pages for authors say of the command, `draw()` and the plugin's settings."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from diagramgen import draw
from diagramgen.cli import main
from diagramgen.figures.unroll import PER_STEP
from diagramgen.mkdocs_plugin import DiagramgenConfig

AUTHORS = Path(__file__).parents[1] / "docs" / "authors"
PAGE = (AUTHORS / "index.md").read_text()
COMMAND = (AUTHORS / "command.md").read_text()
OPTION = re.compile(r"(?<![\w-])--?[a-z]+\b")


def fences(opening: str) -> list[str]:
    return re.findall(rf"^```{opening}\n(.*?)^```", COMMAND, re.MULTILINE | re.DOTALL)


def help_of(*words: str) -> str:
    return CliRunner().invoke(main, [*words, "--help"], prog_name="diagramgen").output


def listed(text: str, heading: str) -> list[str]:
    """What begins the lines of a part of a help text."""
    _, _, part = text.partition(f"{heading}:\n")
    return re.findall(r"^  (\S.*?)(?:  .*)?$", part.partition("\n\n")[0], re.MULTILINE)


def usage_of(command: str) -> str:
    """A command as the page writes it: ``diagramgen check PAGES…``."""
    usage = help_of(command).splitlines()[0].removeprefix("Usage: ")
    return usage.replace(" [OPTIONS]", "").replace("...", "…")


def rows(page: str, head: str) -> list[list[str]]:
    """The cells of the table with this in its first column's head."""
    table = page.partition(f"| {head} |")[2].partition("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]


def test_the_page_names_every_command_and_no_other() -> None:
    commands = listed(help_of(), "Commands")
    assert commands
    named = [cells[0] for cells in rows(COMMAND, "command")]
    assert sorted(named) == [f"`{usage_of(name)}`" for name in commands]
    mentioned = re.findall(r"(?<!from )diagramgen ([a-z]+)\b", f"{PAGE}{COMMAND}")
    assert set(mentioned) == set(commands)


def test_the_page_names_every_option_and_no_other() -> None:
    in_help = {"diagramgen": help_of()}
    in_help |= {name: help_of(name) for name in listed(help_of(), "Commands")}
    taken = {
        (name, option)
        for name, text in in_help.items()
        for entry in listed(text, "Options")
        for option in OPTION.findall(entry)
    }
    named = {
        (name, option)
        for options, names, _ in rows(COMMAND, "option")
        for name in re.findall("[a-z]+", names)
        for option in OPTION.findall(options)
    }
    assert named == taken


@pytest.mark.parametrize("form", ["svg", "png", "dot"])
def test_the_script_gives_the_figures_that_the_page_names(tmp_path: Path, form: str) -> None:
    (script,) = fences('python figure="none"')
    (shown,) = fences("console")
    call, *names = shown.removeprefix("$ ").splitlines()
    (tmp_path / "script.py").write_text(script)
    program, *words = call.replace("png", form).split()
    command = str(Path(sys.executable).with_name(program))
    done = subprocess.run(
        [command, *words], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [name.replace("png", form) for name in names]
    assert all((tmp_path / name).stat().st_size for name in done.stdout.splitlines())


def test_the_example_of_draw_saves_what_it_says(tmp_path: Path) -> None:
    (example,) = fences('python run="no"')
    subprocess.run([sys.executable, "-c", example], cwd=tmp_path, check=True)
    assert {path.name for path in tmp_path.iterdir()} == {"lstm.svg", "lstm.png", "lstm.dot"}


def test_the_page_has_a_line_for_each_parameter_of_draw() -> None:
    lines = re.findall(r"^- `(\w+)`:", COMMAND, re.MULTILINE)
    assert lines == list(inspect.signature(draw).parameters)


def test_the_page_names_every_layer_that_is_drawn_at_each_time_step() -> None:
    (sentence,) = re.findall(r"^Below and above them stand .*?$", PAGE, re.MULTILINE)
    (per_step, _) = re.findall(r"\(([^)]*)\)", sentence)
    assert set(re.findall(r"\w+", per_step)) == PER_STEP


def test_the_page_has_a_row_for_each_setting_with_its_default() -> None:
    settings = {name: option.default for name, option in DiagramgenConfig._schema}
    assert {cells[0].strip("`") for cells in rows(PAGE, "setting")} == set(settings)
    said = {cells[0].strip("`"): cells[-1].strip("`") for cells in rows(PAGE, "setting")}
    assert said["timeout"] == f"{settings['timeout']:g}"
    assert said["cache_dir"] == settings["cache_dir"]
