"""Messages between the processes of one submission: four bytes of length, then JSON.

The idea: processes find the referee by the *name* of its socket, in the kernel's abstract name space, so that a student
who closes every file descriptor, or deletes every file, cuts nothing.

What this file does not do: trust a sender. The kernel says which process is at the other end (``pid``); what it says is
checked by whoever reads it.
"""

from __future__ import annotations

import json
import socket
import struct

__all__ = ["LARGEST", "Link", "connect", "listen"]

LARGEST = 4_000_000  # bytes of one message
SEND_SECONDS = 60.0  # a reader that takes nothing for so long is gone
_HEAD = struct.Struct("!I")
_PEER = struct.Struct("3i")


def listen(name: str) -> socket.socket:
    """Open the referee's socket under an abstract name."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind("\0" + name)
    listener.listen(64)
    listener.setblocking(False)
    return listener


def connect(name: str) -> Link:
    """Call the referee."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.connect("\0" + name)
    return Link(line)


class Link:
    """One end of a line; ``pid`` is the process at the other end, as the kernel knows it."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.dead = False
        self.buffer = bytearray()
        credentials = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
        self.pid = _PEER.unpack(credentials)[0]

    def fileno(self) -> int:
        """Return the descriptor, for `select`."""
        return self.line.fileno()

    def send(self, message: dict) -> None:
        """Send one message; a line that is cut is marked dead, never an error."""
        data = json.dumps(message, separators=(",", ":")).encode()
        patience = self.line.gettimeout()
        try:
            self.line.settimeout(SEND_SECONDS)
            self.line.sendall(_HEAD.pack(len(data)) + data)
            self.line.settimeout(patience)
        except OSError:
            self.dead = True

    def receive(self) -> dict | None:
        """Wait for one message; None when the line is cut."""
        while not self.dead:
            message = self.take()
            if message is not None:
                return message
            self.fill()
        return None

    def fill(self) -> None:
        """Read what has come (waiting for it if the line blocks)."""
        try:
            data = self.line.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data or len(self.buffer) + len(data) > LARGEST + _HEAD.size:
            self.dead = True
        self.buffer += data

    def take(self) -> dict | None:
        """Return the next whole message that has come, or None."""
        if len(self.buffer) < _HEAD.size:
            return None
        size = _HEAD.unpack_from(self.buffer)[0]
        if size > LARGEST:
            self.dead = True
            return None
        if len(self.buffer) < _HEAD.size + size:
            return None
        data = bytes(self.buffer[_HEAD.size : _HEAD.size + size])
        del self.buffer[: _HEAD.size + size]
        try:
            message = json.loads(data)
        except (ValueError, RecursionError):
            message = None
        if type(message) is not dict:
            self.dead = True
            return None
        return message

    def close(self) -> None:
        """Cut the line: a session that waits at the other end ends itself."""
        self.dead = True
        self.line.close()
