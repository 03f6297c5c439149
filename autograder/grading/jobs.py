"""Work on several cores: forked jobs of one process, one piece of work at a time.

Jobs share the one import of torch. Submissions and mutants are graded in them, and
numbers are measured. A job that dies (out of memory, a bug of ours) costs its piece a
second try, and after that the piece is lost: the class goes on.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, TypeVar

from autograder.errors import CourseError
from autograder.grading.limits import MAX_TRIES
from autograder.sandbox import die_with_parent

Equipment = TypeVar("Equipment")


@dataclass(frozen=True)
class Event:
    """News of one piece of work."""

    kind: str  # "started", "done", "lost"
    work: Any
    result: Any = None  # of "done"; why, of "lost"


@dataclass(frozen=True)
class _Failure:
    """What a job sends before it ends with an error."""

    reason: str


@dataclass(frozen=True)
class Jobs(Generic[Equipment]):
    """What jobs do, and with what.

    ::

        Jobs(zygote.cleared_line, grade_one).run(entries, count=4)

    Attributes:
        equip: what a job keeps for all its pieces, from the job's number; called once
            in each.
        do: does one piece with it. Pieces and results must be picklable; what is here
            need not be.
        tries: of a piece whose job was lost.
    """

    equip: Callable[[int], Equipment]
    do: Callable[[Any, Equipment], Any]
    tries: int = MAX_TRIES

    def run(self, work: list[Any], count: int) -> Iterator[Event]:
        """Do all pieces on ``count`` jobs; yield news as they come.

        No operator that starts threads, such as a backward, may have run here before:
        threads do not survive a fork.
        """
        context = multiprocessing.get_context("fork")
        waiting = deque((piece, 1) for piece in work)
        running: dict[Connection, _Job] = {}
        finished = False
        try:
            for index in range(min(count, len(work))):
                job = _Job(context, self, index)
                running[job.pipe] = job
                yield from job.next(waiting)
            while any(job.piece is not None for job in running.values()):
                busy = [pipe for pipe, job in running.items() if job.piece is not None]
                for pipe in wait(busy):
                    assert isinstance(pipe, Connection)
                    job = running[pipe]
                    try:
                        result = pipe.recv()
                    except (EOFError, OSError):
                        result = _Failure("")
                    if isinstance(result, _Failure):
                        del running[pipe]
                        yield from _lost(job, self.tries, waiting, result.reason)
                        if waiting:
                            job = _Job(context, self, job.index)
                            running[job.pipe] = job
                            yield from job.next(waiting)
                        continue
                    piece, job.piece = job.piece, None
                    yield Event("done", piece, result)
                    yield from job.next(waiting)
            finished = True
        finally:
            if not finished:  # whoever stops us does not want to wait for their work
                for job in running.values():
                    job.process.kill()
            # A job holds copies of the pipes of those before it; they end with it.
            for job in running.values():
                job.pipe.close()
            for job in running.values():
                job.close()


def shared(
    work: list[Any], count: int, do: Callable[[Any], Any], doing: Callable[[Any], str]
) -> Iterator[tuple[Any, Any]]:
    """Do pieces of work of our own; yield each with its result, in no order.

    Args:
        work: the pieces.
        count: how many are done at a time.
        do: what to do with each.
        doing: names what was being done with one, for the error.

    Raises:
        CourseError: a process failed or died: what it did would be missing.
    """
    jobs = Jobs(lambda index: None, lambda piece, _: do(piece), tries=1)
    for event in jobs.run(work, count):
        if event.kind == "lost":
            raise CourseError(
                f"{doing(event.work)} failed: {event.result}; fix it, or run it again "
                "with --jobs 1 to see more"
            )
        if event.kind == "done":
            yield event.work, event.result


def _lost(
    job: _Job, tries: int, waiting: deque[tuple[Any, int]], reason: str
) -> Iterator[Event]:
    job.close()
    if job.tries < tries:
        waiting.append((job.piece, job.tries + 1))
        return
    code = job.process.exitcode
    unnamed = f"the grader's job ended with code {code}"
    yield Event("lost", job.piece, reason or unnamed)


class _Job:
    """One forked process, and the piece that it works on."""

    def __init__(self, context: Any, jobs: Jobs[Any], index: int) -> None:
        self.index = index
        self.piece: Any = None
        self.tries = 0
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=_work, args=(theirs, self.pipe, jobs, index, os.getpid())
        )
        self.process.start()
        theirs.close()

    def next(self, waiting: deque[tuple[Any, int]]) -> Iterator[Event]:
        if waiting:
            self.piece, self.tries = waiting.popleft()
            # One that is dead already is found out when its answer is awaited.
            with contextlib.suppress(OSError):
                self.pipe.send(self.piece)
            yield Event("started", self.piece)

    def close(self) -> None:
        self.pipe.close()
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _work(
    pipe: Connection, parents: Connection, jobs: Jobs[Any], index: int, parent: int
) -> None:
    # The terminal's Ctrl-C goes to all; the grader decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(parent)
    parents.close()
    try:
        equipment = jobs.equip(index)
        while True:
            piece = _next_piece(pipe)
            _say(pipe, jobs.do(piece, equipment))
    except BaseException as error:  # of ours, whatever it is: the class goes on
        _say(pipe, _Failure(_reason(error)))
        os._exit(3)


def _next_piece(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except (EOFError, OSError):  # the grader has no more work, or is gone
        os._exit(0)


def _say(pipe: Connection, result: Any) -> None:
    content = ForkingPickler.dumps(result)  # what cannot be pickled is our fault
    try:
        pipe.send_bytes(content)
    except OSError:
        os._exit(0)


def _reason(error: BaseException) -> str:
    """The end of the traceback on one line: where, which error, and its words."""
    words = " ".join("".join(traceback.format_exception_only(error)).split())
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return words
    return f"{words} (at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno})"
