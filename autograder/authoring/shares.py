"""Pieces of work of our own, shared among forked processes.

Unlike ``grading.jobs``, which grades what others wrote, this needs no sandbox: what
runs here is the author's, and a process that dies ends the whole.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from autograder.errors import CourseError
from autograder.sandbox import die_with_parent

Piece = TypeVar("Piece")
Result = TypeVar("Result")
_do: list[Callable[[Any], Any]] = []  # in a process: what to do with each piece


def share(
    pieces: Sequence[Piece], do: Callable[[Piece], Result], processes: int
) -> Iterator[Result]:
    """Do every piece; yield the results as they come, in no order.

    With one process, and where there is no fork, all is done in this one. Else no
    backward may have run here before: its threads do not survive a fork.

    Args:
        pieces: they and their results must be picklable; ``do`` need not be.
        do: what to do with each.
        processes: how many work at a time.

    Raises:
        CourseError: a process failed or died; the text says of what.
    """
    if processes == 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(do, pieces)
        return
    pool = ProcessPoolExecutor(
        min(processes, len(pieces)) or 1,
        multiprocessing.get_context("fork"),
        initializer=_begin,
        initargs=(do, os.getpid()),
    )
    try:
        for done in as_completed([pool.submit(_one, piece) for piece in pieces]):
            try:
                yield done.result()
            except BrokenProcessPool:
                raise CourseError(
                    "a process that measures has ended; run it again with --jobs 1 "
                    "to see why"
                ) from None
            except Exception as error:
                raise CourseError(
                    f"measuring failed: {type(error).__name__}: {error}; fix it"
                ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _begin(do: Callable[[Any], Any], parent: int) -> None:
    # The terminal's Ctrl-C goes to all; who waits for the results decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(parent)
    _do.append(do)


def _one(piece: Any) -> Any:
    return _do[-1](piece)
