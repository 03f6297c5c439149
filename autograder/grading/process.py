"""The process of one submission: a child that all its exercises share.

Imports and reading cost an exercise once. A child that dies or hangs is lost for the
others too; the next of them to be used gets a new one, in which its file is imported
again. So does an exercise after one whose code has changed what all of them see.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import torch

from autograder.checking.callers import Stopped
from autograder.course.assignment import USUAL_LIBRARIES
from autograder.executor import cuda
from autograder.executor.hosting import CELLS_SHARE
from autograder.grading.children import Child, Line
from autograder.grading.limits import GPU_PROBLEM_CHARACTERS, GPU_SECONDS
from autograder.grading.wire import Budget, Killed, Wire
from autograder.protocol.exceptions import Thrown
from autograder.protocol.faults import CellFault, read_faults
from autograder.protocol.frames import BadFrame
from autograder.protocol.messages import read_thrown
from autograder.sources.imports import absent_in
from autograder.sources.refusal import UNREADABLE
from autograder.verdict import Outcome


class GpuError(RuntimeError):
    """The GPU does not start in a child. No student's code has run there yet."""


@dataclass(frozen=True)
class Sources:
    """What a worker is told of a submission: its files, and what each may not use."""

    files: dict[str, str]
    forbidden: Mapping[str, tuple[str, ...]]  # by exercise; each one has an entry
    gpu_mebibytes: int | None = None  # of a GPU's memory; None: no GPU
    libraries: Sequence[str] = USUAL_LIBRARIES  # that they may import
    data: Mapping[str, bytes] = field(default_factory=dict)  # that they may read
    ours: Collection[str] = ()  # files that are not read for what they may not use
    # The module that has what takes the place of a function, by the function's name.
    right: Mapping[str, str] = field(default_factory=dict)
    one_dnn: Collection[str] = ()  # exercises with float32 calls that run with oneDNN


