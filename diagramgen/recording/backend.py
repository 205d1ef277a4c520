"""What Keras has no word for of its own, for each backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

Function = Callable[..., Any]

TRACES_LOOPS = keras.backend.backend() == "jax"
"""Whether a loop over time calls its cell on objects that stand for tensors."""

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    executing_eagerly = tf.executing_eagerly

    def compiled(function: Function) -> Function:
        """Run a function made of operations alone at once, to the same numbers."""
        traced = tf.function(function, autograph=False)

        def run(*args: Any, **kwargs: Any) -> Any:
            optimizer = tf.config.optimizer
            usual = optimizer.get_experimental_options()
            # It would put one operation in place of several, which rounds otherwise.
            optimizer.set_experimental_options({"disable_meta_optimizer": True})
            try:
                return traced(*args, **kwargs)
            finally:
                optimizer.set_experimental_options(usual)

        return run
else:

    def executing_eagerly() -> bool:
        """Other backends trace with objects of their own."""
        return True

    def compiled(function: Function) -> Function:
        """Other backends compile by themselves what is worth it."""
        return function
