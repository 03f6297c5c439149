"""A Jupyter kernel for tests, driven as a notebook's program drives it."""

from __future__ import annotations

import os
import queue
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Output:
    """What a cell put out."""

    printed: str = ""
    result: str | None = None
    html: str | None = None
    error: str = ""  # the lines that IPython shows of it
    messages: list[str] = field(default_factory=list)


class RunningNotebook:
    """A kernel that runs in a folder."""

    def __init__(self, folder: Path) -> None:
        from jupyter_client.manager import KernelManager

        self._kernel: Any = KernelManager(kernel_name="python3")
        # Or ipykernel would leave out what it does with the output of programs.
        without = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
        self._kernel.start_kernel(cwd=str(folder), env=without)
        self._client = self._kernel.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def run(
        self,
        code: str,
        cell: str = "",
        *,
        silent: bool = False,
        interrupt_after: float | None = None,
    ) -> Output:
        """Run a cell; ``cell`` is its id, if the program tells it."""
        session = self._client.session
        content = {
            "code": code,
            "silent": silent,
            "store_history": not silent,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        metadata = {"cellId": cell} if cell else {}
        message = session.msg("execute_request", content, metadata=metadata)
        self._client.shell_channel.send(message)
        return self._output(message["header"]["msg_id"], interrupt_after)

    def _output(self, asked: str, interrupt_after: float | None) -> Output:
        found = Output()
        started = time.monotonic()
        while time.monotonic() - started < 60:
            waited = time.monotonic() - started
            if interrupt_after is not None and waited > interrupt_after:
                self._kernel.interrupt_kernel()
                interrupt_after = None
            message = self._next()
            if message is None or message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            found.messages.append(kind)
            if kind == "stream":
                found.printed += content["text"]
            elif kind == "execute_result":
                found.result = content["data"].get("text/plain")
                found.html = content["data"].get("text/html")
            elif kind == "error":
                found.error = "\n".join(content["traceback"])
            elif kind == "status" and content["execution_state"] == "idle":
                return found
        raise TimeoutError("the kernel did not come to an end with a cell")

    def _next(self) -> Any:
        try:
            return self._client.get_iopub_msg(timeout=0.1)
        except queue.Empty:
            return None

    def close(self) -> None:
        """End the kernel."""
        self._client.stop_channels()
        self._kernel.shutdown_kernel(now=True)
