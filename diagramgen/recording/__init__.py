"""What Keras really does, recorded: the only code that imports Keras.

`Recorder` is imported on first use, so that `versions` can be asked without loading Keras.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diagramgen.recording.versions import versions

if TYPE_CHECKING:
    from diagramgen.recording.recorder import Recorded, Recorder

__all__ = ["Recorded", "Recorder", "versions"]


def __getattr__(name: str) -> Any:
    if name not in ("Recorded", "Recorder"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from diagramgen.recording import recorder  # noqa: PLC0415 - Keras takes seconds to load

    return getattr(recorder, name)
