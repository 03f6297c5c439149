"""A caller whose calls run in the sandbox, one child for one file of a submission."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

import torch

from autograder.checking.callers import Stopped
from autograder.course.assignment import USUAL_LIBRARIES
from autograder.grading.children import Child, Line
from autograder.grading.wire import Budget, Wire
from autograder.protocol import cuda
from autograder.protocol.calls import Answer, Request
from autograder.protocol.forbidden import UNREADABLE
from autograder.protocol.frames import BadFrame
from autograder.protocol.imports import absent_in
from autograder.protocol.messages import read_answer, read_thrown, request_header
from autograder.protocol.throwing import Thrown
from autograder.verdict import Outcome

GPU_SECONDS = 60.0  # CPU seconds in which CUDA wakes up; no student pays for them


class GpuError(RuntimeError):
    """The GPU does not start in a child. No student's code has run there yet."""


@dataclass(frozen=True)
class Job:
    """What a worker is told of a submission: its sources, and nothing else."""

    files: dict[str, str]
    module: str
    forbidden: tuple[str, ...] = ()
    gpu_mebibytes: int | None = None  # of a GPU's memory; None: no GPU
    libraries: tuple[str, ...] = USUAL_LIBRARIES  # that it may import
    data: Mapping[str, bytes] = field(default_factory=dict)  # files that it may read


@dataclass
class Seen:
    """What a worker said beside its answers."""

    forbidden: dict[str, list[str]] = field(default_factory=dict)  # before any code ran
    absent: dict[str, list[str]] = field(default_factory=dict)  # libraries, by file
    used: set[str] = field(default_factory=set)  # a hint: code under test can forge it