class Process:
    """A child while there is one, and which exercise is in use there."""

    def __init__(
        self, line: Line, sources: Sources, budget: Budget, seconds: float
    ) -> None:
        self.wire: Wire | None = None
        self.exercise: str | None = None
        self._line = line
        self._sources = sources
        self._budget = budget
        self._seconds = seconds
        self._names: dict[str, dict[str, list[str]]] = {}
        self._absent: dict[str, dict[str, list[str]]] = {}
        self._unreadable: dict[str, Stopped] = {}
        self._faults: dict[str, list[CellFault]] = {}
        self._tried: set[str] = set()  # what a child was doing that was killed

    def names(self, exercise: str) -> dict[str, list[str]]:
        """The forbidden names that its functions use, read before any code ran."""
        return self._names.get(exercise, {})

    def faults(self, exercise: str) -> list[CellFault]:
        """The cells of its notebook that failed, in its first import.

        That one was made before any check ran. What a child says of a later one may be
        an input of a hidden check.
        """
        return self._faults.get(exercise, [])

    def absent(self, exercise: str) -> dict[str, list[str]]:
        """Libraries that it imports and that are not there, by file; read as well."""
        return self._absent.get(exercise, {})

    def use(self, exercise: str) -> Thrown | None:
        """Go on with an exercise, imported if need be; what its import raised.

        Raises:
            Stopped: reading or importing it came to no end.
            GpuError: no child with a GPU can be had.
        """
        alone = self.wire is None
        while True:
            wire = self._ready(exercise)
            self.exercise = exercise
            try:
                thrown, changed = self._ask_to_use(wire, exercise)
            except Stopped as stopped:
                self.drop()
                if self.spares(stopped, f"importing {exercise}"):
                    continue
                # What another exercise left behind may have ended it. Not a loop: it
                # would take its time twice.
                if alone or stopped.outcome is Outcome.OUT_OF_TIME:
                    raise
            else:
                if not changed:
                    return thrown
                self.drop()
                if alone:  # only a child that lies finds changes where nothing has run
                    raise Stopped(
                        Outcome.CRASHED,
                        f"importing {exercise}.py: the process tells of changes by "
                        "code that has not run in it",
                    )
            alone = True

    def spares(self, stopped: Stopped, doing: str) -> bool:
        """Whether that may be begun once more, since its child was killed from outside.

        So it is once for each thing that a child does; ``stopped`` then says so.
        """
        stopped.again = isinstance(stopped, Killed) and doing not in self._tried
        if stopped.again:
            self._tried.add(doing)
        return stopped.again

    def drop(self) -> None:
        """End the child; the next exercise to be used gets a new one."""
        self.exercise = None
        if self.wire is not None:
            self.wire.child.close()
            self.wire.child.wait(5)
            self.wire = None

    def _ask_to_use(self, wire: Wire, exercise: str) -> tuple[Thrown | None, bool]:
        doing = f"importing {exercise}.py"
        header = {"do": "use", "module": exercise}
        report, _ = wire.ask(header, [], self._seconds, doing)
        thrown = report.get("thrown")
        try:
            found = None if thrown is None else read_thrown(thrown)
            self._faults.setdefault(exercise, read_faults(report.get("cells")))
        except BadFrame as error:
            raise Stopped(Outcome.CRASHED, f"{doing}: {error}") from None
        return found, bool(report.get("changed"))

    def _ready(self, exercise: str) -> Wire:
        """The child, once every exercise has been read or its reading has ended one."""
        while exercise not in self._unreadable:
            if self.wire is not None:
                return self.wire
            child = self._line.spawn()
            before = len(self._unreadable)
            try:
                self.wire = self._introduce(child)
            except BaseException as error:
                child.close()
                if isinstance(error, Stopped) and (
                    error.again or len(self._unreadable) > before
                ):
                    continue  # one file less to read, in the next child
                raise
        known = self._unreadable[exercise]
        raise Stopped(known.outcome, known.detail)

    def _introduce(self, child: Child) -> Wire:
        """Tell a child of the submission, and let it read what has not been read yet.

        Before a line of the submission runs: from then on a child's words are its.
        """
        wire = Wire(child, self._budget)
        sources = self._sources
        known = {*self._names, *self._unreadable}
        unread = [name for name in sources.forbidden if name not in known]
        header = {
            "files": list(sources.files),
            "forbidden": {name: list(of) for name, of in sources.forbidden.items()},
            "unread": unread,
            "gpu": sources.gpu_mebibytes,
            "gpu_chosen": cuda.chosen(),
            "cell_seconds": CELLS_SHARE * self._seconds,
            "libraries": list(sources.libraries),
            "data": list(sources.data),
            "ours": list(sources.ours),
            "right": dict(sources.right),
            "one_dnn": list(sources.one_dnn),
        }
        texts = [
            text.encode("utf-8", "surrogatepass") for text in sources.files.values()
        ]
        # Not in the header, which is bounded as an answer's is.
        wire.tell(
            header, [_bytes(content) for content in [*texts, *sources.data.values()]]
        )
        if sources.gpu_mebibytes is not None:
            _await_the_gpu(wire)
        for name in unread:
            try:
                scan, _ = wire.answer(self._seconds, f"reading {name}.py")
            except Stopped as stopped:  # the next child reads the others
                if not self.spares(stopped, f"reading {name}"):
                    self._unreadable[name] = Stopped(stopped.outcome, stopped.detail)
                raise
            self._names[name] = _names_by_function(scan)
            self._absent[name] = absent_in(scan)
        return wire


def _bytes(content: bytes) -> torch.Tensor:
    if not content:
        return torch.empty(0, dtype=torch.uint8)
    return torch.frombuffer(bytearray(content), dtype=torch.uint8)


def _await_the_gpu(wire: Wire) -> None:
    try:
        told = wire.free_answer(GPU_SECONDS, "starting the GPU")
    except Stopped as stopped:  # none of the student's code has run
        raise GpuError(stopped.detail) from None
    if told.get("gpu") is not None:
        raise GpuError(
            f"the GPU does not start: {str(told['gpu'])[:GPU_PROBLEM_CHARACTERS]}"
        )


def _names_by_function(scan: dict[str, object]) -> dict[str, list[str]]:
    found = scan.get("forbidden")
    if not isinstance(found, dict):
        return {UNREADABLE: ["the reading for names that are not allowed failed"]}
    return {str(name): [str(use) for use in uses] for name, uses in found.items()}
