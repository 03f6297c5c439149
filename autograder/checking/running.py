"""Running checks against a student's module, wherever that module lives."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from autograder.checking.callers import Caller, Stopped
from autograder.checking.case import (
    GRADIENT,
    SETTINGS,
    CaseRun,
    begin,
    case_seed,
)
from autograder.checking.devices import ON_THE_CPU, Devices
from autograder.checking.draw import Draw
from autograder.checking.facts import describe
from autograder.checking.judging import fault_text, judge
from autograder.checking.loading import Case, Check
from autograder.checking.observing import Signature, signature_of
from autograder.checking.student import Student
from autograder.checking.work import work_of
from autograder.verdict import Call, CheckResult, Outcome, Work

MAX_EXAMPLES = 25
PHASES = ("explicit", "generate", "shrink")


@dataclass(frozen=True)
class Finding:
    """The result of a check, and what was observed of the case that failed."""

    result: CheckResult
    signature: Signature | None = None
    numeric: bool = False  # floating-point values were compared


def run_checks(
    checks: list[Check],
    caller: Caller,
    seed: int,
    diagnose: Callable[[Check, Finding], Finding] | None = None,
    refused: Callable[[Check], str | None] | None = None,
    *,
    devices: Devices = ON_THE_CPU,
    passed: Collection[str] = (),
) -> Iterator[Finding]:
    """Run the checks of one exercise in order, each over its settings and cases.

    Args:
        checks: of one exercise, in the order of their file.
        caller: who runs the student's code.
        seed: of the run; each case derives its own.
        diagnose: adds the idea that is wrong to a finding.
        refused: why a check is not run at all, such as a forbidden name in its
            function's source; None where nothing speaks against it.
        devices: those of this run.
        passed: names of checks that passed before, for ``@after``.
    """
    passed = set(passed)
    for check in checks:
        why_not = refused(check) if refused is not None else None
        waiting = next((name for name in check.after if name not in passed), None)
        if why_not is not None:
            finding = Finding(blank_result(check, Outcome.REFUSED, detail=why_not))
        elif waiting is not None:
            result = blank_result(check, Outcome.WAITING)
            waits_for = f"{check.exercise}::{waiting}"
            finding = Finding(replace(result, waiting_for=waits_for))
        else:
            finding = run_check(check, caller, seed, devices)
            if diagnose is not None and finding.result.outcome is not Outcome.PASSED:
                finding = diagnose(check, finding)
        if finding.result.outcome is Outcome.PASSED:
            passed.add(check.name)
        yield finding


def run_check(
    check: Check, caller: Caller, seed: int, devices: Devices = ON_THE_CPU
) -> Finding:
    """Run one check until a case fails."""
    caller.forget()
    numeric = False
    work: Work | None = None
    for name in devices.settings(check.settings):
        for case in check.cases:
            run = CaseRun(SETTINGS[name], case_seed(seed, check.id, case.id))
            failed = run_case(check, case, caller, run)
            numeric = numeric or run.numeric
            if failed is not None:
                return replace(failed, numeric=numeric)
            work = work or work_of(run, check)
    passed = replace(blank_result(check, Outcome.PASSED), work=work)
    return Finding(passed, numeric=numeric)


def run_case(check: Check, case: Case, caller: Caller, run: CaseRun) -> Finding | None:
    """Run one case; None when it passed."""
    begin(run)
    arguments = dict(case.arguments)
    if "student" in _parameters(check):
        arguments["student"] = Student(caller, run.setting.device)
    if check.takes_draw:
        arguments["draw"] = Draw(run)
    body = prepared(check.body, run)
    try:
        body(**arguments)
    except Stopped as stopped:
        facts = blank_result(check, stopped.outcome, detail=stopped.detail)
        return Finding(_placed(facts, check, case, run))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        try:
            return _finding(error, check, case, run)
        except Exception as fault:  # ours, whatever the student's answer was
            return Finding(blank_result(check, Outcome.GRADER_FAULT, fault_text(fault)))
    return None


def prepared(body: Any, run: CaseRun) -> Any:
    """The test function; a Hypothesis one seeded, bounded, restarting each example."""
    handle = getattr(body, "hypothesis", None)
    if handle is None:
        return body
    import hypothesis

    inner = getattr(handle.inner_test, "autograder_inner", handle.inner_test)

    def example(*args: Any, **kwargs: Any) -> Any:
        run.restart()
        return inner(*args, **kwargs)

    example.autograder_inner = inner  # type: ignore[attr-defined]
    example.__name__ = inner.__name__
    handle.inner_test = example
    # The decorators refuse to be applied twice; a body is run under many seeds.
    body._hypothesis_internal_use_seed = run.seed
    body._hypothesis_internal_use_settings = hypothesis.settings(
        max_examples=MAX_EXAMPLES,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        # Explaining a failure costs more calls than finding it; facts say more.
        phases=[getattr(hypothesis.Phase, name) for name in PHASES],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    return body


def blank_result(
    check: Check, outcome: Outcome, detail: str | None = None
) -> CheckResult:
    """The entry of a check, without facts on any case."""
    return CheckResult(
        id=check.id,
        exercise=check.exercise,
        function=check.function,
        promise=check.promise,
        outcome=outcome,
        points=check.points if outcome is Outcome.PASSED else 0,
        max_points=check.points,
        hidden=check.hidden,
        detail=detail,
        hint=check.hint if outcome is not Outcome.PASSED else None,
    )


def _parameters(check: Check) -> set[str]:
    return set(inspect.signature(check.body).parameters)


def _placed(facts: CheckResult, check: Check, case: Case, run: CaseRun) -> CheckResult:
    """The result with the setting, the case and the last call."""
    printed = "".join(event.answer.printed for event in run.events)
    return replace(
        facts,
        setting=run.setting.name,
        case=case.id or None,
        call=_last_call(run),
        printed=printed[:2000] or None,
    )


def _last_call(run: CaseRun) -> Call | None:
    calls = [event for event in run.events if event.function != GRADIENT]
    if not calls:
        return None
    text, names = calls[-1].written
    arguments = {
        name: describe(tensor) for name, tensor in zip(names, calls[-1].inputs) if name
    }
    return Call(text, arguments)


def _finding(error: BaseException, check: Check, case: Case, run: CaseRun) -> Finding:
    outcome, facts = judge(error, run)
    result = _placed(blank_result(check, outcome), check, case, run)
    kind = "thrown" if "raised" in facts else "answer"
    signature = None
    if outcome in (Outcome.FAILED, Outcome.CRASHED):
        mismatch = facts.get("mismatch")
        kind = mismatch.kind if mismatch else kind
        signature = [check.id, run.setting.name, case.id, *signature_of(run, kind)]
    return Finding(replace(result, **facts), signature)
