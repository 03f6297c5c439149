"""Messages between a grader and its zygote: lines of JSON, some with a descriptor.

Both ends are ours. A student's child never holds a line.
"""

from __future__ import annotations

import array
import json
import socket
from collections import deque
from typing import Any

from autograder.worker.limits import ORDER_BYTES

_WORD = array.array("i").itemsize


class ZygoteChannel:
    """One end of a line."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._unfinished = b""
        self._descriptors: deque[int] = deque()

    def fileno(self) -> int:
        """The descriptor to poll."""
        return self._end.fileno()

    def send(
        self, message: dict[str, Any], descriptor: int | None = None, flags: int = 0
    ) -> None:
        """Send a message in one piece, and a copy of ``descriptor`` with it."""
        rights = []
        if descriptor is not None:
            message = {**message, "descriptor": True}
            words = array.array("i", [descriptor])
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, words)]
        text = json.dumps(message).encode() + b"\n"
        sent = self._end.sendmsg([text], rights, flags)
        if sent < len(text):
            self._end.sendall(text[sent:], flags)

    def receive(self) -> list[dict[str, Any]]:
        """Wait for something to arrive and return the messages that are complete.

        Raises:
            EOFError: the other end is closed.
            TimeoutError: nothing arrived within the socket's timeout.
        """
        text, rights, _, _ = self._end.recvmsg(4096, socket.CMSG_SPACE(8 * _WORD))
        for level, kind, content in rights:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                whole = len(content) - len(content) % _WORD
                self._descriptors.extend(array.array("i", content[:whole]))
        if not text:
            raise EOFError
        *lines, self._unfinished = (self._unfinished + text).split(b"\n")
        if len(self._unfinished) > ORDER_BYTES:
            raise EOFError
        messages = [json.loads(line) for line in lines]
        for message in messages:
            if message.get("descriptor"):
                message["descriptor"] = self._descriptors.popleft()
        return messages

    def set_timeout(self, seconds: float | None) -> None:
        """Bound every later `receive`."""
        self._end.settimeout(seconds)

    def close(self) -> None:
        """Close this end; the other end reads EOF once no copy is left."""
        self._end.close()

    def forget(self) -> None:
        """Let go of the descriptor without closing it, in a process that forked."""
        self._end.detach()
