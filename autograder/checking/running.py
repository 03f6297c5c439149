"""Running checks against a student's module, wherever that module lives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from autograder.checking.callers import Caller
from autograder.checking.case import SETTINGS, CaseRun
from autograder.checking.case_runs import try_case
from autograder.checking.device_choice import ON_THE_CPU, Devices
from autograder.checking.finding import Finding, blank_result
from autograder.checking.loading import Check
from autograder.checking.observing import Observation
from autograder.checking.parametrised import Case
from autograder.checking.strict import in_its_name, running_order
from autograder.checking.work import ReferenceWork, place_of, work_of
from autograder.verdict import CheckResult, Outcome, Remark, Work

Look = Callable[[CaseRun], None]

MOST_REMARKS = 5  # of one check


def run_checks(
    checks: list[Check],
    caller: Caller,
    seed: int,
    refused: Callable[[Check], str | None] | None = None,
    *,
    devices: Devices = ON_THE_CPU,
    passed: Collection[str] = (),
    reference: ReferenceWork | None = None,
    look: Look = lambda run: None,
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
        look: is shown each case that was run, until one fails.
    """
    passed = set(passed)
    clean: dict[str, bool] = {}  # checks that passed here: was nothing remarked?

    def run(one: Check) -> Finding:
        return run_check(one, caller, seed, devices, reference, look)

    for check in running_order(checks):
        why_not = refused(check) if refused is not None else None
        waiting = next((name for name in check.after if name not in passed), None)
        if why_not is not None:
            result = blank_result(check, Outcome.REFUSED, detail=why_not)
            finding = Finding(check, result)
        elif waiting is not None:
            result = blank_result(check, Outcome.WAITING)
            waits_for = f"{check.exercise}::{waiting}"
            finding = Finding(check, replace(result, waiting_for=waits_for))
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
    finding = Finding(check, blank_result(check, Outcome.PASSED))
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
            finding = replace(found, check=check, observed={}, ran=frozenset(), runs=())
    return finding


def run_check(
    check: Check,
    caller: Caller,
    seed: int,
    devices: Devices = ON_THE_CPU,
    reference: ReferenceWork | None = None,
    look: Look = lambda run: None,
) -> Finding:
    """Run one check until a case fails; then its other cases, to know it better."""
    caller.forget()
    seen = _Cases(check)
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
            look(run)
            if run.counted is not None and not hasattr(check.body, "hypothesis"):
                counted[place_of(run.setting, case.id)] = run.counted
            seen.add(case, run, failed)
            if failed is not None:
                if name == check.observed_in and failed.observed:
                    seen.go_on(check.cases[number + 1 :], caller, seed)
                return seen.tell(failed.result)
            remarks += [remark for remark in run.remarks if remark not in remarks]
            work = work or work_of(run, check)
        met.add(setting.device)
    passed = blank_result(check, Outcome.PASSED)
    passed = replace(passed, work=work, remarks=remarks[:MOST_REMARKS])
    return replace(seen.tell(passed), counted=counted)


class _Cases:
    """What was seen of the cases of one check."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._setting = check.observed_in
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

    def go_on(self, cases: tuple[Case, ...], caller: Caller, seed: int) -> None:
        """Run the cases that are left, until one does not come to an end."""
        for case in cases:
            setting = SETTINGS[self._setting]
            run, failed = try_case(self._check, case, caller, setting, seed)
            self.add(case, run, failed)
            if failed is not None and not failed.observed:
                return

    def tell(self, result: CheckResult) -> Finding:
        """The finding, with all that was seen."""
        runs = () if result.outcome is Outcome.PASSED else tuple(self._runs)
        ran = frozenset(self._ran)
        seen = dict(self._observed)
        return Finding(self._check, result, seen, ran, runs, self._numeric, self._typed)
