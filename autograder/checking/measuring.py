"""How near a check's comparisons come to what is allowed, measured as it runs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from autograder.checking.callers import Caller
from autograder.checking.case import SETTINGS
from autograder.checking.case_runs import new_run, run_case
from autograder.checking.device_choice import ON_THE_CPU, Devices
from autograder.checking.finding import Finding
from autograder.checking.loading import Check
from autograder.checking.tolerance import Change, ratio_of, watched_by
from autograder.verdict import Outcome

NUMERIC = ("value", "not_repeatable")  # kinds of a mismatch that a ratio tells of


@dataclass
class Worst:
    """The largest ratio of error to allowance among comparisons of floats.

    ``ratio`` is None until there was one. ``seed`` and ``why`` belong to the largest;
    ``why`` is empty where numbers alone tell.
    """

    ratio: float | None = None
    seed: int | None = None
    why: str = ""

    def add(self, ratio: float, seed: int, why: str = "") -> None:
        """One more ratio."""
        if self.ratio is None or ratio > self.ratio:
            self.ratio, self.seed, self.why = ratio, seed, why


def measure_check(
    check: Check,
    caller: Caller,
    seed: int,
    devices: Devices = ON_THE_CPU,
    worst: dict[str, Worst] | None = None,
    digits: bool = True,
) -> dict[str, Worst]:
    """Run every case of a check in every setting, whatever fails.

    A case that fails for another reason than numbers that are off (an exception, a
    shape, a wrong integer) has an infinite ratio.

    Args:
        check: to be run.
        caller: who runs the code that is measured.
        seed: of the run, as in ``run_check``.
        devices: those of the run.
        worst: by setting, what was found under other seeds; it is added to. Ratios are
            exact where they are larger than these, so the largest is.
        digits: whether those beyond float32's count; where they do not, float64's
            errors are measured by what float32 is allowed, see `digits_count`.

    Returns:
        ``worst``, or a new one: the largest ratio by setting, NaN and infinity counting
        as infinite where the truth is finite.
    """
    worst = {} if worst is None else worst
    caller.forget()
    for name in devices.settings(check.settings):
        largest = worst.setdefault(name, Worst())
        for case in check.cases:
            run = new_run(check, case, SETTINGS[name], seed)
            here = Worst()

            def watch(
                error: float,
                scale: float,
                dtype: torch.dtype,
                change: Change | None,
                largest: Worst = largest,
                here: Worst = here,
            ) -> None:
                if dtype == torch.float64 and not digits:
                    dtype, change = torch.float32, None
                known = max(largest.ratio or 0.0, here.ratio or 0.0)
                here.add(ratio_of(error, scale, dtype, change, known), seed)

            with watched_by(watch):
                failed = run_case(check, case, caller, run)
            if here.ratio is not None:
                largest.add(here.ratio, seed)
            if failed is not None and not _numbers_tell(failed, here):
                largest.add(math.inf, seed, _why(failed))
    return worst


def digits_count(check: Check, checks: list[Check]) -> bool:
    """Whether digits beyond float32's cost points where a check shows their loss.

    They do in a strict check, and where a strict check of the function counts what
    others remark: not where its author has named the cases that can have all digits.
    """
    family = [one for one in checks if one.function == check.function and one.strict]
    return check.strict or not family or any(one.same_cases for one in family)


def _numbers_tell(failed: Finding, here: Worst) -> bool:
    """Whether the ratio says already that this case failed."""
    found = failed.result
    return (
        found.outcome is Outcome.FAILED
        and found.mismatch is not None
        and found.mismatch.kind in NUMERIC
        and (here.ratio or 0.0) > 1.0
    )


def _why(failed: Finding) -> str:
    """The reason of a failure in a few words."""
    found = failed.result
    if found.mismatch is not None:
        return f"{found.mismatch.kind} of {found.mismatch.of}"
    if found.raised is not None:
        return f"{found.raised.type}: {found.raised.message}"
    return found.detail or found.outcome.value
