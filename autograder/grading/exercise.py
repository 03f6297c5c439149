"""One exercise of one submission: its checks in two rounds, and what they found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.checking.judging import fault_text, raised_from
from autograder.checking.loading import Check
from autograder.checking.places import placed
from autograder.checking.running import Finding, blank_result, run_checks
from autograder.grading.children import ZygoteError
from autograder.grading.remote import RemoteCaller
from autograder.protocol.forbidden import why_refused
from autograder.verdict import CheckResult, Note, Outcome, Raised

if TYPE_CHECKING:
    from autograder.grading.intake import Submission
    from autograder.grading.submission import Grading


class GradedExercise:
    """One exercise file of one submission, and what its checks have found so far."""

    def __init__(
        self, submission: Submission, grading: Grading, name: str, caller: RemoteCaller
    ) -> None:
        self._submission = submission
        self._grading = grading
        self._name = name
        self._checks = grading.solution.checks[name]
        self._caller = caller
        self._found: dict[str, Finding] = {}

    def open(self) -> None:
        """Import its file, before any check of any exercise has run.

        A process in which one has run on a device has traces of it, which an import
        might see.
        """
        if self._name in self._submission.files:
            with self._at_fault(self._checks):
                self._caller.start()

    def run(self, hidden: bool) -> None:
        """Run its visible checks, or its hidden ones."""
        checks = [
            check
            for check in self._checks
            if check.hidden is hidden and check.id not in self._found
        ]
        with self._at_fault(checks):
            for check, finding in zip(checks, self._judge(checks)):
                self._found[check.id] = finding

    @contextmanager
    def _at_fault(self, checks: list[Check]) -> Iterator[None]:
        """Within it an error of ours costs these checks; others go on."""
        try:
            yield
        except ZygoteError:
            raise  # nothing can be graded any more
        except Exception as error:
            for check in checks:
                fault = blank_result(check, Outcome.GRADER_FAULT, fault_text(error))
                self._found.setdefault(check.id, Finding(fault))

    def results(self) -> list[CheckResult]:
        """The results of all its checks, in their order, once all have run."""
        source = self._submission.files.get(self._name)
        results = [finding.result for finding in self._findings()]
        if source is None:
            return results
        return [placed(result, source) for result in results]

    def notes(self) -> list[Note]:
        """What a person may want to know beside the results."""
        used = ", ".join(sorted(self._caller.seen.used))
        seen = (
            f"{self._name}.py was seen to call {used} while it ran. This is not "
            "scored; a person may want to look."
        )
        return [Note("ran_only", seen)] if used else []

    def _findings(self) -> list[Finding]:
        pairs = [(check, self._found[check.id]) for check in self._checks]
        try:
            return _with_ideas(self._grading, pairs)
        except Exception as error:  # ours, in recognising what is wrong
            return [
                finding
                if finding.result.outcome is Outcome.PASSED
                else Finding(
                    blank_result(check, Outcome.GRADER_FAULT, fault_text(error))
                )
                for check, finding in pairs
            ]

    def _judge(self, checks: list[Check]) -> Iterator[Finding]:
        source = self._submission.files.get(self._name)
        if source is None:
            problem = self._submission.problems.get(self._name)
            detail = problem.text if problem else f"{self._name}.py is not there"
            return self._all(checks, Outcome.NOT_ATTEMPTED, detail=detail)
        caller = self._caller
        if caller.ended is not None:
            return self._all(checks, caller.ended.outcome, detail=caller.ended.detail)
        if caller.broken is not None:
            raised = raised_from(caller.broken)
            return self._all(checks, Outcome.CRASHED, raised=raised)

        def refused(check: Check) -> str | None:
            return why_refused(caller.seen.forbidden, check.function)

        return run_checks(
            checks,
            caller,
            self._grading.seed,
            None,
            refused,
            devices=self._grading.devices,
            passed=self._passed(),
        )

    def _passed(self) -> list[str]:
        return [
            check.name
            for check in self._checks
            if check.id in self._found
            and self._found[check.id].result.outcome is Outcome.PASSED
        ]

    def _all(
        self,
        checks: list[Check],
        outcome: Outcome,
        detail: str | None = None,
        raised: Raised | None = None,
    ) -> Iterator[Finding]:
        for check in checks:
            result = replace(blank_result(check, outcome, detail), raised=raised)
            yield Finding(result)


def _with_ideas(grading: Grading, pairs: list[tuple[Check, Finding]]) -> list[Finding]:
    """The findings of an exercise with what is recognised in them."""
    diagnosed = [grading.lookalikes.diagnose(c, f) for c, f in pairs]
    beside = grading.reference_work.beside
    return [
        replace(f, result=beside(c, f.result)) for (c, _), f in zip(pairs, diagnosed)
    ]
