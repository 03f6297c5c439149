"""What a call took on a device that counts, beside what the reference took.

The worker counts: advice, which code under test can forge, and so never points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from autograder.checking.case import CaseRun, Setting
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


@dataclass(frozen=True)
class Figures:
    """What the reference took in one check.

    ``operators`` are those of each call, by setting and case (``place_of``), where the
    check bounds work by the reference's.
    """

    work: Work | None = None
    operators: dict[str, list[int]] = field(default_factory=dict)


def place_of(setting: Setting, case: str) -> str:
    """A setting and a case, as figures are kept by."""
    return f"{setting.name} {case}".rstrip()


class ReferenceWork:
    """What the reference took in each check, found out when it is first asked for."""

    def __init__(self, of_check: Callable[[Check], Figures]) -> None:
        self._of_check = of_check
        self._known: dict[str, Figures] = {}

    def of(self, check: Check) -> Figures:
        """What the reference took."""
        if check.id not in self._known:
            self._known[check.id] = self._of_check(check)
        return self._known[check.id]

    def operators(self, check: Check, setting: Setting, case: str) -> list[int] | None:
        """Those of each of the reference's calls in a case; None where not known."""
        if setting.device != "sim":  # nowhere else they are counted
            return None
        return self.of(check).operators.get(place_of(setting, case))

    def beside(self, check: Check, result: CheckResult) -> CheckResult:
        """The result with the reference's figures beside the student's."""
        if result.work is None:
            return result
        reference = self.of(check).work
        if reference is None:
            return result
        work = replace(
            result.work,
            reference_operators=reference.operators,
            reference_bytes=reference.peak_bytes,
        )
        return replace(result, work=work)


def as_document(known: dict[str, Figures]) -> dict[str, Any]:
    """The figures as lookalikes.json holds them."""
    document: dict[str, Any] = {}
    for check, figures in known.items():
        entry: dict[str, Any] = {}
        if figures.work is not None:
            entry |= asdict(figures.work)
        if figures.operators:
            entry["calls"] = figures.operators
        if entry:
            document[check] = entry
    return document


def from_document(document: dict[str, Any]) -> ReferenceWork:
    """The figures that ``as_document`` wrote."""
    known = {check: _read(dict(entry)) for check, entry in document.items()}
    return ReferenceWork(lambda check: known.get(check.id, Figures()))


def _read(entry: dict[str, Any]) -> Figures:
    calls = {
        str(place): [int(count) for count in counts]
        for place, counts in entry.pop("calls", {}).items()
    }
    return Figures(Work(**entry) if entry else None, calls)
