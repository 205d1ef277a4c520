"""Where records lie, and files that are written whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path


def record_name(page: str) -> str:
    """Where a page's record lies, from the docs folder: ``.records/guide/stacking.json``.

    Args:
        page: The page, from the docs folder, with slashes: ``guide/stacking.md``.
    """
    return f".records/{page.rpartition('.')[0]}.json"


def keep(path: Path, content: bytes) -> bool:
    """Let a file hold this, and tell whether it has to be written for that."""
    path = path.resolve()
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.tmp")
    try:
        new.write_bytes(content)
        if path.exists():
            shutil.copymode(path, new)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return True
