"""The committed record of what Keras did on a page, and how today's run differs from it.

Figures are made anew with each build, so they can't go stale; prose can. A record keeps the facts
that prose speaks of (shapes, dtypes, parameter counts, warnings, errors, inline values), so that
somebody looks at the sentence when one of them moves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

import msgspec

from diagramgen.errors import DriftError
from diagramgen.trace import BlockResult, LayerCall, Outcome, TensorSpec

Same = Callable[[str, str], bool]
"""Whether two printed values are the same, but for a float's last digits."""


class CallRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """The facts of one layer call; tensors as ``(1, 3, 2) float32``, several with ``;``."""

    layer: str
    """The class, with the name in quotes if the author gave one: ``Bidirectional "encoder"``."""
    input: str = ""
    output: str = ""
    mask: str = ""
    states: str = ""
    parameters: int = 0


class BlockRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """The facts of one block."""

    calls: tuple[CallRecord, ...] = ()
    warnings: tuple[str, ...] = ()
    """Categories: ``UserWarning``."""
    error: str | None = None
    """The exception's class."""


class SessionRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """The facts of one session."""

    blocks: tuple[BlockRecord, ...] = ()
    values: tuple[str, ...] = ()
    """What each inline expression gave."""


class Record(msgspec.Struct, frozen=True):
    """The facts of one page."""

    versions: dict[str, str]
    """What made them; not compared, since what matters of a new version is what it changes."""
    sessions: dict[str, SessionRecord]


class Drift(msgspec.Struct, frozen=True):
    """One fact that is no longer so."""

    session: str
    message: str
    """``Bidirectional "encoder": output (None, 5, 128) float32 → (None, 5, 64) float32``"""
    block: int | None = None
    """The place of the block in its session."""
    value: int | None = None
    """The place of the inline expression in its session."""


def record_of(outcomes: Mapping[str, Outcome]) -> Record | None:
    """The record of a page, from the outcome of each of its sessions; None without any facts."""
    facts = (
        block.calls or block.warnings or block.error
        for outcome in outcomes.values()
        for block in outcome.blocks
    )
    if not any(facts) and not any(outcome.values for outcome in outcomes.values()):
        return None
    versions = next((outcome.versions for outcome in outcomes.values()), {})
    sessions = {
        name: SessionRecord(
            blocks=tuple(_block(block) for block in outcome.blocks),
            values=tuple(value.text for value in outcome.values),
        )
        for name, outcome in outcomes.items()
    }
    return Record(versions, sessions)


def write_record(record: Record) -> bytes:
    """The file of a record: sorted, one line a fact, so that a review can read what changed."""
    compact = msgspec.json.encode(record, order="sorted")
    return msgspec.json.format(compact, indent=1) + b"\n"


def read_record(data: bytes) -> Record:
    """The record in a file.

    Raises:
        DriftError: The file is damaged.
    """
    try:
        return msgspec.json.decode(data, type=Record)
    except msgspec.DecodeError as error:
        raise DriftError(
            f"The record of this page can't be read: {error}",
            hint="Take it back from version control, or run `diagramgen update` on the page",
        ) from None


def compare(old: Record, new: Record, same: Same) -> Iterator[Drift]:
    """The facts that differ between a page's record and today's run, in order."""
    for session in (*new.sessions, *(name for name in old.sessions if name not in new.sessions)):
        before = old.sessions.get(session, SessionRecord())
        after = new.sessions.get(session, SessionRecord())
        yield from _compare_blocks(session, before.blocks, after.blocks)
        for place, (was, text) in enumerate(zip_longest(before.values, after.values)):
            if was is None or text is None or not same(was, text):
                yield Drift(session, f"inline value {_change(was, text)}", value=place)


def _compare_blocks(
    session: str, before: Sequence[BlockRecord], after: Sequence[BlockRecord]
) -> Iterator[Drift]:
    for place, (was, block) in enumerate(zip_longest(before, after)):
        for message in _changes(was or BlockRecord(), block or BlockRecord()):
            yield Drift(session, message, block=place)


def _changes(was: BlockRecord, block: BlockRecord) -> Iterator[str]:
    names = [call.layer for call in was.calls], [call.layer for call in block.calls]
    for tag, a, b, c, d in SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        if tag == "equal":
            for old, new in zip(was.calls[a:b], block.calls[c:d], strict=True):
                yield from _call_changes(old, new)
        else:
            yield from (f"{call.layer}: is no longer called" for call in was.calls[a:b])
            yield from (f"{call.layer}: is called now" for call in block.calls[c:d])
    if was.warnings != block.warnings:
        yield f"warnings {_change(', '.join(was.warnings), ', '.join(block.warnings))}"
    if was.error != block.error:
        yield f"error {_change(was.error, block.error)}"


def _call_changes(old: CallRecord, new: CallRecord) -> Iterator[str]:
    for fact in ("input", "output", "states", "mask", "parameters"):
        was, now = getattr(old, fact), getattr(new, fact)
        if was != now:
            yield f"{old.layer}: {fact} {_change(str(was), str(now))}"


def _change(was: str | None, now: str | None) -> str:
    return f"{was or 'none'} → {now or 'none'}"


def _block(block: BlockResult) -> BlockRecord:
    return BlockRecord(
        calls=tuple(_call(call) for call in block.calls),
        warnings=tuple(warning.category for warning in block.warnings),
        error=block.error.type if block.error else None,
    )


def _call(call: LayerCall) -> CallRecord:
    return CallRecord(
        layer=_name(call),
        input=_tensors(call.inputs),
        output=_tensors(call.outputs),
        mask=_tensors([call.mask] if call.mask else []),
        states=_tensors(call.final_states),
        parameters=call.parameters,
    )


def _name(call: LayerCall) -> str:
    """The class, with the name unless Keras counted it out: those move with any other layer."""
    if re.sub(r"_\d+$", "", call.name).replace("_", "") == call.layer.lower():
        return call.layer
    return f'{call.layer} "{call.name}"'


def _tensors(tensors: Sequence[TensorSpec]) -> str:
    return "; ".join(f"{tensor.shape} {tensor.dtype}" for tensor in tensors)
