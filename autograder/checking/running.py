"""Running checks against a student's module, wherever that module lives."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from autograder.checking.callers import Caller, Stopped
from autograder.checking.calls import last_call
from autograder.checking.case import (
    SETTINGS,
    CaseRun,
    Setting,
    begin,
    case_seed,
)
from autograder.checking.devices import ON_THE_CPU, Devices
from autograder.checking.draw import Draw
from autograder.checking.ending import look_back
from autograder.checking.judging import fault_text, judge, unwritten_place
from autograder.checking.loading import Case, Check
from autograder.checking.observing import Observation, observe
from autograder.checking.strict import in_its_name, running_order
from autograder.checking.student import Student
from autograder.checking.work import ReferenceWork, place_of, work_of
from autograder.executor.devices import SIM_BY_DEFAULT
from autograder.verdict import CheckResult, Outcome, Remark, Work

MAX_EXAMPLES = 25
MOST_REMARKS = 5  # of one check
PHASES = ("explicit", "generate", "shrink")


@dataclass(frozen=True)
class Finding:
    """The result of a check, and what was observed of its cases in float64."""

    result: CheckResult
    observed: dict[str, Observation] = field(default_factory=dict)  # by id, if failed
    ran: frozenset[str] = frozenset()  # ids of the cases that came to an end
    # Of a check that failed: all that ran.
    runs: tuple[CaseRun, ...] = field(default=(), compare=False, repr=False)
    numeric: bool = False  # floating-point values were compared
    typed: bool = False  # and values whose type only a strict check minds
    # Operators of each call, by setting and case, where a bound asked for them.
    counted: dict[str, list[int]] = field(default_factory=dict)


def run_checks(
    checks: list[Check],
    caller: Caller,
    seed: int,
    refused: Callable[[Check], str | None] | None = None,
    *,
    devices: Devices = ON_THE_CPU,
    passed: Collection[str] = (),
    reference: ReferenceWork | None = None,
) -> Iterator[Finding]:
    """Run the checks of one exercise, each over its settings and cases.

    They come in their ``running_order``: a strict one counts what others have remarked.
    Ideas are named afterwards, from the findings of all checks of a function.

    Args:
        checks: of one exercise, in the order of their file.
        caller: who runs the student's code.
        seed: of the run; each case derives its own.
        refused: why a check is not run at all, such as a forbidden name in its
            function's source; None where nothing speaks against it.
        devices: those of this run.
        passed: names of checks that passed before, for ``@after``.
        reference: what the reference takes, for bounds that are relative to it.
    """
    passed = set(passed)
    clean: dict[str, bool] = {}  # checks that passed here: was nothing remarked?

    def run(one: Check) -> Finding:
        return run_check(one, caller, seed, devices, reference)

    for check in running_order(checks):
        why_not = refused(check) if refused is not None else None
        waiting = next((name for name in check.after if name not in passed), None)
        if why_not is not None:
            finding = Finding(blank_result(check, Outcome.REFUSED, detail=why_not))
        elif waiting is not None:
            result = blank_result(check, Outcome.WAITING)
            waits_for = f"{check.exercise}::{waiting}"
            finding = Finding(replace(result, waiting_for=waits_for))
        elif check.strict:
            finding = _strictly(check, run, passed, clean)
        else:
            finding = run(check)
        if finding.result.outcome is Outcome.PASSED:
            passed.add(check.name)
            quiet = not finding.result.remarks
            clean[check.name] = clean.get(check.name, True) and quiet
        yield finding


def _strictly(
    check: Check,
    run: Callable[[Check], Finding],
    passed: Collection[str],
    clean: dict[str, bool],
) -> Finding:
    """What a strict check finds, in its own cases and in those of its siblings.

    A sibling that fails says nothing about types and digits, and where nothing was
    remarked nothing is run.
    """
    finding = Finding(blank_result(check, Outcome.PASSED))
    if not (check.same_cases and clean.get(str(check.parent))):
        finding = run(check)
    for sibling in check.siblings:
        if finding.result.outcome is not Outcome.PASSED:
            break
        if sibling.name not in passed:
            continue
        if sibling.name not in clean:  # it passed in a run before this one
            before = run(sibling).result
            fails = before.outcome is not Outcome.PASSED
            clean[sibling.name] = fails or not before.remarks
        if not clean[sibling.name]:
            found = run(in_its_name(sibling, check))
            # Cases of another check: no mistake is recognised by them here.
            finding = replace(found, observed={}, ran=frozenset(), runs=())
    return finding


def run_check(
    check: Check,
    caller: Caller,
    seed: int,
    devices: Devices = ON_THE_CPU,
    reference: ReferenceWork | None = None,
) -> Finding:
    """Run one check until a case fails; then its other cases, to know it better."""
    caller.forget()
    seen = _Seen(check.observed_in)
    work: Work | None = None
    remarks: list[Remark] = []
    counted: dict[str, list[int]] = {}
    # Devices on which the cases have run. A device check comes after one that asks the
    # same function twice on the CPU.
    met: set[str] = {"sim"} if check.parent is not None else set()
    for name in devices.settings(check.settings):
        setting = SETTINGS[name]
        for number, case in enumerate(check.cases):
            asked = setting.device in met
            run, failed = try_case(check, case, caller, setting, seed, reference, asked)
            if run.counted is not None and not hasattr(check.body, "hypothesis"):
                counted[place_of(run.setting, case.id)] = run.counted
            seen.add(case, run, failed)
            if failed is not None:
                if name == check.observed_in and failed.observed:
                    seen.go_on(check, check.cases[number + 1 :], caller, seed)
                return seen.tell(failed.result)
            remarks += [remark for remark in run.remarks if remark not in remarks]
            work = work or work_of(run, check)
        met.add(setting.device)
    passed = blank_result(check, Outcome.PASSED)
    passed = replace(passed, work=work, remarks=remarks[:MOST_REMARKS])
    return replace(seen.tell(passed), counted=counted)


class _Seen:
    """What was seen of the cases of one check."""

    def __init__(self, setting: str) -> None:
        self._setting = setting
        self._observed: dict[str, Observation] = {}
        self._ran: set[str] = set()
        self._runs: list[CaseRun] = []
        self._numeric = self._typed = False

    def add(self, case: Case, run: CaseRun, failed: Finding | None) -> None:
        """One more case that was run."""
        self._numeric = self._numeric or run.numeric
        self._typed = self._typed or run.typed
        if run.setting.name != self._setting:
            return
        if failed is None or failed.observed:
            self._ran.add(case.id)
            self._runs.append(run)
        if failed is not None:
            self._observed.update(failed.observed)

    def go_on(
        self, check: Check, cases: tuple[Case, ...], caller: Caller, seed: int
    ) -> None:
        """Run the cases that are left, until one does not come to an end."""
        for case in cases:
            setting = SETTINGS[self._setting]
            run, failed = try_case(check, case, caller, setting, seed)
            self.add(case, run, failed)
            if failed is not None and not failed.observed:
                return

    def tell(self, result: CheckResult) -> Finding:
        runs = () if result.outcome is Outcome.PASSED else tuple(self._runs)
        ran = frozenset(self._ran)
        seen = dict(self._observed)
        return Finding(result, seen, ran, runs, self._numeric, self._typed)


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
        facts = blank_result(check, stopped.outcome, detail=stopped.detail)
        facts = replace(facts, look_at=stopped.look_at)
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
    outcome, facts = judge(error, run)
    result = _placed(blank_result(check, outcome), check, case, run)
    kind = "thrown" if "raised" in facts else "answer"
    observed = {}
    if outcome in (Outcome.FAILED, Outcome.CRASHED):
        mismatch = facts.get("mismatch")
        kind = mismatch.kind if mismatch else kind
        observed[case.id] = observe(run, kind)
    look_at = unwritten_place(error, check.exercise)
    result = replace(result, look_at=look_at)
    return Finding(replace(result, **facts), observed)
