"""Stands in for the worker in tests: runs the code that it is sent."""

from __future__ import annotations

import socket


def serve(channel: socket.socket) -> None:
    """Answer until EOF; a message is one piece of code, shorter than the buffer."""
    while code := channel.recv(65536):
        scope: dict[str, object] = {"channel": channel}
        try:
            exec(code, scope)
            said = repr(scope.get("answer"))
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        channel.sendall(said.encode())
