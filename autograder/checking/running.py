"""Running checks against a student's module, wherever that module lives."""

from __future__ import annotations

import builtins
import difflib
import inspect
import linecache
import os
import traceback
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

import autograder
from autograder.checking.case import GRADIENT, SETTINGS, CaseRun, begin, case_seed
from autograder.checking.difference import Differs
from autograder.checking.draw import Draw
from autograder.checking.facts import describe
from autograder.checking.loading import Case, Check
from autograder.checking.observing import Signature, signature_of
from autograder.checking.student import (
    Caller,
    Misfit,
    Missing,
    Stopped,
    Student,
    thrown_by_student,
)
from autograder.protocol.values import unpack
from autograder.verdict import Call, CheckResult, Frame, Mismatch, Outcome, Raised

MAX_EXAMPLES = 25
PHASES = ("explicit", "generate", "shrink")
PACKAGE = str(Path(autograder.__file__).parent) + os.sep
ORACLE = str(Path(PACKAGE, "checking", "truth.py"))


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
    begin_check: Callable[[], None] | None = None,
    settings: tuple[str, ...] = tuple(SETTINGS),
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
        begin_check: called before each check.
        settings: the settings of this run; a check runs in those it is meant for.
        passed: names of checks that passed before, for ``@after``.
    """
    passed = set(passed)
    for check in checks:
        if begin_check is not None:
            begin_check()
        why_not = refused(check) if refused is not None else None
        waiting = next((name for name in check.after if name not in passed), None)
        if why_not is not None:
            finding = Finding(blank_result(check, Outcome.REFUSED, detail=why_not))
        elif waiting is not None:
            result = blank_result(check, Outcome.WAITING)
            waits_for = f"{check.exercise}::{waiting}"
            finding = Finding(replace(result, waiting_for=waits_for))
        else:
            finding = run_check(check, caller, seed, settings)
            if diagnose is not None and finding.result.outcome is not Outcome.PASSED:
                finding = diagnose(check, finding)
        if finding.result.outcome is Outcome.PASSED:
            passed.add(check.name)
        yield finding


def run_check(
    check: Check, caller: Caller, seed: int, settings: tuple[str, ...]
) -> Finding:
    """Run one check until a case fails."""
    numeric = False
    for name in check.settings:
        if name not in settings:
            continue
        for case in check.cases:
            run = CaseRun(SETTINGS[name], case_seed(seed, check.id, case.id))
            failed = run_case(check, case, caller, run)
            numeric = numeric or run.numeric
            if failed is not None:
                return replace(failed, numeric=numeric)
    return Finding(blank_result(check, Outcome.PASSED), numeric=numeric)


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
        return _finding(error, check, case, run)
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
    outcome, facts = _judge(error, run)
    result = _placed(blank_result(check, outcome), check, case, run)
    kind = "thrown" if "raised" in facts else "answer"
    signature = None
    if outcome in (Outcome.FAILED, Outcome.CRASHED):
        mismatch = facts.get("mismatch")
        kind = mismatch.kind if mismatch else kind
        signature = [check.id, run.setting.name, case.id, *signature_of(run, kind)]
    return Finding(replace(result, **facts), signature)


def _judge(error: BaseException, run: CaseRun) -> tuple[Outcome, dict[str, Any]]:
    """Whose fault an exception is, and the facts it brings."""
    thrown = thrown_by_student(error)
    if thrown is not None:
        frames = [Frame(*frame) for frame in thrown.frames]
        raised = Raised(thrown.type, thrown.message, frames)
        if thrown.nearest == "NotImplementedError":
            return Outcome.NOT_ATTEMPTED, {"detail": thrown.message or None}
        if thrown.nearest == "MemoryError":
            return Outcome.OUT_OF_MEMORY, {"raised": raised}
        return Outcome.CRASHED, {"raised": raised}
    if isinstance(error, Differs):
        return Outcome.FAILED, {"mismatch": error.mismatch}
    if isinstance(error, Missing):
        return Outcome.NOT_ATTEMPTED, {"detail": _missing(error)}
    if isinstance(error, Misfit):
        mismatch = Mismatch(
            "structure", f"the parameters of {error.owner}", error.expected, error.got
        )
        return Outcome.FAILED, {"mismatch": mismatch}
    if _is_claim(error):
        return Outcome.FAILED, {"mismatch": _assertion(error, run)}
    if run.events and _answer_unusable(error):
        return Outcome.FAILED, {"mismatch": _unusable(error, run)}
    return Outcome.GRADER_FAULT, {"detail": _fault(error)}


def _missing(error: Missing) -> str:
    near = difflib.get_close_matches(error.name, error.present, 1, 0.6)
    meant = f"; there is {near[0]}, was that meant?" if near else ""
    return f"{error.name} is not defined{meant}"


def _is_claim(error: BaseException) -> bool:
    """An assert of the check, or ``pytest.raises`` that saw no exception."""
    return isinstance(error, AssertionError) or type(error).__name__ == "Failed"


def _answer_unusable(error: BaseException) -> bool:
    """The check's own line broke on what the student's code returned."""
    kinds = (TypeError, ValueError, AttributeError, LookupError, RuntimeError)
    if not isinstance(error, kinds):
        return False
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    # An oracle that raises is the check's own fault, whatever was called before it.
    return bool(files) and not files[-1].startswith(PACKAGE) and ORACLE not in files


def _assertion(error: BaseException, run: CaseRun) -> Mismatch:
    text = str(error).strip().splitlines()
    if type(error).__name__ == "Failed":
        # "DID NOT RAISE ValueError"; pytest 8 wrote "<class 'ValueError'>".
        wanted = text[0].rpartition(" ")[2].strip("<>'") if text else ""
        known = wanted if hasattr(builtins, wanted) else wanted.rpartition(".")[2]
        expected = known or "an exception"
        return Mismatch("exception", "the call", expected, _returned(run))
    claim = text[0] if text else _line_of(error)
    return Mismatch("assertion", "the answer", claim, _returned(run))


def _unusable(error: BaseException, run: CaseRun) -> Mismatch:
    return Mismatch(
        "type", "the answer", f"usable in `{_line_of(error)}`", _returned(run)
    )


def _line_of(error: BaseException) -> str:
    """The check's own line that failed."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if not f.filename.startswith(PACKAGE) and f.line]
    tests = [f for f in own if Path(f.filename).name.startswith("test_")]
    chosen = (tests or own)[-1:]
    for frame in chosen:
        return linecache.getline(frame.filename, frame.lineno or 0).strip()[:200]
    return "the check's claim"


def _returned(run: CaseRun) -> str:
    """What the last call gave back."""
    if not run.events:
        return "no call was made"
    answer = run.events[-1].answer
    if answer.thrown is not None:
        return f"{answer.thrown.type}: {answer.thrown.message}"[:200]
    value = unpack(answer.value, answer.tensors)
    if isinstance(value, torch.Tensor) and value.numel() == 1:
        return f"{describe(value)} {value.item()!r}"
    return describe(value)


def _fault(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    where = f" at {Path(last.filename).name}:{last.lineno}" if last else ""
    return f"{type(error).__name__}: {error}"[:500] + where
