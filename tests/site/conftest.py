"""The real site, built once as it is published, and served from a folder of a local server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent.parent
FOLDER = "some/where"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def server_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the server serves, with the site somewhere in it."""
    root = tmp_path_factory.mktemp("server")
    mkdocs = Path(sys.executable).with_name("mkdocs")
    subprocess.run(
        [mkdocs, "build", "--strict", "--quiet", "--site-dir", root / FOLDER],
        cwd=ROOT,
        env={**os.environ, "SITE_URL": f"http://localhost/{FOLDER}/"},
        check=True,
    )
    return root


@pytest.fixture(scope="session")
def site(server_root: Path) -> Path:
    """The folder with the built site."""
    return server_root / FOLDER


class Handler(SimpleHTTPRequestHandler):
    """Answers as a host of static sites does: with the site's own page where there is no file."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code != HTTPStatus.NOT_FOUND:
            return super().send_error(code, message, explain)
        body = Path(self.directory, FOLDER, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *arguments: object) -> None:
        """Nothing: a test says by itself what it asked for."""


@pytest.fixture(scope="session")
def address(server_root: Path) -> Iterator[str]:
    """The address at which the site is served, with a slash at its end."""
    handler = partial(Handler, directory=server_root)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{FOLDER}/"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        message = f"none of {', '.join(BROWSERS)} is on the PATH"
        if os.environ.get("DIAGRAMGEN_BROWSER") == "required":
            pytest.fail(message)
        pytest.skip(message)
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=executable, args=flags)
