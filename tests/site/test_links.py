"""Every link inside the site leads somewhere, down to the place on the page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.xdist_group("site")


def broken_links(root: Path) -> list[str]:
    """The links below a server's root folder that lead to no file, or to no place in one."""
    pages = {path: BeautifulSoup(path.read_text(), "html.parser") for path in root.rglob("*.html")}
    places = {path: {tag["id"] for tag in page.select("[id]")} for path, page in pages.items()}
    broken = []
    for path, page in pages.items():
        for tag in page.select("[href], [src]"):
            url = urlsplit(str(tag.get("href") or tag.get("src")))
            if url.scheme or url.netloc:
                continue
            start = root if url.path.startswith("/") else path.parent
            target = (start / unquote(url.path).lstrip("/")).resolve() if url.path else path
            if target.is_dir():
                target /= "index.html"
            known = target.exists() and (not url.fragment or url.fragment in places.get(target, ()))
            if not known:
                broken.append(f"{path.relative_to(root)}: {url.geturl()}")
    return broken


def test_links(site: Path, server_root: Path) -> None:
    assert (site / "index.html").exists()
    assert broken_links(server_root) == []


@pytest.mark.parametrize("link", ["../nowhere.html", "/some/page.html", "#nowhere", "./#nowhere"])
def test_broken_link_is_found(tmp_path: Path, link: str) -> None:
    page = tmp_path / "some" / "where" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        '<p id="here"><a href="#here"></a><img src="/some/where/"></p>'
        f'<a href="https://elsewhere.example/"></a><a href="{link}"></a>'
    )
    assert broken_links(tmp_path) == [f"some/where/index.html: {link}"]
