"""The README's commands, examples and links, as they stand there."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
INSTALL = 'pip install ".[mkdocs,tensorflow]"'
SERVE = "make serve"
UPDATE = "diagramgen update docs/index.md"
BENCH = "make bench"  # test_benchmarks.py runs it


def fences(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> set[str]:
    """Every command in the README, whether it stands in a block or in a sentence."""
    lines = {line for block in fences("sh") for line in block.splitlines()}
    return lines | set(re.findall(r"`(make [a-z]+)`", README))


def run_by_ci() -> set[str]:
    script = (ROOT / ".ci" / "run").read_text()
    targets = re.findall(r"^[^#]*\bmake (.+)", script, re.MULTILINE)
    return {f"make {target}" for line in targets for target in line.split()}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_every_command_is_run() -> None:
    assert {"make site", "make test"} <= run_by_ci()
    assert commands() - run_by_ci() == {INSTALL, SERVE, BENCH, UPDATE}


def test_install() -> None:
    pip, *arguments = shlex.split(INSTALL)
    offline = ["--dry-run", "--no-deps", "--no-build-isolation"]
    subprocess.run([sys.executable, "-m", pip, *arguments, *offline], cwd=ROOT, check=True)


@pytest.mark.xdist_group("site")  # so that the pages run once
def test_serve() -> None:
    address = f"127.0.0.1:{free_port()}"
    server = subprocess.Popen(
        [*shlex.split(SERVE), f"ADDRESS={address}"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert server.stderr is not None
    try:
        said = []
        for line in server.stderr:
            said.append(line)
            if "Serving on" in line:
                break
        assert "Serving on" in said[-1], "".join(said)
        with urllib.request.urlopen(f"http://{address}/") as response:
            assert "<svg" in response.read().decode()
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.communicate()


def test_example_page(tmp_path: Path) -> None:
    (configuration,) = fences("yaml")
    (page,) = re.findall(r"^````markdown\n(.*?)^````", README, re.MULTILINE | re.DOTALL)
    (tmp_path / "mkdocs.yml").write_text(f"site_name: Example\n{configuration}")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(page)
    mkdocs = Path(sys.executable).with_name("mkdocs")
    subprocess.run([mkdocs, "build", "--quiet"], cwd=tmp_path, check=True)
    update, *words = shlex.split(UPDATE)
    subprocess.run([mkdocs.with_name(update), *words], cwd=tmp_path, check=True)
    subprocess.run([mkdocs, "build", "--quiet", "--strict"], cwd=tmp_path, check=True)
    assert "<svg" in (tmp_path / "site" / "index.html").read_text()


def test_example_script_draws_the_picture(tmp_path: Path) -> None:
    script = fences("python")[-1]
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    shown = visible(ROOT / "docs" / "images" / "readme.svg")
    assert "Groot" in shown
    assert visible(tmp_path / "readme.svg") == shown


def visible(picture: Path) -> list[str | None]:
    """A picture's texts; beneath them, the last digits are other ones on another processor."""
    return [text.text for text in ET.parse(picture).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_to_files(name: str) -> None:
    targets = re.findall(r"\]\(([^):#]+)\)", (ROOT / name).read_text())
    assert [target for target in targets if not (ROOT / target).exists()] == []
