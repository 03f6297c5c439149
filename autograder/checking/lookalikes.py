"""Which classic mistake behaves exactly as a student's function does.

A mistake is named only when its answers equal the student's on every case, in float64
on the CPU, of every check of that function that ran, gradients and types included;
when it fails where the student's fails and passes where that passes; when no other
mistake does the same; and when what is equal is evidence enough: many numbers, or many
different calls. One equal integer is none, and an exception or a NaN is evidence only
beside values that agree. Where no mistake does all of that, one may still have the same
values: bad input that is not refused is a fault of its own, and where both crash, how
they do is an accident of style. Neither speaks for a mistake or against it then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from autograder.checking.finding import Finding
from autograder.checking.loading import Check
from autograder.checking.observing import Observation, Signature, same_signature
from autograder.checking.parametrised import Case
from autograder.verdict import Idea, Outcome

NUMBERS = 4  # wrong numbers that tell one idea from another ...
CALLS = 3  # ... or wrong answers to different calls ...
NOT_REFUSED = "exception"  # begins what is seen of a call that ought to raise
ODD = 2  # ... or exceptions and NaN, beside so many cases with a number or a value


class Mistaken(Protocol):
    """A classic mistake of one function, and what it answers."""

    @property
    def idea(self) -> Idea:
        """What students are told of it."""

    def at(self, check: Check, case: Case) -> Signature | None:
        """The signature of a case that it fails; None where it passes."""


class Lookalikes:
    """The mistakes of each function, asked for when a check of it has failed."""

    def __init__(self, of_check: Callable[[Check], list[Mistaken]]) -> None:
        self._of_check = of_check

    def diagnose(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings with their ideas, where exactly one mistake behaves as they do.

        Args:
            findings: of one exercise, all that there are.
        """
        findings = list(findings)
        wrong = dict.fromkeys(f.check.function for f in findings if f.observed)
        mistaken = {
            function: self._mistaken(
                [f for f in findings if f.check.function == function]
            )
            for function in wrong
        }
        return [_named(one, mistaken.get(one.check.function)) for one in findings]

    def _mistaken(self, findings: list[Finding]) -> Mistaken | None:
        """The one mistake that all findings of a function have in common.

        Two mistakes that are told by the same words are one idea: it shows in one
        check alike, and differently in another one, that has not run.
        """
        if not is_evidence(findings):
            return None
        found = self._matching(findings, does_the_same)
        if not found:
            found = [
                mistaken
                for mistaken in self._matching(findings, _has_the_same_values)
                if is_evidence([_in_values(one, mistaken) for one in findings])
            ]
        said = {(each.idea.sentence, each.idea.question) for each in found}
        return found[0] if len(said) == 1 else None

    def matching(self, findings: list[Finding]) -> list[Idea]:
        """All ideas whose mistakes do in each case what a function's findings tell."""
        return [each.idea for each in self._matching(findings, does_the_same)]

    def _matching(
        self, findings: list[Finding], agrees: Callable[[Mistaken, Finding], bool]
    ) -> list[Mistaken]:
        # Those that failed first: most mistakes differ there already.
        findings = sorted(findings, key=lambda finding: not finding.observed)
        return [
            mistaken
            for mistaken in self._of_check(findings[0].check)
            if all(agrees(mistaken, finding) for finding in findings)
        ]


def _named(finding: Finding, mistaken: Mistaken | None) -> Finding:
    """The finding with its idea, where it shows what the mistake does."""
    if mistaken is None or not _shared(finding, mistaken).observed:
        return finding
    return replace(finding, result=replace(finding.result, idea=mistaken.idea))


def _shared(finding: Finding, mistaken: Mistaken) -> Finding:
    """The finding without cases that it does not share with the mistake."""
    shared = {
        case.id: finding.observed[case.id]
        for case in finding.check.cases
        if case.id in finding.observed
        and _same(finding.observed[case.id], mistaken.at(finding.check, case))
    }
    return replace(finding, observed=shared)


