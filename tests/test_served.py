"""A real ``mkdocs serve``, for as many edits as an author makes in a day."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from benchmarks.served import Served, served

CONFIGURATION = """\
site_name: Served
theme: {name: material, font: false}
plugins: [diagramgen]
markdown_extensions: [pymdownx.superfences]
"""
PAGE = """\
# Served

Edit {edit}.

```python
import keras

print({edit} * 1000 + 1, keras.layers.LSTM(4)(keras.ops.zeros((1, 3, {features}))).shape)
```
"""
EDITS = 200
SETTLED = range(30, 50)
"""Edits at which all threads run, and libraries remember what they ever will."""
LAST = range(EDITS - 20, EDITS)
ROOM = 24 << 20
"""Bytes that allocators may hold more of: a fraction of what one kept session would."""


@dataclass(frozen=True)
class Holding:
    """What the server and all that it started hold."""

    processes: int
    threads: int
    files: int
    memory: int


def holding(site: Served) -> Holding:
    server = psutil.Process(site.pid)
    everybody = [server, *server.children(recursive=True)]
    return Holding(
        processes=len(everybody),
        threads=sum(one.num_threads() for one in everybody),
        files=sum(one.num_fds() for one in everybody),
        memory=sum(one.memory_info().rss for one in everybody),
    )


def edit(folder: Path, site: Served, number: int) -> None:
    """Save another page, and wait until it is answered with what its block prints."""
    page = PAGE.format(edit=number, features=2 + number % 3)
    (folder / "docs" / "index.md").write_text(page)
    site.wait_for("", f"{number * 1000 + 1} (1, 4)")


@pytest.mark.xdist_group("served")
def test_nothing_grows_over_two_hundred_edits(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(CONFIGURATION)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(PAGE.format(edit=0, features=2))
    with served(tmp_path) as site:
        held = []
        for number in range(1, EDITS + 1):
            edit(tmp_path, site, number)
            held.append(holding(site))
    # Whoever asks for a page has a thread for a moment, so one look says little.
    for kind, room in (("processes", 0), ("threads", 0), ("files", 0), ("memory", ROOM)):
        most = max(getattr(held[at], kind) for at in SETTLED)
        least = min(getattr(held[at], kind) for at in LAST)
        assert least <= most + room, kind
