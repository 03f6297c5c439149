"""What a call took on a device that counts, beside what the reference took.

The worker counts: advice, which code under test can forge, and so never points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from autograder.checking.case import CaseRun
from autograder.checking.loading import Check
from autograder.verdict import CheckResult, Work


def work_of(run: CaseRun, check: Check) -> Work | None:
    """The call of the check's function with most operators; None where none counted.

    A call that only makes an object is passed over.
    """
    found = [
        Work(check.function, event.answer.kernels, event.answer.peak)
        for event in run.events
        if event.function == check.function
        and event.answer.tensors
        and event.answer.kernels
    ]
    return max(found, key=lambda work: work.operators, default=None)


class ReferenceWork:
    """What the reference took in each check, found out when it is first asked for."""

    def __init__(self, of_check: Callable[[Check], Work | None]) -> None:
        self._of_check = of_check
        self._known: dict[str, Work | None] = {}

    def of(self, check: Check) -> Work | None:
        """What the reference's call took."""
        if check.id not in self._known:
            self._known[check.id] = self._of_check(check)
        return self._known[check.id]

    def beside(self, check: Check, result: CheckResult) -> CheckResult:
        """The result with the reference's figures beside the student's."""
        if result.work is None:
            return result
        reference = self.of(check)
        if reference is None:
            return result
        work = replace(
            result.work,
            reference_operators=reference.operators,
            reference_bytes=reference.peak_bytes,
        )
        return replace(result, work=work)


def as_document(known: dict[str, Work]) -> dict[str, Any]:
    """The figures as lookalikes.json holds them."""
    return {check: asdict(work) for check, work in known.items()}


def from_document(document: dict[str, Any]) -> ReferenceWork:
    """The figures that ``as_document`` wrote."""
    known = {check: Work(**entry) for check, entry in document.items()}
    return ReferenceWork(lambda check: known.get(check.id))
