"""Inside the sandbox: import a student's modules and answer calls until the pipe ends.

Nobody trusts it, and nothing secret comes here: all that there is are the student's
source and the inputs of the call at hand. The forbidden-name reading is sent before the
first line of the student's runs; from then on every word of this process is theirs.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import socket
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import torch

from autograder import simulated
from autograder.executor import cuda
from autograder.executor.answering import Answering
from autograder.executor.hosting import run_source
from autograder.executor.leftovers import refuse_debugger
from autograder.executor.libraries import Libraries
from autograder.executor.loaders import load_without_workers
from autograder.executor.tuning import one_dnn
from autograder.protocol.calls import Answer, Request
from autograder.protocol.exceptions import Thrown, thrown_facts
from autograder.protocol.faults import CellFault, faults_header
from autograder.protocol.frames import TooLarge, decode, encode
from autograder.protocol.messages import answer_parts, read_request, thrown_header
from autograder.sources.cells import shown_places
from autograder.sources.forbidden import forbidden_uses
from autograder.sources.imports import absent_libraries
from autograder.worker import surroundings, used_names
from autograder.worker.child_folders import settle
from autograder.worker.exercises import Exercises
from autograder.worker.limits import RECEIVED_BYTES


def warm_up() -> None:
    """In the zygote: what every child would otherwise do for itself."""
    used_names.warm_up()
    _leave_out_what_cannot_work()
    forbidden_uses({"warm": "import torch\n"}, "warm", ["torch.conv*"])
    encode({"warm": True}, [torch.zeros(2)])
    simulated.warm_up()  # no registering: code on the CPU must see no other device
    surroundings.warm_up()


def _leave_out_what_cannot_work() -> None:
    """Make harmless what the sandbox or the fork forbids and no answer depends on."""

    def compiled(model: Any = None, **options: Any) -> Any:
        return model if model is not None else lambda function: function

    def deterministic(mode: bool, *, warn_only: bool = False) -> None:
        torch._C._set_deterministic_algorithms(mode, warn_only=warn_only)

    vars(torch)["compile"] = compiled  # it compiles with processes and files
    # torch's own imports the compiler, to tell it; that takes more than a second.
    vars(torch)["use_deterministic_algorithms"] = deterministic
    vars(torch)["set_num_interop_threads"] = lambda count: None  # too late to be set
    load_without_workers()


def serve(channel: socket.socket) -> None:
    """Answer one grader until it closes the connection, then end the process."""
    # torch's compiler, where it is imported, makes a folder; here nothing can be made.
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = "/"
    with contextlib.suppress(EOFError, ConnectionError, BrokenPipeError):
        _Server(channel).run()
    # Threads, atexit handlers and finalizers of the student's do not delay the end.
    os._exit(0)


class _Server:
    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def run(self) -> None:
        start, tensors = decode(self._read, strides=True)
        contents = [bytes(tensor.numpy()) for tensor in tensors]
        files: dict[str, str] = {
            name: content.decode("utf-8", "surrogatepass")
            for name, content in zip(start["files"], contents)
        }
        settle(files, dict(zip(start["data"], contents[len(files) :])))
        libraries = Libraries(start["libraries"], files)
        refuse_debugger()
        os.environ.update(start["gpu_chosen"])
        if not self._gpu(start["gpu"]):
            return
        for module in start["unread"]:  # before the first line of any of them runs
            patterns = start["forbidden"][module]
            found = _scan(files, module, patterns, start["libraries"], start["ours"])
            self._send(found)
        finder = self._finder = _Finder(files, start["cell_seconds"], libraries)
        sys.meta_path.insert(0, finder)
        exercises = Exercises(
            files.keys(),
            finder.shown,
            start["forbidden"],
            start["right"],
            start["one_dnn"],
        )
        while True:
            header, tensors = decode(self._read, strides=True)
            if header["do"] == "use":
                self._use(exercises, header["module"])
                continue
            if header.get("device") == simulated.DEVICE:
                exercises.register_device()
            answering = exercises.answering
            if header["forget"]:
                answering.forget()
            answering.release(header["release"])
            self._answer(answering, header, tensors)
            if answering.spent:
                return

    def _use(self, exercises: Exercises, module: str) -> None:
        """Go on with another exercise, unless this process is spoilt for it."""
        changed = exercises.leave()
        thrown = None if changed else exercises.use(module)
        facts = None if thrown is None else thrown_header(thrown)
        cells = faults_header(self._finder.faults.pop(module, []))
        self._send({"changed": changed, "thrown": facts, "cells": cells})

    def _gpu(self, mebibytes: int | None) -> bool:
        """Wake the GPU up, or hide it; say why if it does not wake up."""
        cuda.allow(mebibytes)
        if mebibytes is None:
            return True
        problem = None
        try:
            cuda.start()
        except Exception as error:  # whatever a driver says
            problem = f"{type(error).__name__}: {error}"
        self._send({"gpu": problem})
        return problem is None

    def _answer(
        self, answering: Answering, header: dict[str, Any], tensors: list[torch.Tensor]
    ) -> None:
        if header["do"] == "call":
            request = read_request(header, tensors)
            try:
                with one_dnn(answering.one_dnn and _is_float32(request)):
                    answer = answering.call(request)
            except BaseException as error:
                # Nobody interrupts a worker from the keyboard; and what its code may
                # raise where none is awaited has a type, too.
                answer = Answer(thrown=thrown_facts(error, answering.sources))
            self._reply(answer)
        elif header["do"] == "backward":
            given = iter(tensors)
            cotangents = [next(given) if there else None for there in header["given"]]
            try:
                found = answering.backward(header["graph"], cotangents)
            except BaseException as error:
                found = thrown_facts(error, answering.sources)
            if isinstance(found, Thrown):
                spent = {"spent": answering.spent}
                self._send({"thrown": thrown_header(found), "given": [], **spent})
            else:
                there = [gradient is not None for gradient in found]
                kept = [gradient for gradient in found if gradient is not None]
                self._send({"thrown": None, "given": there}, kept)

    def _reply(self, answer: Answer) -> None:
        try:
            self._send(*answer_parts(answer))
        except TooLarge as error:
            facts = Thrown("ValueError", f"the answer is {error}", [], "ValueError")
            self._send(*answer_parts(Answer(thrown=facts)))

    def _send(
        self, header: dict[str, Any], tensors: Sequence[torch.Tensor] = ()
    ) -> None:
        self._channel.sendall(encode(header, list(tensors)))

    def _read(self, count: int) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            part = self._channel.recv(min(count - len(parts), RECEIVED_BYTES))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)


def _is_float32(request: Request) -> bool:
    kinds = {tensor.dtype for tensor in request.tensors if tensor.is_floating_point()}
    return request.device == "cpu" and kinds == {torch.float32}


def _scan(
    files: dict[str, str],
    module: str,
    patterns: list[str],
    libraries: list[str],
    ours: list[str],
) -> dict[str, Any]:
    theirs = {name: text for name, text in files.items() if name not in ours}
    return {
        "forbidden": forbidden_uses(theirs, module, patterns),
        "absent": absent_libraries(files, module, libraries),
    }


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the submission's modules in memory: the worker has no files to read."""

    def __init__(
        self, files: dict[str, str], cell_seconds: float, libraries: Libraries
    ) -> None:
        self._files = files
        self._libraries = libraries
        self._seconds = cell_seconds
        self.faults: dict[str, list[CellFault]] = {}  # by module, of its last import
        self.shown: dict[str, str] = {}
        for name, text in files.items():
            self.shown |= shown_places(text, f"{name}.py", f"{name}.py")

    def find_spec(
        self, fullname: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of a module of the submission."""
        if fullname not in self._files:
            return None
        inside = f"{fullname}."
        return importlib.util.spec_from_loader(
            fullname,
            self,
            origin=f"{fullname}.py",
            is_package=any(name.startswith(inside) for name in self._files),
        )

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Python's own kind of module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Compile and run the source."""
        name = module.__name__
        module.__file__ = f"{name}.py"
        text = self._files[name]
        with self._libraries.around(module):
            found = run_source(module, text, f"{name}.py", self._seconds, self.shown)
        self.faults[name] = found
