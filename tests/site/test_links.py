"""Every link inside the site leads somewhere, down to the place on the page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("site")

# As root, LinkChecker would go on as a user who may not read the environment that it runs from,
# and then leaves out checks without a word.
LINKCHECKER = """
from linkcheck.command import linkchecker
linkchecker.drop_privileges = lambda: None
linkchecker.linkchecker()
"""


def check_links(tmp_path: Path, *addresses: str) -> subprocess.CompletedProcess[str]:
    configuration = tmp_path / "linkcheckerrc"
    configuration.write_text("[AnchorCheck]\n")
    options = ["--no-status", "--config", str(configuration)]
    command = [sys.executable, "-c", LINKCHECKER, *options, *addresses]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_links(tmp_path: Path, address: str) -> None:
    result = check_links(tmp_path, address, f"{address}404.html")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("link", ["nowhere.html", "404.html#nowhere"])
def test_broken_link_is_found(tmp_path: Path, site: Path, address: str, link: str) -> None:
    page = site / "planted.html"
    page.write_text(f'<a href="{link}">planted</a>')
    result = check_links(tmp_path, f"{address}{page.name}")
    page.unlink()
    assert result.returncode == 1, result.stdout
    assert "nowhere" in result.stdout
