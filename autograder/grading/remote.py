"""A caller whose calls run in the sandbox, in the process of its submission."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from autograder.checking.callers import Stopped
from autograder.course.assignment import USUAL_LIBRARIES
from autograder.grading.children import Line
from autograder.grading.process import Process, Sources
from autograder.grading.wire import Budget, Wire
from autograder.protocol.calls import Answer, Request, with_other
from autograder.protocol.exceptions import Thrown
from autograder.protocol.faults import CellFault
from autograder.protocol.frames import BadFrame
from autograder.protocol.messages import read_answer, read_thrown, request_header
from autograder.verdict import Outcome
from autograder.worker.used_names import known_names

if TYPE_CHECKING:
    from autograder.grading.submission import Grading
    from autograder.submissions.intake import Submission


@dataclass(frozen=True)
class CalledFile:
    """One exercise of a submission: all its files, and which of them is called."""

    files: dict[str, str]
    module: str
    forbidden: tuple[str, ...] = ()
    gpu_mebibytes: int | None = None  # of a GPU's memory; None: no GPU
    libraries: tuple[str, ...] = USUAL_LIBRARIES  # that it may import


@dataclass
class Reported:
    """What a worker said beside its answers."""

    forbidden: dict[str, list[str]] = field(default_factory=dict)  # before any code ran
    cells: list[CellFault] = field(default_factory=list)  # that failed at the import
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
        file: CalledFile,
        budget: Budget,
        call_seconds: float,
        names: Callable[[str], list[str]],
        process: Process | None = None,
        output_names: Callable[[str], list[str]] = lambda function: [],
    ) -> None:
        self.output_names = output_names
        self.reported = Reported()
        self.broken: Thrown | None = None  # the import raised this
        self.ended: Stopped | None = None  # the import did not come to an end
        self._file = file
        self._seconds = call_seconds
        self._names = names
        rules = {file.module: file.forbidden}
        alone = Sources(file.files, rules, file.gpu_mebibytes, file.libraries)
        self._process = process or Process(line, alone, budget, call_seconds)
        self._behind: Stopped | None = None  # until the next check: its child is gone
        self._stopped: dict[str, Stopped] = {}
        self._released: list[int] = []
        self._forget = False  # with the next message
        # Each child counts its graphs from 1. Ours tell them apart: a graph of a child
        # that died must not be released in the next one.
        self._graphs: dict[int, tuple[Wire, str, int]] = {}
        self._count = 0
        self._function = ""

    def start(self) -> None:
        """Import the file in a child; ``broken`` or ``ended`` say if that failed."""
        self._released.clear()
        self._forget = False  # nothing is known there of an earlier check
        try:
            self.broken = self._process.use(self._file.module)
        except Stopped as stopped:
            self.ended = stopped
        self.reported.forbidden = self._process.names(self._file.module)
        self.reported.absent = self._process.absent(self._file.module)
        self.reported.cells = self._process.faults(self._file.module)

    def call(self, request: Request) -> Answer:
        """Run one call in the child."""
        self._function = self._function_of(request)
        wire = self._wire_for(self._function)
        header = request_header(request) | self._news()
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
                self.reported.used.update(self._watched(part.used))
                if part.spent and request.device == "cuda":
                    self._leave_behind()
        if answer.graph is None:
            return answer
        self._count += 1
        self._graphs[self._count] = wire, self._function, answer.graph
        return with_other(answer, graph=self._count)

    def _watched(self, used: list[str]) -> frozenset[str]:
        """The names among a worker's words that its watch may tell.

        Any other word of its is the code's own, and may be a hidden input.
        """
        return known_names(self._file.forbidden).intersection(used)

    def backward(
        self, graph: int, cotangents: list[torch.Tensor | None]
    ) -> list[torch.Tensor | None] | Thrown:
        """Run one backward in the child that ran the call."""
        wire, self._function, number = self._graphs[graph]
        process = self._process
        if wire is not process.wire or process.exercise != self._file.module:
            raise Stopped(
                Outcome.CRASHED, f"the backward of {self._function}: its process ended"
            )
        header = {
            "do": "backward",
            "graph": number,
            "given": [cotangent is not None for cotangent in cotangents],
            **self._news(),
        }
        given = [cotangent for cotangent in cotangents if cotangent is not None]
        doing = f"the backward of {self._function}"
        try:
            reply, tensors = wire.ask(header, given, self._seconds, doing)
            if reply.get("thrown") is not None:
                if reply.get("spent") is True and self._file.gpu_mebibytes is not None:
                    self._leave_behind()
                return read_thrown(reply["thrown"])
            there = reply.get("given")
            if type(there) is not list or sum(map(bool, there)) != len(tensors):
                raise BadFrame("gradients that do not fit the request")
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
            if wire is not None and wire is self._process.wire:
                self._released.append(number)

    def forget(self) -> None:
        """A new check begins: objects of the last one are of no use."""
        self._released.clear()
        self._behind = None
        self._forget = True

    def parameter_names(self, function: str) -> list[str]:
        """Names of the parameters of the solution's function."""
        return self._names(function)

    def close(self) -> None:
        """End the child."""
        self._process.drop()

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
        process = self._process
        if process.exercise != self._file.module:
            self.start()
            if self.ended is not None:
                raise self.ended
        if self.broken is not None or process.wire is None:
            raise Stopped(Outcome.CRASHED, "the import failed")
        return process.wire

    def _gone(self, stopped: Stopped) -> Stopped:
        self._process.drop()
        function = self._function.partition(".")[0]
        if not self._process.spares(stopped, f"{self._file.module}.{function}"):
            # A new one: that which is raised holds on to the frames of its check.
            self._stopped[function] = Stopped(stopped.outcome, stopped.detail)
        return stopped

    def _leave_behind(self) -> None:
        """Let go of a child whose GPU does not answer any more; its code may go on.

        The next check gets a new one. In this check, objects of the old one are lost.
        """
        detail = f"{self._function}: an earlier error left the GPU useless"
        self._behind = Stopped(Outcome.CRASHED, detail)
        self._process.drop()

    def _news(self) -> dict[str, Any]:
        """What the child has to know before a call or a backward."""
        released, self._released = self._released, []
        forget, self._forget = self._forget, False
        return {"forget": forget, "release": released}


def callers_of(
    names: list[str],
    files: dict[str, str],
    submission: Submission,
    grading: Grading,
    line: Line,
    budget: Budget,
    ours: Collection[str] = (),
    right: Mapping[str, str] | None = None,
) -> tuple[Process, dict[str, RemoteCaller]]:
    """A process for these files, and who calls each of some exercises there.

    Those of them that are ``ours`` may use what students may not; what is ``right``
    takes the place of the function of that name, from the module that it names.
    """
    solution = grading.solution
    assignment = solution.assignment
    seconds = assignment.limits.call_seconds
    forbidden = {
        name: tuple(assignment.forbidden.get(name, ()))
        for name in names
        if name in files
    }
    sources = Sources(
        files,
        forbidden,
        grading.gpu_mebibytes,
        assignment.libraries,
        submission.data,
        ours,
        right or {},
        [name for name in names if solution.kernels(name).one_dnn],
    )
    process = Process(line, sources, budget, seconds)
    return process, {
        name: RemoteCaller(
            line,
            CalledFile(files, name, forbidden.get(name, ())),
            budget,
            seconds,
            partial(solution.parameter_names, name),
            process,
            partial(solution.output_names, name),
        )
        for name in names
    }