def _in_values(finding: Finding, mistaken: Mistaken) -> Finding:
    """What of it is evidence where refusals are none."""
    shared = _shared(finding, mistaken)
    values = {
        case: seen
        for case, seen in shared.observed.items()
        if seen.signature[0] != NOT_REFUSED
    }
    return replace(shared, observed=values)


def is_evidence(findings: list[Finding]) -> bool:
    """Whether what was observed of a function is enough to name an idea by it."""
    seen = [o for finding in findings for o in finding.observed.values()]
    if sum(o.numbers for o in seen) >= NUMBERS:
        return True
    if len({call for o in seen for call in o.calls}) >= CALLS:
        return True
    odd = sum(o.odd for o in seen)
    return odd >= ODD and sum(len(f.ran) for f in findings) - odd >= ODD


def does_the_same(mistaken: Mistaken, finding: Finding) -> bool:
    """Whether it does what a finding tells, in each case that ran."""
    return all(_same(*each) for each in _both(mistaken, finding))


def _has_the_same_values(mistaken: Mistaken, finding: Finding) -> bool:
    """The same, but for what says nothing about values."""
    return all(
        _same(*each) or _says_nothing(*each) for each in _both(mistaken, finding)
    )


def _both(
    mistaken: Mistaken, finding: Finding
) -> Iterator[tuple[Observation | None, Signature | None]]:
    """What both do in each case that ran; None where it is right."""
    check, ran = finding.check, finding.ran
    if finding.result.outcome is Outcome.PASSED and check.same_cases and not ran:
        ran = frozenset(case.id for case in check.cases)  # its parent's remarks decided
    for case in check.cases:
        if case.id in ran:
            yield finding.observed.get(case.id), mistaken.at(check, case)


def _same(theirs: Observation | None, ours: Signature | None) -> bool:
    if theirs is None or ours is None:
        return theirs is None and ours is None
    return same_signature(theirs.signature, ours)


def _says_nothing(theirs: Observation | None, ours: Signature | None) -> bool:
    """Whether a difference is about refusals or crashes, and not about values.

    One of them returns where it ought to raise, which is a fault of its own, or both
    stop, each in its own way.
    """
    kinds = {
        None if theirs is None else theirs.signature[0],
        None if ours is None else ours[0],
    }
    return kinds in ({None, NOT_REFUSED}, {"thrown"})


@dataclass(frozen=True)
class Recorded:
    """A mistake as lookalikes.json has it: by check and case, what it answers."""

    idea: Idea
    failing: dict[str, dict[str, Signature]]

    def at(self, check: Check, case: Case) -> Signature | None:
        """The signature of a case that it fails; None where it passes."""
        return self.failing.get(check.id, {}).get(case.id)


def as_document(
    mistakes: dict[str, list[Mistaken]], checks: dict[str, list[Check]]
) -> dict[str, Any]:
    """The mistakes as lookalikes.json holds them, for the checks that students have.

    Args:
        mistakes: by ``exercise::function``.
        checks: by the same.
    """
    document: dict[str, Any] = {}
    for function, some in mistakes.items():
        entries = []
        for mistaken in some:
            failing: dict[str, dict[str, Signature]] = {}
            for check in checks.get(function, []):
                for case in check.cases:
                    signature = mistaken.at(check, case)
                    if signature is not None:
                        failing.setdefault(check.id, {})[case.id] = signature
            idea = mistaken.idea
            entries.append(
                {
                    "name": idea.name,
                    "sentence": idea.sentence,
                    "question": idea.question,
                    "failing": failing,
                }
            )
        document[function] = entries
    return document


def from_document(document: dict[str, Any]) -> Lookalikes:
    """The mistakes that ``as_document`` wrote.

    Raises:
        LookupError, TypeError, AttributeError: it is damaged.
    """
    known = {
        function: [
            Recorded(
                Idea(entry["name"], entry["sentence"], entry["question"]),
                {check: dict(cases) for check, cases in entry["failing"].items()},
            )
            for entry in entries
        ]
        for function, entries in document.items()
    }
    return Lookalikes(lambda check: list(known.get(function_id(check), [])))


def function_id(check: Check) -> str:
    """``convolution::conv2d``: the function that a check is about."""
    return f"{check.exercise}::{check.function}"
