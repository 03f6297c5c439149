"""All that was compared under one name, wrong and right, ready to be related.

Numbers of both sides are float64 on the CPU. Arrays are kept one by one; single
numbers, one of each call, become one series: a thousand calls then cost as little as
one array.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch

from autograder.checking.case import CaseRun, Compared
from autograder.checking.relations.asked import Asked, asked_by, event_of
from autograder.checking.relations.parts import (
    MOST_VALUES,
    Part,
    Path,
    distinct,
    numbers_of,
    unit_of,
)
from autograder.checking.tolerance import scale_of

FEWEST_NUMBERS = 8  # that differ from the truth, before anything is said
FEWEST_CALLS = 3  # where an answer is a single number


@dataclass(frozen=True)
class Call:
    """One call that was compared: what was asked, and all parts of what came."""

    asked: Asked | None
    right: bool
    parts: list[Part]
    compared: Compared


@dataclass(frozen=True)
class Evidence:
    """Everything that was compared under one name.

    Of a series, ``wrong`` and ``right`` hold one part each, all numbers in a row, and
    ``members`` the single ones: wrong ones first, as everywhere.
    """

    of: str
    wrong: list[Part]
    right: list[Part]
    members: list[Part]
    series: bool = False
    calls: list[Call] = field(default_factory=list)

    @property
    def parts(self) -> list[Part]:
        """The wrong ones first."""
        return [*self.wrong, *self.right]

    @cached_property
    def arrays(self) -> list[Part]:
        """The parts, wrong ones first, where they have axes."""
        same = {part.truth.ndim for part in self.parts}
        usable = not self.series and len(same) == 1 and 0 not in same
        return self.parts if usable else []

    @cached_property
    def aligned(self) -> bool:
        """Whether every answer has the right shape."""
        return all(part.comparable for part in self.wrong)

    @cached_property
    def truths(self) -> torch.Tensor:
        """The right numbers at all places that are wrong."""
        return torch.cat(
            [
                part.truth[part.bad] if part.comparable else part.truth.reshape(-1)
                for part in self.wrong
            ]
        )

    @cached_property
    def variety(self) -> int:
        """How many different right numbers stand where the answers are wrong."""
        return distinct(self.truths)

    @cached_property
    def right_somewhere(self) -> bool:
        """Whether a wrong answer has right numbers, too."""
        return any(p.comparable and not bool(p.bad.all()) for p in self.wrong)

    @cached_property
    def made_by_hand(self) -> bool:
        """Whether this is one array of whole numbers.

        Examples for a pencil are small and have patterns of their own: what holds for
        one of them may be no more than that.
        """
        whole = self.truths == self.truths.round()
        return not self.series and len(self.wrong) == 1 and bool(whole.all())

    def enough(self, variety: int = 3) -> bool:
        """Whether there are numbers enough to speak of."""
        fewest = FEWEST_CALLS if self.series else FEWEST_NUMBERS
        return self.truths.numel() >= fewest and self.variety >= variety

    def holds(self, change: Callable[[torch.Tensor], torch.Tensor | None]) -> bool:
        """Whether every answer is what ``change`` makes of the truth."""
        return all(part.fits(change) for part in self.parts)


def calls_of(runs: list[CaseRun]) -> list[Call]:
    """The calls that were compared, in float64 where there is such a setting."""
    double = [run for run in runs if run.setting.dtype == torch.float64]
    return [call for run in double or runs for call in _calls(run)]


def evidence_of(calls: list[Call]) -> list[Evidence]:
    """What is wrong in every call that failed, by name."""
    failed = [call for call in calls if not call.right]
    if not failed:
        return []
    names = [part.of for part in failed[0].parts if not part.right]
    for call in failed[1:]:
        here = {part.of for part in call.parts if not part.right}
        names = [name for name in names if name in here]
    return [
        evidence for name in names if (evidence := _evidence(name, calls)) is not None
    ]


def _evidence(name: str, calls: list[Call]) -> Evidence | None:
    chosen = [part for call in calls for part in call.parts if part.of == name]
    wrong = [part for part in chosen if not part.right]
    right = [part for part in chosen if part.right and not _is_noise(part, calls)]
    if sum(part.truth.numel() + part.got.numel() for part in chosen) > 4 * MOST_VALUES:
        return None
    series = all(part.truth.ndim == part.got.ndim == 0 for part in chosen)
    members = [*wrong, *right]
    if series:
        wrong, right = _in_a_row(wrong), _in_a_row(right)
    if any(part.comparable and not bool(part.bad.any()) for part in wrong):
        return None  # what is wrong with it is no number
    if series and not bool(wrong[0].bad.all()):
        return None
    return Evidence(name, wrong, right, members, series, calls)


def _is_noise(part: Part, calls: list[Call]) -> bool:
    """Whether a gradient is zero on paper: made of what rounding larger ones left."""
    if part.path is not None:
        return False
    call = next(call for call in calls if any(part is one for one in call.parts))
    largest = max(scale_of(p.truth) for p in call.parts if p.path is None)
    return scale_of(part.truth) <= part.unit * largest


def _in_a_row(parts: list[Part]) -> list[Part]:
    if not parts:
        return []
    return [
        replace(
            parts[0],
            got=torch.stack([part.got for part in parts]),
            truth=torch.stack([part.truth for part in parts]),
            unit=max(part.unit for part in parts),
            series=True,
        )
    ]


def _calls(run: CaseRun) -> list[Call]:
    calls: list[Call] = []
    for index, compared in enumerate(run.compared):
        gradient = compared.of.startswith("the gradient")
        if gradient and calls:  # it belongs to the call before it
            call = calls[-1]
            parts = _parts(compared, call.asked)
            calls[-1] = Call(
                call.asked,
                call.right and compared.right,
                [*call.parts, *parts],
                call.compared,
            )
            continue
        last = index == len(run.compared) - 1
        event = None
        if compared.oracle is None:
            event = event_of(run, compared, last)
        asked = asked_by(run, compared, event)
        parts = _parts(compared, asked)
        calls.append(Call(asked, compared.right, parts, compared))
    return calls


def _parts(compared: Compared, asked: Asked | None) -> list[Part]:
    path: Path | None = None if compared.of.startswith("the gradient") else ()
    found: list[Part] = []

    def take(got: Any, truth: Any, of: str, path: Path | None) -> None:
        if isinstance(truth, (list, tuple)) and isinstance(got, (list, tuple)):
            if len(got) == len(truth):
                for key, (one, other) in enumerate(zip(got, truth)):
                    take(one, other, _inside(of, key), _deeper(path, key))
            return
        if isinstance(truth, dict) and isinstance(got, dict):
            for key in truth:
                if key in got:
                    take(got[key], truth[key], _inside(of, key), _deeper(path, key))
            return
        numbers, right_numbers = numbers_of(got), numbers_of(truth)
        if numbers is None or right_numbers is None:
            return
        unit = unit_of(got)
        part = Part(of, numbers, right_numbers, unit, False, path, asked, compared)
        right = compared.right
        if not right and path:  # of several parts some may be right
            right = part.comparable and not bool(part.bad.any())
        found.append(replace(part, right=right))

    take(compared.got, compared.expected, compared.of, path)
    return found


def _inside(of: str, key: Any) -> str:
    return f"{'output' if of == 'the output' else of}[{key!r}]"


def _deeper(path: Path | None, key: Any) -> Path | None:
    return None if path is None else (*path, key)


def named_axis(evidence: Evidence, axis: int) -> dict[str, str]:
    """The facts ``axis`` and, where it surely is one, ``batch``."""
    facts = {"axis": str(axis)}
    if (
        axis == 0
        and evidence.of == "the output"
        and all(map(_is_batched, evidence.parts))
    ):
        facts["batch"] = "yes"
    return facts


def _is_batched(part: Part) -> bool:
    """Whether images came and as many answers went."""
    first = next(iter(part.asked.tensors.values()), None) if part.asked else None
    return (
        first is not None
        and first.ndim == 4
        and part.truth.ndim > 0
        and len(first) == len(part.truth)
    )
