"""Keras's `Layer`, watched for as long as a context lasts, and then exactly as it was."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any, Protocol

import keras


class Watcher(Protocol):
    """What is told of layers."""

    def made(self, layer: keras.Layer, frame: FrameType) -> None:
        """A layer was made, not yet initialised; ``frame`` is where its ``__new__`` is called."""

    def calling(
        self, layer: keras.Layer, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType
    ) -> AbstractContextManager[list[Any]]:
        """A layer is about to be called from ``frame``; append what it returns to the list."""


@contextmanager
def hooked(watcher: Watcher) -> Iterator[None]:
    """Tell a watcher of every layer that is made or called."""
    originals = {name: vars(keras.Layer)[name] for name in ("__new__", "__call__")}
    make, call = originals["__new__"].__func__, originals["__call__"]

    @functools.wraps(make)
    def making(cls: type[keras.Layer], *args: Any, **kwargs: Any) -> Any:
        layer = make(cls, *args, **kwargs)
        watcher.made(layer, sys._getframe(1))
        return layer

    @functools.wraps(call)
    def calling(self: keras.Layer, *args: Any, **kwargs: Any) -> Any:
        with watcher.calling(self, args, kwargs, sys._getframe(1)) as returned:
            outputs = call(self, *args, **kwargs)
            returned.append(outputs)
        return outputs

    keras.Layer.__new__ = staticmethod(making)
    keras.Layer.__call__ = calling
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(keras.Layer, name, original)
