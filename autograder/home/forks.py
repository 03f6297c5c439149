"""Checks in forked copies of this process, for which torch is warm.

A fork costs milliseconds. Code that kills its process, or never returns, costs the
checks of its own function and leaves the report whole.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass

from autograder.checking.finding import blank_result
from autograder.checking.loading import Check
from autograder.checking.strict import running_order
from autograder.home.endings import (
    Asked,
    Ended,
    death,
    import_without_end,
    out_of_time,
    waited,
)
from autograder.home.limits import CALLS_IN_A_CHECK, CHUNK_BYTES, GRACE_SECONDS
from autograder.home.workplace import Workplace, bound_files
from autograder.verdict import CheckResult, Note, Outcome
from autograder.verdict_file import check_from

_SPENT = 75  # exit code of a child whose GPU does not answer: another one goes on

Told = CheckResult | list[Note]  # a result, or what is to be remarked on cells
Run = Callable[[list[Check], Workplace, set[str]], Iterator[Told]]


class Spent(BaseException):
    """The GPU does not answer this process any more; another one can go on."""


@dataclass(frozen=True)
class Forks:
    """Runs the checks of an exercise in one child, or in some where one ends early.

    Attributes:
        exercise: the name of its file.
        call_seconds: CPU seconds of one call.
        place: a folder of its own for a child to run in.
        run: what a child does there with checks and the names of those that passed
            before; the first news comes when the file is imported.
        remark: is told what is to be remarked on cells.
    """

    exercise: str
    call_seconds: float
    place: Callable[[], AbstractContextManager[Workplace]]
    run: Run
    remark: Callable[[list[Note]], None]

    def results(self, checks: list[Check]) -> Iterator[CheckResult]:
        """The result of each check, in their order."""
        results: dict[str, CheckResult] = {}
        lost: dict[str, Ended] = {}  # by function: what its process came to
        while True:
            for check in checks:
                if check.id not in results and check.function in lost:
                    end = lost[check.function]
                    results[check.id] = blank_result(check, end.outcome, end.detail)
            left = [c for c in running_order(checks) if c.id not in results]
            if not left:
                break
            passed = {
                check.name
                for check in checks
                if check.id in results and results[check.id].outcome is Outcome.PASSED
            }
            for news in self._one_child(left, passed):
                if isinstance(news, Ended) and news.of_import:
                    lost |= {check.function: news for check in left}
                elif isinstance(news, Ended):
                    culprit = next(check for check in left if check.id not in results)
                    lost[culprit.function] = news
                elif isinstance(news, list):
                    self.remark(news)
                else:
                    results[news.id] = news
        for check in checks:
            yield results[check.id]

    def _one_child(
        self, checks: list[Check], passed: set[str]
    ) -> Iterator[Told | Ended]:
        """Told as they come; ``Ended`` last, where the child ends before the checks."""
        with self.place() as place:
            reader, writer = os.pipe()
            sys.stdout.flush()
            asked = Asked()
            pid = os.fork()
            if pid == 0:
                os.close(reader)
                asked.answer()
                self._live(checks, place, passed, writer)
            os.close(writer)
            yield from self._heard(pid, reader, asked, len(checks))

    def _heard(
        self, pid: int, reader: int, asked: Asked, count: int
    ) -> Iterator[Told | Ended]:
        # A check makes a few calls, of which only one can run out of its time.
        patience = CALLS_IN_A_CHECK * self.call_seconds + GRACE_SECONDS
        buffer = b""
        told: set[str] = set()
        imported = False
        ended: Ended | None = None
        try:
            while True:
                ready, _, _ = select.select([reader], [], [], patience)
                part = os.read(reader, CHUNK_BYTES) if ready else b""
                if not ready:
                    ended = out_of_time(patience)
                    if not imported:
                        stuck = asked.where(pid, self.exercise)
                        ended = import_without_end(self.exercise, patience, stuck)
                if not part:
                    break
                imported = True
                *lines, buffer = (buffer + part).split(b"\n")
                for line in lines:
                    news = _read(line)
                    if isinstance(news, CheckResult):
                        told.add(news.id)
                    yield news
        except BaseException:  # an interrupt, say: nobody waits for it any more
            os.kill(pid, signal.SIGKILL)
            raise
        finally:
            os.close(reader)
            asked.close()
            if ended is not None:
                os.kill(pid, signal.SIGKILL)
            _, status = waited(pid)
        if ended is not None:
            yield ended
        elif len(told) < count and not (told and os.WEXITSTATUS(status) == _SPENT):
            yield Ended(Outcome.CRASHED, death(status))

    def _live(
        self, checks: list[Check], place: Workplace, passed: set[str], writer: int
    ) -> None:
        """The child's life: run the checks, write a line of each; never returns."""
        status = 70
        try:
            bound_files()
            with (
                os.fdopen(writer, "w", encoding="utf-8", closefd=False) as pipe,
                place.entered(),
            ):
                for news in self.run(checks, place, passed):
                    pipe.write(f"{_line(news)}\n")
                    pipe.flush()
            status = 0
        except Spent:
            status = _SPENT
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)


def _line(news: Told) -> str:
    """Told as a line of JSON."""
    if isinstance(news, list):
        return json.dumps({"cells": [[note.kind, note.text] for note in news]})
    return json.dumps(asdict(news) | {"outcome": news.outcome.value})


def _read(line: bytes) -> Told:
    document = json.loads(line)
    if "cells" in document:
        return [Note(*note) for note in document["cells"]]
    return check_from(document)
