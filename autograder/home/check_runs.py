"""Running a student's checks at home: from an exercise's file to its results.

Where there is no fork (Windows) the checks run in this process, and else in
`forks.py`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial

from autograder.checking.cell_faults import blamed, cell_notes
from autograder.checking.finding import Finding, blank_result
from autograder.checking.judging import fault_text, raised_from
from autograder.checking.leaving import left_autograd
from autograder.checking.loading import Check, names_asked_for
from autograder.checking.local import LocalCaller
from autograder.checking.places import placed
from autograder.checking.recognising import recognised
from autograder.checking.running import run_checks
from autograder.executor import compiler, cuda
from autograder.executor.hosting import CELLS_SHARE
from autograder.executor.leftovers import refuse_debugger
from autograder.executor.libraries import Libraries
from autograder.executor.loading_data import load_in_one_process
from autograder.executor.tuning import tune_for_small_tensors
from autograder.home.folder import HomeFolder
from autograder.home.forks import Forks, Spent, Told
from autograder.home.handing_in import (
    HomeNotebook,
    Work,
    missing_text,
    read_file,
    read_notebook,
)
from autograder.home.parity import CAN_FORK
from autograder.home.timing import TimedCaller
from autograder.home.workplace import (
    GuardedModules,
    Workplace,
    workplace,
)
from autograder.protocol.exceptions import thrown_facts
from autograder.sources.forbidden import forbidden_uses
from autograder.sources.refusal import why_refused
from autograder.sources.shared_notebooks import ended_notebooks
from autograder.verdict import CheckResult, Note, Outcome


def run_exercise(
    home: HomeFolder, exercise: str, checks: list[Check]
) -> Iterator[CheckResult]:
    """The results of one exercise's checks."""
    if home.notebook is not None:
        work = _notebook(home, home.notebook)
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
    for result in (_in_forks if CAN_FORK else _here)(home, exercise, checks):
        source = work.texts[exercise]
        yield left_autograd(placed(result, source), source)


def _remark(home: HomeFolder, notes: list[Note]) -> None:
    home.remarks.extend(note for note in notes if note not in home.remarks)


def _in_forks(
    home: HomeFolder, exercise: str, checks: list[Check]
) -> Iterator[CheckResult]:
    """Run the checks in forked children, each in a place of its own."""
    return Forks(
        exercise,
        home.assignment.limits.call_seconds,
        partial(_place, home),
        partial(_told, home, exercise),
        partial(_remark, home),
    ).results(checks)


def _here(
    home: HomeFolder, exercise: str, checks: list[Check]
) -> Iterator[CheckResult]:
    """Run the checks in this process, where there is no fork."""
    spent = "an earlier error left the GPU useless"
    found = {c.id: blank_result(c, Outcome.CRASHED, spent) for c in checks}
    with contextlib.suppress(Spent), _place(home) as place, place.entered():
        for news in _told(home, exercise, checks, place):
            if isinstance(news, list):
                _remark(home, news)
            else:
                found[news.id] = news
    yield from found.values()


def _told(
    home: HomeFolder,
    exercise: str,
    checks: list[Check],
    place: Workplace,
    passed: Collection[str] = (),
) -> Iterator[Told]:
    """The result of each check, and once more of each that an idea is named of.

    Where we fail ourselves, the rest is our fault.
    """
    done: set[str] = set()
    try:
        for news in _results(home, exercise, checks, place, passed):
            yield news
            if not isinstance(news, list):
                done.add(news.id)
    except Exception as error:  # a student's was caught where their code was called
        for check in checks:
            if check.id not in done:
                yield blank_result(check, Outcome.GRADER_FAULT, fault_text(error))


def _results(
    home: HomeFolder,
    exercise: str,
    checks: list[Check],
    place: Workplace,
    passed: Collection[str] = (),
) -> Iterator[Told]:
    """Import the student's file here and run its checks; ideas are named at the end.

    What is to be remarked on its cells comes first.
    """
    tune_for_small_tensors()
    compiler.leave_out()  # as in grading: no call of theirs pays for its import
    load_in_one_process()
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
            raise Spent
    for before, after in zip(found, recognised(found, home.lookalikes)):
        if after.result != before.result:
            yield after.result


def _place(home: HomeFolder) -> AbstractContextManager[Workplace]:
    """Where the code runs: a copy of the folder, or of what lies with the notebook."""
    if home.notebook is None:
        return workplace(home.assignment.folder)
    return workplace(home.notebook.folder, _notebook(home, home.notebook).texts)


def _notebook(home: HomeFolder, notebook: HomeNotebook) -> Work:
    """What is read of a notebook, as each exercise has it."""
    work = read_notebook(notebook, home.assignment)
    names = names_asked_for(home.checks)
    return replace(work, texts=ended_notebooks(work.texts, names))


def _refusal(
    home: HomeFolder, exercise: str, modules: GuardedModules
) -> Callable[[Check], str | None]:
    patterns = home.assignment.forbidden.get(exercise, ())
    found = forbidden_uses(modules.texts(), exercise, patterns)
    return lambda check: why_refused(found, check.function)
