"""Whether a submission is graded, and which score counts: attempts and the best one.

Gradescope tells the results of the latest earlier submission only. So each result of
ours carries, in ``extra_data``, what is to be known of all before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from autograder.platforms.gradescope.metadata import Metadata
from autograder.platforms.gradescope.options import Options

EXTRA = "autograder"  # our part of extra_data
# Gradings that fail for a reason of ours and take no attempt, within the hours that an
# attempt counts: of the same files, and of all. Later ones take one each, or code that
# makes a grader fail would be graded without end.
FREE_OF_SAME = 3
FREE_OF_ALL = 10


@dataclass(frozen=True)
class History:
    """What counts of the submissions before this one.

    Attributes:
        attempts: when those were made that took an attempt. A run that failed for a
            reason of ours takes none at first, and one that was refused never.
        failures: when runs failed for a reason of ours, and the digest of their files.
        best: the most points that one earned; None without any.
        latest: the results of the latest one; empty where there are none.
        checks: which checks these points are of, as ``course_digest`` tells.
    """

    attempts: tuple[datetime, ...] = ()
    best: float | None = None
    latest: dict[str, Any] = field(default_factory=dict)
    checks: str = ""
    failures: tuple[tuple[datetime, str], ...] = ()

    @classmethod
    def of(cls, metadata: Metadata) -> History:
        """As the results before it tell; where those are ours, whole."""
        latest = metadata.previous[-1].results if metadata.previous else {}
        extra = latest.get("extra_data")
        ours = extra.get(EXTRA) if isinstance(extra, dict) else None
        if not isinstance(ours, dict):
            # Of another grader, or of a run that ended before it could write.
            whole = [each for each in metadata.previous if not each.failed]
            scores = [each.score for each in whole if each.score is not None]
            times = tuple(each.time for each in whole)
            return cls(times, max(scores, default=None), latest)
        times_of_ours, best = ours.get("attempts"), ours.get("best")
        return cls(
            tuple(_times(times_of_ours if isinstance(times_of_ours, list) else [])),
            float(best) if isinstance(best, (int, float)) else None,
            latest,
            str(ours.get("checks") or ""),
            tuple(_failures(ours.get("failures"))),
        )

    def of_checks(self, digest: str) -> History:
        """The same, without points that were earned with other checks.

        What failed with these may work now.
        """
        if not self.checks or self.checks == digest:
            return replace(self, checks=digest)
        return replace(self, best=None, checks=digest, failures=())

    def within(self, options: Options, now: datetime) -> list[datetime]:
        """The attempts that still count at a time, oldest first."""
        since = now - timedelta(hours=options.hours)
        return sorted(time for time in self.attempts if since < time <= now)

    def next_time(self, options: Options, now: datetime) -> datetime | None:
        """When the next attempt can be made; None: now.

        Where there are no results to show instead, it is always now.
        """
        if options.attempts is None or not self.latest.get("tests"):
            return None
        counted = self.within(options, now)
        if len(counted) < options.attempts:
            return None
        return counted[-options.attempts] + timedelta(hours=options.hours)

    def failed_within(self, options: Options, now: datetime) -> list[str]:
        """The digests of files whose grading failed by our fault within the hours."""
        since = now - timedelta(hours=options.hours)
        return [digest for time, digest in self.failures if since < time <= now]

    def is_free(self, options: Options, now: datetime, files: str) -> bool:
        """Whether a run of these files that fails by our fault takes no attempt."""
        digests = self.failed_within(options, now)
        return digests.count(files) < FREE_OF_SAME and len(digests) < FREE_OF_ALL

    def after(
        self, now: datetime, points: float, counts: bool, failed: str | None = None
    ) -> dict[str, Any]:
        """What the new result carries, as its ``extra_data``.

        Args:
            now: when the submission was made.
            points: that it earned.
            counts: whether it takes an attempt.
            failed: the digest of its files, where grading failed by our fault.
        """
        attempts = (*self.attempts, now) if counts else self.attempts
        failures = (
            (*self.failures, (now, failed)) if failed is not None else self.failures
        )
        best = points if self.best is None else max(points, self.best)
        new = replace(self, attempts=attempts, best=best, failures=failures)
        return new.as_extra()

    def as_extra(self) -> dict[str, Any]:
        """What a result carries that changes nothing."""
        times = [time.isoformat() for time in self.attempts]
        failures = [[time.isoformat(), digest] for time, digest in self.failures]
        ours = {
            "attempts": times,
            "best": self.best,
            "checks": self.checks,
            "failures": failures[-FREE_OF_ALL:],
        }
        return {EXTRA: ours}


def refused(history: History, options: Options, until: datetime) -> dict[str, Any]:
    """The results of a submission that is not graded: those of the latest one.

    Its students see first why, and from when on they can hand in again.
    """
    at = until.astimezone(timezone.utc)
    used = f"{options.attempts} of {options.attempts}"
    why = (
        f"This submission was not graded: {used} attempts within "
        f"{options.hours:g} hours are used. Hand it in again from "
        f"{at:%Y-%m-%d %H:%M} UTC on. Below are the results of the one before it."
    )
    results = {**history.latest}
    results.pop("execution_time", None)
    before = str(results.get("output") or "")
    results["output"] = f"{why}\n\n{before.removeprefix(_said(before))}".strip()
    results["output_format"] = "text"
    return results


def _said(before: str) -> str:
    """What an earlier refusal has put before the results of an earlier one still."""
    first, blank, _ = before.partition("\n\n")
    is_ours = first.startswith("This submission was not graded: ")
    return f"{first}{blank}" if is_ours else ""


def _failures(values: Any) -> list[tuple[datetime, str]]:
    found = []
    for value in values if isinstance(values, list) else []:
        time, digest = (
            value if isinstance(value, list) and len(value) == 2 else ("", "")
        )
        found += [(at, str(digest)) for at in _times([time])]
    return found


def _times(values: list[Any]) -> list[datetime]:
    found = []
    for value in values:
        try:
            time = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            continue
        found.append(time if time.tzinfo else time.replace(tzinfo=timezone.utc))
    return found
