"""A mapping from objects to values, by identity, that keeps no object alive."""

from __future__ import annotations

import weakref
from typing import Generic, TypeVar

Value = TypeVar("Value")


class IdentityMap(Generic[Value]):
    """Values for objects that may be unhashable, equal to each other, or soon gone.

    ``id()`` alone would hand an old object's value to a new one at the same address, and a
    `weakref.WeakKeyDictionary` compares its keys, which tensors answer elementwise.
    """

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[object], Value]] = {}

    def __setitem__(self, key: object, value: Value) -> None:
        place = id(key)
        entries = self._entries
        entries[place] = (weakref.ref(key, lambda _: entries.pop(place, None)), value)

    def get(self, key: object) -> Value | None:
        """The object's value, or None if it has none."""
        entry = self._entries.get(id(key))
        return entry[1] if entry is not None and entry[0]() is key else None

    def items(self) -> list[tuple[object, Value]]:
        """The objects that are still alive with their values, in the order of insertion."""
        found = [(reference(), value) for reference, value in list(self._entries.values())]
        return [(key, value) for key, value in found if key is not None]
