"""All that was compared under one name, wrong and right, ready to be related.

Numbers of both sides are float64 on the CPU. Arrays are kept one by one; single
numbers, one of each call, become one series: a thousand calls then cost as little as
one array.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import torch

from autograder.checking.relations.asked_calls import Call
from autograder.checking.relations.parts import (
    MOST_VALUES,
    Part,
    distinct,
)
from autograder.checking.tolerance import scale_of

FEWEST_NUMBERS = 8  # that differ from the truth, before anything is said
FEWEST_CALLS = 3  # where an answer is a single number


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


def evidence_of(calls: list[Call]) -> list[Evidence]:
    """What is wrong in every call that failed, by name."""
    failed = [call for call in calls if not call.right and not call.refused]
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
    return Evidence(name, wrong, right, members, series)


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
