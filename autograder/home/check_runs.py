"""Running a student's checks at home, each exercise in a forked copy of this process.

The fork costs milliseconds and keeps torch warm; code that kills its process, or never
returns, costs the checks of its own function and leaves the report whole. Where there
is no fork (Windows) the checks run in this process.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, replace

from autograder.checking.cell_faults import blamed, cell_notes
from autograder.checking.finding import Finding, blank_result
from autograder.checking.judging import fault_text, raised_from
from autograder.checking.leaving import left_autograd
from autograder.checking.loading import Check
from autograder.checking.local import LocalCaller
from autograder.checking.places import placed
from autograder.checking.recognising import recognised
from autograder.checking.running import run_checks
from autograder.checking.strict import running_order
from autograder.executor import compiler, cuda
from autograder.executor.hosting import CELLS_SHARE
from autograder.executor.leftovers import refuse_debugger
from autograder.executor.libraries import Libraries
from autograder.executor.tuning import tune_for_small_tensors
from autograder.home.endings import (
    Asked,
    Ended,
    death,
    import_without_end,
    out_of_time,
    waited,
)
from autograder.home.folder import HomeFolder
from autograder.home.handing_in import missing_text, read_file, read_notebook_file
from autograder.home.limits import CALLS_IN_A_CHECK, CHUNK_BYTES, GRACE_SECONDS
from autograder.home.parity import CAN_FORK
from autograder.home.timing import TimedCaller
from autograder.home.workplace import (
    GuardedModules,
    Workplace,
    bound_files,
    workplace,
)
from autograder.protocol.exceptions import thrown_facts
from autograder.sources.forbidden import forbidden_uses, why_refused
from autograder.verdict import CheckResult, Note, Outcome, check_from

_SPENT = 75  # exit code of a child whose GPU does not answer: another one goes on


def run_exercise(
    home: HomeFolder, exercise: str, checks: list[Check]
) -> Iterator[CheckResult]:
    """The results of one exercise's checks."""
    if home.notebook is not None:
        work = read_notebook_file(home.notebook, home.assignment)
        if exercise not in {*work.texts, *work.problems}:
            return  # the notebook is named after another exercise
    else:
        path = home.assignment.module(exercise)
        if not path.is_file():
            for check in checks:
                detail = missing_text(path.name)
                yield blank_result(check, Outcome.NOT_ATTEMPTED, detail)
            return
        work = read_file(path)
    _remark(home, work.notes)
    if exercise in work.problems:
        for check in checks:
            detail = work.problems[exercise].text
            yield blank_result(check, Outcome.UNREADABLE, detail)
        return
    for result in (_forked if CAN_FORK else _here)(home, exercise, checks):
        source = work.texts[exercise]
        yield left_autograd(placed(result, source), source)


def _remark(home: HomeFolder, notes: list[Note]) -> None:
    home.remarks.extend(note for note in notes if note not in home.remarks)


def _here(
    home: HomeFolder, exercise: str, checks: list[Check]
) -> Iterator[CheckResult]:
    """Run the checks in this process, where there is no fork."""
    spent = "an earlier error left the GPU useless"
    found = {c.id: blank_result(c, Outcome.CRASHED, spent) for c in checks}
    with contextlib.suppress(_Spent), _place(home) as place, place.entered():
        for line in _lines(home, exercise, checks, place):
            if (result := _told(home, line)) is not None:
                found[result.id] = result
    yield from found.values()


def _lines(
    home: HomeFolder,
    exercise: str,
    checks: list[Check],
    place: Workplace,
    passed: Collection[str] = (),
) -> Iterator[str]:
    """A line of JSON for each check, and one more for each that an idea is named of.

    Where we fail ourselves, the rest is our fault.
    """
    done: set[str] = set()
    try:
        for result in _results(home, exercise, checks, place, passed):
            if isinstance(result, list):
                yield json.dumps({"cells": [[n.kind, n.text] for n in result]})
                continue
            line = _line(result)
            done.add(result.id)
            yield line
    except Exception as error:  # a student's was caught where their code was called
        for check in checks:
            if check.id not in done:
                yield _line(
                    blank_result(check, Outcome.GRADER_FAULT, fault_text(error))
                )


def _told(home: HomeFolder, line: str | bytes) -> CheckResult | None:
    """The result of a line; remarks on cells are kept."""
    document = json.loads(line)
    if "cells" not in document:
        return check_from(document)
    _remark(home, [Note(*note) for note in document["cells"]])
    return None


def _line(result: CheckResult) -> str:
    return json.dumps(asdict(result) | {"outcome": result.outcome.value})


