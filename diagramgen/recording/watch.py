"""What happens in one block: the layers that it makes, and the calls as they nest."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import count
from types import FrameType
from typing import Any

import keras
from keras import KerasTensor, tree

from diagramgen.program import Block
from diagramgen.recording.backend import TRACES_LOOPS
from diagramgen.recording.calls import Call, holds_recurrent
from diagramgen.recording.callsite import caller, maker
from diagramgen.recording.fitting import training
from diagramgen.recording.given import Given, answered, given
from diagramgen.recording.identity import IdentityMap
from diagramgen.recording.names import Names, names
from diagramgen.recording.session import Session
from diagramgen.recording.snapshot import LONG, Taken, watched_loop
from diagramgen.recording.values import Seen, is_symbolic, tensors_in
from diagramgen.trace import Training

ROUNDS = 3
"""Of a loop's calls that go on with each other's states, so many are kept."""


class BlockWatcher:
    """Watches one block, or one run of a model to draw it."""

    def __init__(
        self,
        session: Session,
        block: Block,
        filename: str,
        *,
        example: bool = False,
        given: str | None = None,
    ) -> None:
        self.session = session
        self.block = block
        self.filename = filename
        self.example, self.given = example, given
        self.roots: dict[int, Call] = {}
        """The calls that no other encloses, in order; of those that a loop repeats, the last, and
        those before it whose states it goes on with, `ROUNDS` in all."""
        self._rounds: defaultdict[object, list[int]] = defaultdict(list)
        """The places in `roots` of the calls of one layer at one place of the page."""
        self._numbers = count()
        self.trainings: dict[object, Training] = {}
        """What each call of ``fit`` reported; of those that a loop repeats, the last."""
        self.gifts: IdentityMap[Given] = IdentityMap()
        """The rows that each model's ``predict``, ``fit`` or the like was last given."""
        self.asked: list[keras.Layer] = []
        """The layers that the block itself had drawn, by `draw`, on an example."""
        self.asleep = False
        """Whether what happens now is none of the block's: `draw` replays what it recorded."""
        self.troubles: list[Exception] = []
        self._stack: list[Call] = []
        self._giving = False
        self._thread = threading.get_ident()

    def made(self, layer: keras.Layer, frame: FrameType) -> None:
        """Note where a layer was made, and which models there are."""
        with self.contained():
            place = maker(frame)
            if place is None or self.asleep:
                return
            source = self.session.pages.source(type(layer), place)
            if source is not None:
                self.session.sources.add(layer, source)
            if isinstance(layer, keras.Model) and not _is_rebuilding(place):
                self.session.models[layer] = ()

    @contextmanager
    def calling(
        self, layer: keras.Layer, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType
    ) -> Iterator[list[Any]]:
        """Keep a call, unless it is a step of a call that is kept already."""
        returned: list[Any] = []
        call = None
        with self.contained():
            call = None if self.asleep else self._opened(layer, args, kwargs, frame)
        if call is None:
            yield returned
            with self.contained():
                self._keep_step(layer, args, returned)
            return
        self._stack.append(call)
        try:
            with self._watched_loop(call):
                yield returned
        finally:
            self._stack.pop()
            with self.contained():
                self._close(call, returned)

    @contextmanager
    def giving(
        self,
        method: str,
        model: keras.Model,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        frame: FrameType,
    ) -> Iterator[list[Any]]:
        """Keep what a model is given, and what its ``fit`` reports."""
        returned: list[Any] = []
        if self.asleep or self._giving or threading.get_ident() != self._thread:
            yield returned
            return
        rows = None
        with self.contained():
            rows = given(method, args, kwargs)
        self._giving = True
        try:
            yield returned
        finally:
            self._giving = False
        with self.contained():
            if rows is not None:
                self.gifts[model] = answered(rows, *returned)
            if method == "fit":
                self._fitted(model, returned[0], frame)

    def _fitted(self, model: keras.Model, returned: Any, frame: FrameType) -> None:
        place = caller(frame, self.filename)
        line = place.f_lineno if place else None
        if found := training(model, returned, line):
            key = (place.f_code, place.f_lasti) if place else id(model)
            self.trainings.pop(key, None)
            self.trainings[key] = found

    def calls(self) -> list[Call]:
        """All calls, in the order in which they began."""
        return [call for root in self.roots.values() for call in root.walk()]

    def note(self) -> str | None:
        """What the recorder itself could not follow, in a sentence for the author."""
        if not self.troubles:
            return None
        return f"The recorder could not follow this block: {self.troubles[0]!r}"

    @contextmanager
    def contained(self) -> Iterator[None]:
        """Keep a failure of the recorder's own out of the program, and remember it."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours alone
            self.troubles.append(error)

    def _opened(
        self, layer: keras.Layer, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType
    ) -> Call | None:
        parent = self._stack[-1] if self._stack else None
        if threading.get_ident() != self._thread or (parent and parent.hides_children):
            return None
        place = caller(frame, self.filename)
        call = self._received(layer, args, kwargs, parent)
        call.line = place.f_lineno if place else None
        call.target = self.session.pages.target(frame)
        if parent is not None:
            parent.children.append(call)
            return call
        key: tuple[object, ...] = (id(layer),)
        if place is not None and not _is_rebuilding(frame):
            key = (id(layer), place.f_code, place.f_lasti)
        self._add_root(key, call, (args[1:], kwargs.get("initial_state")))
        return call

    def _keep_step(self, layer: keras.Layer, args: tuple[Any, ...], returned: list[Any]) -> None:
        """Keep a time-step, if it was one that the innermost call's cell took on data."""
        if threading.get_ident() != self._thread or self.asleep or not self._stack:
            return
        call = self._stack[-1]
        if layer is not getattr(call.layer, "cell", None) or len(call.taken) > LONG:
            return
        # An author's own loop may hand over the states by name: then the cell is stepped again.
        if len(args) == 2 and not (TRACES_LOOPS or is_symbolic((args, returned))):
            call.taken += [Taken.of(args, result) for result in returned]

    def _add_root(self, key: object, call: Call, states: Any) -> None:
        """Keep a call, and of earlier ones at the same place those that lead up to it."""
        rounds = self._rounds[key]
        goes_on = bool(rounds) and self._goes_on(self.roots[rounds[-1]], call, states)
        for passed in rounds[: 1 - ROUNDS] if goes_on else list(rounds):
            rounds.remove(passed)
            del self.roots[passed]
        rounds.append(next(self._numbers))
        self.roots[rounds[-1]] = call

    def _goes_on(self, previous: Call, call: Call, states: Any) -> bool:
        """Whether a call begins with the states that the one before it ended with."""
        recurrent = [p for p in call.layer._flatten_layers() if isinstance(p, keras.layers.RNN)]
        if call.symbolic or not recurrent:
            return False
        if any(layer.stateful for layer in recurrent):
            return True
        given = {self.session.tensors.number_of(state) for state in tensors_in(states)}
        return any(seen.number in given for seen in previous.outputs)

    def _received(
        self,
        layer: keras.Layer,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        parent: Call | None,
    ) -> Call:
        given = {name: value for name, value in kwargs.items() if name not in ("training", "mask")}
        tensors = tensors_in((args, given))
        inputs = self._seen(tensors, parent.inputs if parent else ())
        symbolic = is_symbolic((args, kwargs))
        mask = kwargs.get("mask", getattr(tensors[0], "_keras_mask", None) if tensors else None)
        return Call(
            layer,
            parent=parent,
            symbolic=symbolic,
            example=self.example,
            given=self.given,
            inputs=inputs,
            mask=next(iter(self._seen(tensors_in(mask))), None),
            arguments=tree.map_structure(_described, (args, given)) if symbolic else None,
            recurrent=holds_recurrent(layer)
            or any(seen.number in self.session.recurrent for seen in inputs),
        )

    def _close(self, call: Call, returned: list[Any]) -> None:
        call.taken.clear()
        call.outputs = self._seen(tensors_in(returned))
        if returned:
            # A layer that builds itself on its first call tries its parts on symbolic tensors.
            call.children = [child for child in call.children if not child.symbolic]
            call.names = _names(call, *returned)
            # Now, since the layer may be given another input later.
            call.input_source = self.session.sources.of_input(call.layer)
            call.result = next(
                (leaf for leaf in tensors_in(returned) if isinstance(leaf, KerasTensor)), None
            )
        if call.recurrent:
            self.session.recurrent.update(seen.number for seen in call.outputs)
        call.parameters = call.layer.count_params() if call.layer.built else 0

    def _seen(self, tensors: list[Any], among: tuple[Seen, ...] = ()) -> tuple[Seen, ...]:
        return tuple(self.session.tensors.see(tensor, among) for tensor in tensors)

    def _watched_loop(self, call: Call) -> AbstractContextManager[None]:
        if call.symbolic or not isinstance(call.layer, keras.layers.RNN):
            return nullcontext()
        return watched_loop(call.layer, call.taken, call.keep_loop, self.contained)


def _names(call: Call, returned: Any) -> Names:
    found = names(call.target, returned) if call.target else ()
    return found if any(found) and len(found) == len(call.outputs) else ()


def _is_rebuilding(frame: FrameType) -> bool:
    """Whether a Sequential model is working out its shapes, as after each layer added to it."""
    return frame.f_code is keras.Sequential.build.__code__


def _described(value: Any) -> Any:
    """A tensor's shape and dtype; anything else as it is."""
    if isinstance(value, KerasTensor) or not (hasattr(value, "shape") and hasattr(value, "dtype")):
        return value
    return KerasTensor(tuple(value.shape), dtype=keras.backend.standardize_dtype(value.dtype))
