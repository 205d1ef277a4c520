"""What no build can do without: one import of Keras, and the bare blocks of each page.

It runs as ``python floor.py FOLDER``, and forks a process for each page of that folder, as many at
a time as there are cores. Nothing is recorded, drawn or kept.
"""

from __future__ import annotations

import gc
import importlib
import os
import re
import sys
from pathlib import Path

# As in diagramgen's own server: one thread before the forks, and the same arithmetic.
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}


def main() -> None:
    """Import Keras, then run all pages.

    Raises:
        SystemExit: A page failed.
    """
    os.environ.update(_ENVIRONMENT)
    for module in ("keras", "numpy.random"):
        importlib.import_module(module)
    gc.freeze()  # or each child copies the memory of all that is imported
    pages = sorted(Path(sys.argv[1]).glob("*.md"))
    cores = len(os.sched_getaffinity(0))
    for started, page in enumerate(pages):
        if started >= cores:
            _wait()
        _fork(page)
    for _ in pages[:cores]:
        _wait()
    print(f"{sum(len(_blocks(page)) for page in pages)} run", flush=True)
    os._exit(0)  # without taking TensorFlow apart, which lasts 0.7 s


def _fork(page: Path) -> None:
    """Run a page's blocks in one namespace, in a process of its own."""
    if os.fork() == 0:
        namespace = {"__name__": "__main__"}
        for block in _blocks(page):
            exec(block, namespace)
        sys.stdout.flush()
        os._exit(0)


def _wait() -> None:
    _, status = os.wait()
    if status:
        sys.exit("A page failed")


def _blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


if __name__ == "__main__":
    main()
