"""Whole messages over a socket, as JSON behind its length."""

from __future__ import annotations

import socket
import struct
from typing import Any, Generic, TypeVar

import msgspec

Message = TypeVar("Message")

_LENGTH = struct.Struct(">I")
_CHUNK = 1 << 16


def send(link: socket.socket, message: msgspec.Struct) -> None:
    """Send a message and wait until the socket has taken it.

    Raises:
        OSError: Nobody listens at the other end any more.
    """
    payload = msgspec.json.encode(message)
    link.sendall(_LENGTH.pack(len(payload)) + payload)


class Receiver(Generic[Message]):
    """Cuts what arrives on a socket into messages."""

    def __init__(self, link: socket.socket, kind: Any) -> None:
        """Args: the socket to read, and the type of its messages, or a union of types."""
        self._link = link
        self._decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(kind)
        self._buffer = bytearray()

    def read(self) -> bool:
        """Take in what has arrived; False if the other end is closed.

        Raises:
            BlockingIOError: Nothing has arrived, and the socket doesn't wait.
        """
        try:
            data = self._link.recv(_CHUNK)
        except ConnectionResetError:
            return False
        self._buffer += data
        return bool(data)

    def next(self) -> Message | None:
        """The next message that is here as a whole, or None.

        Raises:
            msgspec.MsgspecError: It isn't one of the type that this socket carries.
        """
        start = _LENGTH.size
        if len(self._buffer) < start:
            return None
        end = start + _LENGTH.unpack_from(self._buffer)[0]
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[start:end])
        del self._buffer[:end]
        return self._decoder.decode(payload)

    def wait(self) -> Message | None:
        """The next message, waited for; None if the other end is closed first."""
        while (message := self.next()) is None:
            if not self.read():
                return None
        return message
