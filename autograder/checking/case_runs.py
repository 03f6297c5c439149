"""One case of a check, run in one setting, and once more where that is fair."""

from __future__ import annotations

import functools
import inspect
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from autograder.checking.callers import Caller, Stopped
from autograder.checking.case import SETTINGS, CaseRun, Setting, begin, case_seed
from autograder.checking.draw import Draw
from autograder.checking.ending import look_back
from autograder.checking.finding import Finding, blank_result
from autograder.checking.judging import fault_text, judge, unwritten_place
from autograder.checking.loading import Check
from autograder.checking.observing import observe
from autograder.checking.parametrised import Case
from autograder.checking.shown_calls import last_call
from autograder.checking.student import Student
from autograder.checking.work import ReferenceWork
from autograder.executor.devices import SIM_BY_DEFAULT
from autograder.verdict import CheckResult, Outcome, Remark

MAX_EXAMPLES = 25
PHASES = ("explicit", "generate", "shrink")


def try_case(
    check: Check,
    case: Case,
    caller: Caller,
    setting: Setting,
    seed: int,
    reference: ReferenceWork | None = None,
    asked_twice: bool = False,
) -> tuple[CaseRun, Finding | None]:
    """Run one case under the rules of its check; None for a finding if it passed."""
    run = new_run(check, case, setting, seed)
    run.asked_twice = asked_twice
    if reference is not None:
        run.reference_operators = functools.partial(
            reference.operators, check, setting, case.id
        )
    failed = run_case(check, case, caller, run)
    if failed is not None and may_mind_the_device(check, run, failed):
        return _where_places_are_right(check, case, caller, run, failed)
    raised = failed.result.raised if failed is not None else None
    if raised is None or not may_mind_the_dtype(run):
        return run, failed
    again = new_run(check, case, in_float32(setting), seed)
    if run_case(check, case, caller, again) is not None:
        return run, failed
    text = f"{raised.type}: {raised.message}"[:200]
    run.remark(Remark("dtype", "the call", "an answer in float64, too", text))
    return run, None


def may_mind_the_dtype(run: CaseRun) -> bool:
    """Whether code that stopped in a run may be tried once more, in float32.

    A float32 tensor that it makes on its way raises beside float64 ones, in a matrix
    product for instance. That is one slip, and costs the strict check only.
    """
    return not run.strict and run.setting.dtype == torch.float64


def may_mind_the_device(check: Check, run: CaseRun, failed: Finding) -> bool:
    """Whether a check that only counts operators failed over where a tensor was.

    A forgotten ``device=`` is one slip, and costs the device check only.
    """
    if not check.counts_alone or run.setting.device != "sim":
        return False
    mismatch = failed.result.mismatch
    elsewhere = mismatch is not None and mismatch.kind == "device"
    return elsewhere or failed.result.raised is not None


def _where_places_are_right(
    check: Check, case: Case, caller: Caller, run: CaseRun, failed: Finding
) -> tuple[CaseRun, Finding | None]:
    """The operators counted once more, where new tensors are on the device anyway."""
    setting = Setting(SIM_BY_DEFAULT, run.setting.dtype)
    caller.forget()
    again = CaseRun(setting, run.seed, changes=check.changes)
    found = run_case(check, case, caller, again)
    if found is None:
        return run, None
    mismatch = found.result.mismatch
    if mismatch is None or mismatch.kind != "work":
        return run, failed
    return run, replace(found, result=replace(found.result, setting=run.setting.name))


def in_float32(setting: Setting) -> Setting:
    """The same device's setting."""
    return SETTINGS[f"{setting.device} float32"]


def new_run(check: Check, case: Case, setting: Setting, seed: int) -> CaseRun:
    """A run of one case under the rules of its check."""
    return CaseRun(
        setting,
        case_seed(seed, check.seeded_as, case.id),
        strict=check.strict,
        changes=check.changes,
    )


def run_case(check: Check, case: Case, caller: Caller, run: CaseRun) -> Finding | None:
    """Run one case; None when it passed."""
    begin(run)
    run.output_names = caller.output_names
    arguments = dict(case.arguments)
    if "student" in _parameters(check):
        arguments["student"] = Student(caller, run.setting.device)
    if check.takes_draw:
        arguments["draw"] = Draw(run)
    body = prepared(check.body, run)
    try:
        body(**arguments)
        look_back(run)
    except Stopped as stopped:
        if stopped.again:
            caller.forget()
            run.restart()
            return run_case(check, case, caller, run)
        facts = blank_result(check, stopped.outcome, detail=stopped.detail)
        facts = replace(facts, look_at=stopped.look_at)
        return Finding(check, _placed(facts, check, case, run))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        try:
            return _finding(error, check, case, run)
        except Exception as fault:  # ours, whatever the student's answer was
            text = fault_text(fault)
            return Finding(check, blank_result(check, Outcome.GRADER_FAULT, text))
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


def _parameters(check: Check) -> frozenset[str]:
    return _parameters_of(check.body)


@functools.cache
def _parameters_of(body: Any) -> frozenset[str]:
    return frozenset(inspect.signature(body).parameters)


def _placed(facts: CheckResult, check: Check, case: Case, run: CaseRun) -> CheckResult:
    """The result with the setting, the case and the last call."""
    printed = "".join(event.answer.printed for event in run.events)
    return replace(
        facts,
        setting=run.setting.name,
        case=case.id or None,
        call=last_call(run),
        printed=printed[:2000] or None,
    )


def _finding(error: BaseException, check: Check, case: Case, run: CaseRun) -> Finding:
    file = Path(inspect.unwrap(check.body).__code__.co_filename)
    outcome, facts = judge(error, run, file)
    result = _placed(blank_result(check, outcome), check, case, run)
    kind = "thrown" if "raised" in facts else "answer"
    observed = {}
    if outcome in (Outcome.FAILED, Outcome.CRASHED):
        mismatch = facts.get("mismatch")
        kind = mismatch.kind if mismatch else kind
        observed[case.id] = observe(run, kind)
    look_at = unwritten_place(error, check.exercise)
    result = replace(result, look_at=look_at)
    return Finding(check, replace(result, **facts), observed)
