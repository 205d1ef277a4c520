"""Keras used aside: nothing that the program could find afterwards, nothing on the screen."""

from __future__ import annotations

import os
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
from keras.src.backend.common import global_state

from diagramgen.recording.snapshot import as_it_was
from diagramgen.recording.values import array_of


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Leave every source of random numbers, and the names Keras counts out, as they are."""
    keras_state = global_state.GLOBAL_STATE_TRACKER
    names = dict(vars(keras_state).get("object_name_uids") or {})
    generator = vars(keras_state).get("global_seed_generator")
    seeds = [(generator.state, array_of(generator.state))] if generator else []
    python, numpy = random.getstate(), np.random.get_state()
    try:
        with as_it_was(seeds):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        counted = vars(keras_state).get("object_name_uids")
        if counted is not None:
            counted.clear()
            counted.update(names)
        if generator is None:
            vars(keras_state).pop("global_seed_generator", None)


@contextmanager
def silence() -> Iterator[None]:
    """Discard what is printed, also by native code, and every warning."""
    sys.stdout.flush()
    sys.stderr.flush()
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        nowhere = stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
        for stream in (1, 2):
            stack.callback(os.close, kept := os.dup(stream))
            stack.callback(os.dup2, kept, stream)
            os.dup2(nowhere.fileno(), stream)
        stack.enter_context(redirect_stdout(nowhere))
        stack.enter_context(redirect_stderr(nowhere))
        yield