def _results(
    home: HomeFolder,
    exercise: str,
    checks: list[Check],
    place: Workplace,
    passed: Collection[str] = (),
) -> Iterator[CheckResult | list[Note]]:
    """Import the student's file here and run its checks; ideas are named at the end.

    What is to be remarked on its cells comes first.
    """
    tune_for_small_tensors()
    compiler.leave_out()  # as in grading: no call of theirs pays for its import
    refuse_debugger()
    assignment = home.assignment
    wanted = "cuda" in home.devices.here
    cuda.allow(assignment.limits.gpu_memory_mebibytes if wanted else None)
    if wanted:
        cuda.start()  # now, so that no call of theirs takes so long
    modules = GuardedModules(
        place,
        Libraries(assignment.libraries, place.modules),
        CELLS_SHARE * assignment.limits.call_seconds,
    )
    source = modules.text(exercise)
    try:
        module = modules.load(exercise)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever their file raises is theirs
        thrown = thrown_facts(error, modules.sources)
        raised = raised_from(thrown)
        for check in checks:
            yield replace(blank_result(check, Outcome.CRASHED), raised=raised)
        return
    faults = modules.faults.get(exercise, [])
    yield cell_notes(faults, source)
    local = LocalCaller(module, modules.sources, modules.visible)
    caller = TimedCaller(local, assignment.limits.call_seconds, modules.sources)
    refused = _refusal(home, exercise, modules)
    findings = run_checks(
        checks,
        caller,
        assignment.public_seed,
        refused,
        devices=home.devices,
        passed=passed,
        reference=home.reference_work,
    )
    found: list[Finding] = []
    for finding in findings:
        found.append(finding)
        result = blamed(finding.result, faults, source)
        yield home.reference_work.beside(finding.check, result)
        if local.spent:
            raise _Spent
    for before, after in zip(found, recognised(found, home.lookalikes)):
        if after.result != before.result:
            yield after.result


def _place(home: HomeFolder) -> AbstractContextManager[Workplace]:
    """Where the code runs: a copy of the folder, or of what lies with the notebook."""
    if home.notebook is None:
        return workplace(home.assignment.folder)
    texts = read_notebook_file(home.notebook, home.assignment).texts
    return workplace(home.notebook.parent, texts)


class _Spent(BaseException):
    """The GPU does not answer this process any more; another one can go on."""


def _refusal(
    home: HomeFolder, exercise: str, modules: GuardedModules
) -> Callable[[Check], str | None]:
    patterns = home.assignment.forbidden.get(exercise, ())
    found = forbidden_uses(modules.texts(), exercise, patterns)
    return lambda check: why_refused(found, check.function)


def _forked(
    home: HomeFolder, exercise: str, checks: list[Check]
) -> Iterator[CheckResult]:
    """Run the checks in forked children; a new one where one dies or hangs."""
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
        with _place(home) as place:  # each child has its own
            for news in _one_child(home, exercise, left, place, passed):
                if isinstance(news, Ended) and news.of_import:
                    lost |= {check.function: news for check in left}
                elif isinstance(news, Ended):
                    culprit = next(check for check in left if check.id not in results)
                    lost[culprit.function] = news
                else:
                    results[news.id] = news
    for check in checks:
        yield results[check.id]


def _one_child(
    home: HomeFolder,
    exercise: str,
    checks: list[Check],
    place: Workplace,
    passed: set[str],
) -> Iterator[CheckResult | Ended]:
    """Results as they come; ``Ended`` last, where they end before the checks do."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    asked = Asked()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        asked.answer()
        _child(home, exercise, checks, place, passed, writer)
    os.close(writer)
    call_seconds = home.assignment.limits.call_seconds
    patience = CALLS_IN_A_CHECK * call_seconds + GRACE_SECONDS
    buffer = b""
    told: set[str] = set()
    imported = False  # the first line comes when the file is
    ended: Ended | None = None
    try:
        while True:
            ready, _, _ = select.select([reader], [], [], patience)
            part = os.read(reader, CHUNK_BYTES) if ready else b""
            if not ready:
                ended = out_of_time(patience)
                if not imported:
                    stuck = asked.where(pid, exercise)
                    ended = import_without_end(exercise, patience, stuck)
            if not part:
                break
            imported = True
            *lines, buffer = (buffer + part).split(b"\n")
            for line in lines:
                result = _told(home, line)
                if result is not None:
                    told.add(result.id)
                    yield result
    finally:
        os.close(reader)
        asked.close()
        if ended is not None:
            os.kill(pid, signal.SIGKILL)
        _, status = waited(pid)
    if ended is not None:
        yield ended
    elif len(told) < len(checks) and not (told and os.WEXITSTATUS(status) == _SPENT):
        yield Ended(Outcome.CRASHED, death(status))


def _child(
    home: HomeFolder,
    exercise: str,
    checks: list[Check],
    place: Workplace,
    passed: set[str],
    writer: int,
) -> None:
    """Run the checks and write a line for each; never returns."""
    status = 70
    try:
        bound_files()
        with (
            os.fdopen(writer, "w", encoding="utf-8", closefd=False) as pipe,
            place.entered(),
        ):
            for line in _lines(home, exercise, checks, place, passed):
                pipe.write(f"{line}\n")
                pipe.flush()
        status = 0
    except _Spent:
        status = _SPENT
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
