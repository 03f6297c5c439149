"""Which classic mistake behaves exactly as a failing answer does.

For each check and mistake: the signature of the case at which the mistake fails. A
student is told of a mistake only when exactly one of them has the student's signature.
Signatures hold for one seed; a release carries those of the public seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from autograder.checking.loading import Check
from autograder.checking.observing import Signature, same_signature
from autograder.checking.running import Finding
from autograder.verdict import Idea

Known = list[tuple[Idea, Signature]]


class Lookalikes:
    """The mistakes' signatures, by check, computed when first asked for."""

    def __init__(self, of_check: Callable[[Check], Known]) -> None:
        self._of_check = of_check
        self._known: dict[str, Known] = {}

    def of(self, check: Check) -> Known:
        """The mistakes that fail this check, and their signatures."""
        if check.id not in self._known:
            self._known[check.id] = self._of_check(check)
        return self._known[check.id]

    def matching(self, check: Check, signature: Signature) -> list[Idea]:
        """All mistakes with this signature on this check."""
        return [
            idea for idea, other in self.of(check) if same_signature(signature, other)
        ]

    def diagnose(self, check: Check, finding: Finding) -> Finding:
        """The finding with its idea, where exactly one mistake matches."""
        if finding.signature is None:
            return finding
        ideas = self.matching(check, finding.signature)
        if len(ideas) != 1:
            return finding
        return replace(finding, result=replace(finding.result, idea=ideas[0]))


def as_document(known: dict[str, Known]) -> dict[str, Any]:
    """The mistakes as lookalikes.json holds them, for the checks that students have."""
    return {
        check: [
            {
                "name": idea.name,
                "sentence": idea.sentence,
                "question": idea.question,
                "signature": signature,
            }
            for idea, signature in entries
        ]
        for check, entries in known.items()
    }


def from_document(document: dict[str, Any]) -> Lookalikes:
    """The mistakes that ``as_document`` wrote."""

    def of_check(check: Check) -> Known:
        return [
            (
                Idea(entry["name"], entry["sentence"], entry["question"]),
                entry["signature"],
            )
            for entry in document.get(check.id, [])
        ]

    return Lookalikes(of_check)
