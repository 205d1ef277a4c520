"""Tries what a session is held to on this machine, and says so: see `limits.granted`.

It runs as ``python -m diagramgen.execution.probe FOLDER``.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import msgspec

from diagramgen.execution.limits import enter
from diagramgen.execution.namespaces import nest
from diagramgen.execution.processes import fork, keep
from diagramgen.execution.start import Forked


def main() -> None:
    """Start a session as the server does, in which nothing runs."""
    if sys.platform != "linux":
        _session(frozenset())
        return
    nest()
    keep(fork(_server))


def _server() -> None:
    link, _ = socket.socketpair()
    started = Forked(_session, link, network=False)
    while started.wait(1) is None:
        pass


def _session(apart: frozenset[str]) -> None:
    grants = enter(Path(sys.argv[1]), apart, network=False)
    os.write(1, msgspec.json.encode(grants))


if __name__ == "__main__":
    main()