class RemoteCaller:
    """Calls into one exercise file of one submission.

    A child that dies or hangs takes its function with it: later calls of that function
    raise the same ``Stopped`` at once. Other functions get a new child.
    """

    def __init__(
        self,
        line: Line,
        job: Job,
        budget: Budget,
        call_seconds: float,
        names: Callable[[str], list[str]],
    ) -> None:
        self.seen = Seen()
        self.broken: Thrown | None = None  # the import raised this
        self.ended: Stopped | None = None  # the import did not come to an end
        self._line = line
        self._job = job
        self._budget = budget
        self._seconds = call_seconds
        self._names = names
        self._wire: Wire | None = None
        self._behind: Stopped | None = None  # until the next check: its child is gone
        self._stopped: dict[str, Stopped] = {}
        self._released: list[int] = []
        # Each child counts its graphs from 1. Ours tell them apart: a graph of a child
        # that died must not be released in the next one.
        self._graphs: dict[int, tuple[Wire, str, int]] = {}
        self._count = 0
        self._function = ""

    def start(self) -> None:
        """Import the file in a child; ``broken`` or ``ended`` say if that failed."""
        child = self._line.spawn()
        try:
            self._wire = self._introduce(child)
        except Stopped as stopped:
            self.ended = stopped
            child.close()
        except GpuError:
            child.close()
            raise

    def call(self, request: Request) -> Answer:
        """Run one call in the child."""
        self._function = self._function_of(request)
        wire = self._wire_for(self._function)
        header = request_header(request) | {"release": self._release_list()}
        try:
            reply, tensors = wire.ask(
                header, request.tensors, self._seconds, self._function
            )
            answer = read_answer(reply, tensors, request)
        except Stopped as stopped:
            raise self._gone(stopped) from None
        except BadFrame as error:
            raise self._gone(Stopped(Outcome.CRASHED, f"{error}")) from None
        for part in (answer, answer.again):
            if part is not None:
                self.seen.used.update(filter(self._is_forbidden, part.used))
                if part.spent and request.device == "cuda":
                    self._leave_behind()
        if answer.graph is None:
            return answer
        self._count += 1
        self._graphs[self._count] = wire, self._function, answer.graph
        return replace(answer, graph=self._count)

    def _is_forbidden(self, name: str) -> bool:
        """Any other word of a worker's is no name, and may be a hidden input."""
        return any(fnmatchcase(name, rule) for rule in self._job.forbidden)

    def backward(
        self, graph: int, cotangents: list[torch.Tensor | None]
    ) -> list[torch.Tensor | None] | Thrown:
        """Run one backward in the child that ran the call."""
        wire, self._function, number = self._graphs[graph]
        if wire is not self._wire:
            raise Stopped(
                Outcome.CRASHED, f"the backward of {self._function}: its process ended"
            )
        header = {
            "do": "backward",
            "graph": number,
            "given": [cotangent is not None for cotangent in cotangents],
            "release": [],
        }
        given = [cotangent for cotangent in cotangents if cotangent is not None]
        doing = f"the backward of {self._function}"
        try:
            reply, tensors = wire.ask(header, given, self._seconds, doing)
            if reply.get("thrown") is not None:
                if reply.get("spent") is True and self._job.gpu_mebibytes is not None:
                    self._leave_behind()
                return read_thrown(reply["thrown"])
            there = reply.get("given")
            if type(there) is not list or sum(map(bool, there)) != len(tensors):
                raise BadFrame("gradients that do not fit the question")
        except Stopped as stopped:
            raise self._gone(stopped) from None
        except BadFrame as error:
            raise self._gone(Stopped(Outcome.CRASHED, f"{error}")) from None
        found = iter(tensors)
        return [next(found) if is_there else None for is_there in there]

    def release(self, graphs: list[int]) -> None:
        """Tell the child with the next call that these are not needed any more."""
        for graph in graphs:
            wire, _, number = self._graphs.pop(graph, (None, "", 0))
            if wire is not None and wire is self._wire:
                self._released.append(number)

    def forget(self) -> None:
        """A new check begins: objects of the last one are of no use."""
        self._released.clear()
        self._behind = None
        if self._wire is not None:
            try:
                self._wire.tell({"do": "forget"})
            except Stopped:
                self._drop()

    def parameter_names(self, function: str) -> list[str]:
        """Names of the parameters of the solution's function."""
        return self._names(function)

    def close(self) -> None:
        """End the child."""
        self._drop()

    def _introduce(self, child: Child) -> Wire:
        wire = Wire(child, self._budget)
        job = self._job
        header = {
            "files": job.files,
            "module": job.module,
            "forbidden": list(job.forbidden),
            "gpu": job.gpu_mebibytes,
            "gpu_chosen": cuda.chosen(),
            "libraries": list(job.libraries),
            "data": list(job.data),
        }
        data = [
            torch.frombuffer(bytearray(c) or bytearray(1), dtype=torch.uint8)[: len(c)]
            for c in job.data.values()
        ]
        doing = f"reading {job.module}.py"
        if job.gpu_mebibytes is None:
            scan, _ = wire.ask(header, data, self._seconds, doing)
        else:
            wire.tell(header, data)
            try:
                told = wire.free_answer(GPU_SECONDS, "starting the GPU")
            except Stopped as stopped:  # none of the student's code has run
                raise GpuError(stopped.detail) from None
            if told.get("gpu") is not None:
                raise GpuError(f"the GPU does not start: {str(told['gpu'])[:300]}")
            scan, _ = wire.answer(self._seconds, doing)
        self.seen.forbidden = _names_by_function(scan)
        self.seen.absent = absent_in(scan)
        report, _ = wire.answer(self._seconds, f"importing {job.module}.py")
        try:
            thrown = report.get("thrown")
            self.broken = None if thrown is None else read_thrown(thrown)
        except BadFrame as error:
            raise Stopped(
                Outcome.CRASHED, f"importing {job.module}.py: {error}"
            ) from None
        return wire

    def _function_of(self, request: Request) -> str:
        """For messages, and to know which function took the child with it."""
        return request.name or str(request.target[1])

    def _wire_for(self, function: str) -> Wire:
        if self.ended is not None:
            raise self.ended
        if self._behind is not None:
            raise Stopped(self._behind.outcome, self._behind.detail)
        known = self._stopped.get(function.partition(".")[0])
        if known is not None:
            raise Stopped(known.outcome, known.detail)
        if self._wire is None:
            self.start()
            if self._wire is None:
                raise self.ended or Stopped(Outcome.CRASHED, "the import failed")
        return self._wire

    def _gone(self, stopped: Stopped) -> Stopped:
        # A new one: that which is raised holds on to the frames of its check.
        known = Stopped(stopped.outcome, stopped.detail)
        self._stopped[self._function.partition(".")[0]] = known
        self._drop()
        return stopped

    def _leave_behind(self) -> None:
        """Let go of a child whose GPU does not answer any more; its code may go on.

        The next check gets a new one. In this check, objects of the old one are lost.
        """
        detail = f"{self._function}: an earlier error left the GPU useless"
        self._behind = Stopped(Outcome.CRASHED, detail)
        self._drop()

    def _drop(self) -> None:
        if self._wire is not None:
            self._wire.child.close()
            self._wire.child.wait(5)
            self._wire = None
            self._released.clear()

    def _release_list(self) -> list[int]:
        released, self._released = self._released, []
        return released


def _names_by_function(scan: dict[str, object]) -> dict[str, list[str]]:
    found = scan.get("forbidden")
    if not isinstance(found, dict):
        return {UNREADABLE: ["the reading for names that are not allowed failed"]}
    return {str(name): [str(use) for use in uses] for name, uses in found.items()}
