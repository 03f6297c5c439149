"""Pieces of work of our own, shared among forked processes.

Unlike ``jobs``, which grades what others wrote, this needs no sandbox: what runs here
is the author's, and a process that dies ends the whole.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from autograder.errors import CourseError
from autograder.sandbox import die_with_parent

Piece = TypeVar("Piece")
Result = TypeVar("Result")


@dataclass(frozen=True)
class _Failure:
    """The last word of a process that cannot go on."""

    reason: str


def share(
    pieces: Sequence[Piece], do: Callable[[Piece], Result], processes: int
) -> Iterator[Result]:
    """Do every piece; yield the results as they come, in no order.

    With one process, and where there is no fork, all is done in this one. Else no
    backward may have run here before: its threads do not survive a fork.

    Args:
        pieces: of about the same size; they are dealt out in turn.
        do: what to do with each; its results must be picklable.
        processes: how many work at a time.

    Raises:
        CourseError: a process failed or died; the text says of what.
    """
    if processes == 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(do, pieces)
        return
    context: Any = multiprocessing.get_context("fork")
    running: dict[Connection, Any] = {}
    try:
        for index in range(min(processes, len(pieces))):
            ours, theirs = context.Pipe(duplex=False)
            hand = pieces[index::processes]
            process = context.Process(
                target=_work, args=(theirs, hand, do, os.getpid())
            )
            process.start()
            theirs.close()
            running[ours] = process
        while running:
            for pipe in wait(list(running)):
                assert isinstance(pipe, Connection)
                try:
                    result = pipe.recv()
                except EOFError:
                    process = running.pop(pipe)
                    process.join()
                    if process.exitcode != 0:
                        raise CourseError(
                            f"a process that measures ended with code "
                            f"{process.exitcode}; run it again with --jobs 1 to see why"
                        ) from None
                    continue
                if isinstance(result, _Failure):
                    raise CourseError(f"measuring failed: {result.reason}")
                yield result
    finally:
        for pipe, process in running.items():
            process.kill()
            process.join()
            pipe.close()


def _work(
    pipe: Connection,
    pieces: Sequence[Piece],
    do: Callable[[Piece], Result],
    parent: int,
) -> None:
    # The terminal's Ctrl-C goes to all; who waits for the results decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(parent)
    try:
        for piece in pieces:
            pipe.send(do(piece))
    except BaseException as error:
        traceback.print_exc()
        pipe.send(_Failure(f"{type(error).__name__}: {error}; fix it"))
    pipe.close()
    os._exit(0)
