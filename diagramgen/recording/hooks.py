"""Keras's layers and models, watched for as long as a context lasts, then exactly as they were."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Any, Protocol

import keras

_TRAINER = next(cls for cls in keras.Model.__mro__ if "fit" in vars(cls))
"""The class of the backend that trains models."""

_TAKING_DATA = (
    "fit",
    "evaluate",
    "predict",
    "train_on_batch",
    "test_on_batch",
    "predict_on_batch",
)
"""Its methods that run a model out of sight, on symbolic tensors."""

Watch = Callable[
    [Any, tuple[Any, ...], dict[str, Any], FrameType], AbstractContextManager[list[Any]]
]


class Watcher(Protocol):
    """What is told of layers."""

    def made(self, layer: keras.Layer, frame: FrameType) -> None:
        """A layer was made, not yet initialised; ``frame`` is where its ``__new__`` is called."""

    def calling(
        self, layer: keras.Layer, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType
    ) -> AbstractContextManager[list[Any]]:
        """A layer is about to be called from ``frame``; append what it returns to the list."""

    def giving(
        self,
        method: str,
        model: keras.Model,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        frame: FrameType,
    ) -> AbstractContextManager[list[Any]]:
        """A model's ``fit``, ``predict``, … is about to be given data, likewise."""


@contextmanager
def hooked(watcher: Watcher) -> Iterator[None]:
    """Tell a watcher of every layer that is made or called, and every model that is given data."""
    make = vars(keras.Layer)["__new__"].__func__

    @functools.wraps(make)
    def making(cls: type[keras.Layer], *args: Any, **kwargs: Any) -> Any:
        layer = make(cls, *args, **kwargs)
        watcher.made(layer, sys._getframe(1))
        return layer

    replaced: dict[tuple[type, str], Any] = {
        (keras.Layer, "__new__"): staticmethod(making),
        (keras.Layer, "__call__"): _watched(vars(keras.Layer)["__call__"], watcher.calling),
    }
    for name in _TAKING_DATA:
        giving = functools.partial(watcher.giving, name)
        replaced[_TRAINER, name] = _watched(vars(_TRAINER)[name], giving)
    originals = {(cls, name): vars(cls)[name] for cls, name in replaced}
    try:
        _set(replaced)
        yield
    finally:
        _set(originals)


def _watched(method: Callable[..., Any], watch: Watch) -> Callable[..., Any]:
    """A method that does what it did, within a context that is told of its call."""

    @functools.wraps(method)
    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        with watch(self, args, kwargs, sys._getframe(1)) as returned:
            result = method(self, *args, **kwargs)
            returned.append(result)
        return result

    return watched


def _set(methods: Mapping[tuple[type, str], Any]) -> None:
    for (cls, name), method in methods.items():
        setattr(cls, name, method)
