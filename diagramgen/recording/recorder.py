"""The recorder: switched on around a session, it notes what each block does with Keras."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import msgspec
from keras import KerasTensor

from diagramgen.program import Block
from diagramgen.recording import probe
from diagramgen.recording.aside import random_state_kept, silence
from diagramgen.recording.calls import Call
from diagramgen.recording.choice import CannotDraw, Opening, Target, chosen, named, opening
from diagramgen.recording.gates import opened
from diagramgen.recording.hooks import hooked
from diagramgen.recording.probe import Probe
from diagramgen.recording.report import Reporter
from diagramgen.recording.session import Session
from diagramgen.recording.watch import BlockWatcher
from diagramgen.trace import LayerCall, OpenedStep, Training


class Recorded(msgspec.Struct, frozen=True):
    """What one block did with Keras."""

    calls: tuple[LayerCall, ...]
    """In the order in which they began; those of a model run for its figure come last."""
    draw: int | None
    """The `number` of the call to draw, in this block or an earlier one; None for no figure."""
    note: str | None
    """Why there is no figure where one was asked for, in a sentence for the author."""
    opened: OpenedStep | None = None
    """The step of that call to draw, where one is to be opened up."""
    trainings: tuple[Training, ...] = ()
    """What its calls of ``fit`` reported."""


@dataclass(slots=True)
class _Ended:
    """A block that has ended."""

    watcher: BlockWatcher
    draw: Call | Probe | None = None
    note: str | None = None
    opening: Opening | None = None
    opened: OpenedStep | None = None


_watching: list[BlockWatcher] = []
"""Those of all blocks that run now: more than one where a block calls `draw`."""


class Recorder:
    """Records the blocks of one session, in order.

    ::

        with Recorder() as recorder:
            for number, block in enumerate(program.blocks):
                recorder.begin(block, f"<block {number}>")
                …  # run it, under that file name, in `namespace`
                recorder.end(namespace)
            recorded = recorder.finish()

    The program can't tell that it is watched, and Keras is as it was when the context ends.
    """

    def __init__(self) -> None:
        self._session = Session()
        self._watcher: BlockWatcher | None = None
        self._ended: list[_Ended] = []
        self._hooks = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._hooks.close()

    def begin(self, block: Block, filename: str) -> None:
        """A block is about to run.

        Args:
            block: The block.
            filename: The ``co_filename`` of its frames, which no other block of the session has.
        """
        self._session.pages.add(filename, block.code)
        self._watcher = BlockWatcher(self._session, block, filename)
        _watching.append(self._watcher)
        self._hooks.enter_context(hooked(self._watcher))

    def end(self, namespace: Mapping[str, object]) -> None:
        """The block has ended, well or not.

        Args:
            namespace: The session's variables as they stand now.
        """
        self._hooks.close()
        if self._watcher is None:
            raise RuntimeError("end() without begin()")
        ended = _Ended(self._watcher)
        _watching.remove(self._watcher)
        self._watcher = None
        self._ended.append(ended)
        with ended.watcher.contained():
            self._choose(ended, namespace)

    def finish(self) -> tuple[Recorded, ...]:
        """Run what was out of sight, and replay recurrent layers; the session runs no more blocks.

        Returns:
            One for each block that was begun, in order.
        """
        with silence(), random_state_kept(), _others_asleep(self._ended):
            examples = [self._run(ended) for ended in self._ended]
            for ended in self._ended:
                _open(ended)
            session = [call for ended in self._ended for call in ended.watcher.calls()]
            calls = [*session, *(call for example in examples for call in example)]
            reporter = Reporter(calls, self._session.sources)
            records = {call: reporter.record(call) for call in calls}
        return tuple(
            Recorded(
                calls=tuple(records[call] for call in [*ended.watcher.calls(), *example]),
                draw=reporter.number(ended.draw) if isinstance(ended.draw, Call) else None,
                note=ended.note or ended.watcher.note(),
                opened=ended.opened,
                trainings=tuple(ended.watcher.trainings.values()),
            )
            for ended, example in zip(self._ended, examples, strict=True)
        )

    def _choose(self, ended: _Ended, namespace: Mapping[str, object]) -> None:
        block, watcher = ended.watcher.block, ended.watcher
        models = [*self._session.changed_models(), *watcher.asked]
        calls = [call for each in self._ended for call in each.watcher.calls()]
        if block.figure == "none":
            return
        ended.opening = opening(block.figure or "")
        name = ended.opening.name if ended.opening else block.figure
        try:
            target: Target | None = (
                chosen(self._undrawn(watcher), models)
                if name is None
                else named(name, namespace, calls, self._session.tensors)
            )
        except CannotDraw as reason:
            ended.note = str(reason)
            return
        if target is None or isinstance(target, Call):
            ended.draw = target
            return
        layer = probe.chain_to(target) if isinstance(target, KerasTensor) else target
        given = watcher.gifts.get(layer)
        ended.draw = probe.prepared(layer, reversed(calls), block.steps, given)
        if ended.draw is None and block.figure is not None:
            ended.note = (
                f'figure="{block.figure}": it was never called and its input has no shape yet; '
                "call it, or begin the model with keras.Input"
            )

    def _undrawn(self, watcher: BlockWatcher) -> list[Call]:
        """A block's outermost calls, but for those by ``fit`` of a model that was drawn before.

        Its curve is what is new of it.
        """
        drawn = {id(ended.draw.layer) for ended in self._ended if ended.draw}
        return [
            call
            for call in watcher.roots.values()
            if not (watcher.trainings and call.symbolic and id(call.layer) in drawn)
        ]

    def _run(self, ended: _Ended) -> list[Call]:
        """Run what a block draws, if it was out of sight; its calls."""
        if not isinstance(ended.draw, Probe):
            return []
        to_run = probe.checked(ended.draw)
        watcher = BlockWatcher(
            self._session,
            ended.watcher.block,
            "",
            example=to_run.given is None,
            given=to_run.given.method if to_run.given else to_run.denied,
        )
        try:
            with hooked(watcher):
                probe.run(to_run)
        except Exception as error:  # noqa: BLE001 - the layer may be the author's
            ended.note = f"Its figure's example could not be run: {error}"
            ended.draw = None
        else:
            ended.note = watcher.note()
            ended.draw = next(iter(watcher.roots.values()), None)
        return watcher.calls()


def _open(ended: _Ended) -> None:
    """Open a step of the call that a block draws, if its author asks for that."""
    if ended.opening is None or not isinstance(ended.draw, Call):
        return
    try:
        ended.opened = opened(ended.opening.name, ended.draw, ended.opening.t)
    except CannotDraw as reason:
        ended.note = f'figure="{ended.watcher.block.figure}": {reason}'
        ended.draw = None


@contextmanager
def _others_asleep(ended: Sequence[_Ended]) -> Iterator[None]:
    """Keep what is done to draw these blocks from the one that asked for it, and tell it what."""
    others = list(_watching)
    for watcher in others:
        watcher.asleep = True
        watcher.asked += [one.draw.layer for one in ended if isinstance(one.draw, Probe)]
    try:
        yield
    finally:
        for watcher in others:
            watcher.asleep = False
