"""What is known of a session across its blocks: layers, models, tensors."""

from __future__ import annotations

import keras

from diagramgen.recording.callsite import Pages
from diagramgen.recording.identity import IdentityMap
from diagramgen.recording.sources import Sources
from diagramgen.recording.values import Tensors


class Session:
    """What is known of a session's layers and tensors across its blocks."""

    def __init__(self) -> None:
        self.pages = Pages()
        self.tensors = Tensors()
        self.recurrent: set[int] = set()
        """The numbers of the tensors that a recurrent layer had a part in."""
        self.sources = Sources()
        self.models: IdentityMap[tuple[int, ...]] = IdentityMap()
        """The models made so far, with their layers as they stood at the last block's end."""

    def changed_models(self) -> list[keras.Model]:
        """The models that were made, or got other layers, since this was last asked."""
        changed = []
        for model, before in self.models.items():
            # One whose construction failed has no list of layers yet.
            now = _layers(model) if "_layers" in vars(model) else ()
            if now != before:
                self.models[model] = now
                changed.append(model)
        return changed


def _layers(model: keras.Model) -> tuple[int, ...]:
    return tuple(id(layer) for layer in model._flatten_layers())
