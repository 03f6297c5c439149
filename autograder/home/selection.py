"""Which exercises and checks were asked for, and which did not pass last time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from autograder.errors import CourseError
from autograder.home import memory
from autograder.verdict import CheckResult, Outcome


@dataclass(frozen=True)
class Selection:
    """What to check; everything where nothing is said."""

    exercises: tuple[str, ...] = ()
    only: str = ""  # a check's name or a function's; else a part of names
    ids: frozenset[str] | None = None  # of checks; None: whichever

    def has(self, exercise: str) -> bool:
        """Whether an exercise is asked for."""
        return not self.exercises or exercise in self.exercises

    def chosen(self, known: Mapping[str, str]) -> frozenset[str]:
        """The ids of the checks that are asked for.

        Args:
            known: the function of each check that there is, by the check's id.
        """
        asked = {check_id for check_id in known if self.has(_exercise_of(check_id))}
        found = {check_id for check_id in asked if self.only in check_id}
        for exact in (
            {check_id for check_id in asked if self.only in _names(check_id)},
            {check_id for check_id in asked if self.only == known[check_id]},
        ):
            if self.only and exact:
                found = exact
                break
        return frozenset(found if self.ids is None else found & self.ids)

    def is_exact(self, known: Mapping[str, str]) -> bool:
        """Whether ``only`` is the whole name of a check or of a function."""
        whole = any(self.only in _names(check_id) for check_id in known)
        return whole or self.only in known.values()

    @property
    def is_part(self) -> bool:
        """Whether some checks of an exercise may be left out."""
        return bool(self.only) or self.ids is not None


def _exercise_of(check_id: str) -> str:
    return check_id.partition("::")[0]


def _names(check_id: str) -> tuple[str, ...]:
    """What is the whole name of a check, with or without its exercise."""
    exercise, _, name = check_id.partition("::")
    short = name.removeprefix("test_")
    return check_id, name, short, f"{exercise}::{short}"


def exercise_names(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """The exercises that are meant; a file's name is as good as the exercise's."""
    texts = [given] if isinstance(given, str) else given or []
    return tuple(dict.fromkeys(_exercise(text) for text in texts))


def _exercise(text: str) -> str:
    name = PurePath(text).name or text
    for suffix in (".py", ".toml"):
        if name.endswith(suffix):
            return name.removesuffix(suffix).removeprefix("test_")
    return name


def remember(folder: Path, results: Iterable[CheckResult]) -> None:
    """Keep which checks did not pass; those that did not run keep what they had."""
    ran = list(results)
    failed = {result.id for result in ran if result.outcome is not Outcome.PASSED}
    kept = (_remembered(folder) or set()) - {result.id for result in ran}
    functions = _functions(folder) | {r.id: r.function for r in ran if r.function}
    document = {"not_passed": sorted(kept | failed), "functions": functions}
    memory.keep(folder, memory.LAST, document)


def failed_last_time(folder: Path) -> frozenset[str]:
    """The checks that did not pass when they last ran.

    Raises:
        CourseError: nothing is known of an earlier run.
    """
    found = _remembered(folder)
    if found is None:
        raise CourseError(
            "--failed needs an earlier run, and there was none in this folder. Run "
            "`autograder check` first."
        )
    return frozenset(found)


def passed_by_function(folder: Path, exercise: str) -> dict[str, bool]:
    """Whether all checks of a function passed when they last ran, as far as known."""
    lost = _remembered(folder) or set()
    passed: dict[str, bool] = {}
    for check_id, function in _functions(folder).items():
        if _exercise_of(check_id) == exercise:
            passed[function] = passed.get(function, True) and check_id not in lost
    return passed


def _functions(folder: Path) -> dict[str, str]:
    """The function of each check that has ever run here, by its id."""
    found = memory.recalled(folder, memory.LAST).get("functions")
    if not isinstance(found, dict):
        return {}
    return {str(key): str(value) for key, value in found.items()}


def _remembered(folder: Path) -> set[str] | None:
    found = memory.recalled(folder, memory.LAST).get("not_passed")
    return {str(name) for name in found} if isinstance(found, list) else None
