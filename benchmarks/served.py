"""A site under ``mkdocs serve``, and how long its author waits after a save."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from http.client import HTTPResponse
from itertools import product
from pathlib import Path
from typing import TextIO

_INTERVAL = 0.01
_PATIENCE = 120.0


class ServedError(Exception):
    """The server ended, or never answered what it should; what it said is in the message."""


class Served:
    """A running ``mkdocs serve``.

    Attributes:
        pid: Its process, the first of its group.
    """

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.pid = process.pid
        self._process = process
        self._address = address
        self._said: list[str] = []
        assert process.stderr is not None
        threading.Thread(target=self._listen, args=[process.stderr], daemon=True).start()

    def wait_for(self, page: str, text: str) -> float:
        """Ask for a page until a text is in it.

        Returns:
            How many seconds that took.

        Raises:
            ServedError: It does not come.
        """
        begin = time.perf_counter()
        while time.perf_counter() < begin + _PATIENCE and self._process.poll() is None:
            # Refused before the first build is over; reset when a build begins meanwhile.
            with contextlib.suppress(OSError), self._ask(page) as response:
                if text in response.read().decode():
                    return time.perf_counter() - begin
            time.sleep(_INTERVAL)
        raise ServedError(f"{page} never had {text!r}:\n{self.said}")

    def _ask(self, page: str) -> HTTPResponse:
        response: HTTPResponse = urllib.request.urlopen(f"http://{self._address}/{page}")
        return response

    @property
    def said(self) -> str:
        """What it has said so far."""
        return "".join(self._said)

    def _listen(self, stream: TextIO) -> None:
        self._said.extend(stream)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve the site in a folder for as long as the context lasts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", address],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Served(process, address)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate()


def seconds_to_answer(folders: Sequence[Path], saves: int) -> list[list[float]]:
    """Change the code of served guides' first pages, in turns.

    Args:
        folders: Sites that `benchmarks.contenders` has written.
        saves: How many times each page is saved.

    Returns:
        For each site, the seconds from each save until the page is answered with it.
    """
    seconds: list[list[float]] = [[] for _ in folders]
    with contextlib.ExitStack() as all_served:
        sites = [all_served.enter_context(served(folder)) for folder in folders]
        for site in sites:
            site.wait_for("page-001/", "Page 1")
        for save, (at, site) in product(range(saves), enumerate(sites)):
            page = folders[at] / "docs" / "page-001.md"
            text = re.sub("^saved = .+\n", "", page.read_text(), flags=re.MULTILINE)
            page.write_text(text.replace("gru = ", f"saved = 'at {save}'\ngru = "))
            seconds[at].append(site.wait_for("page-001/", f"at {save}"))
    return seconds
