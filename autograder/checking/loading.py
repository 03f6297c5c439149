"""Check files as lists of checks. The same functions are plain tests under pytest."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from autograder.checking.case import (
    CPU_SETTINGS,
    SETTINGS,
    SIM_SETTINGS,
)
from autograder.checking.derived import derived_functions
from autograder.checking.modules import load_file
from autograder.checking.parametrised import Case, cases_of
from autograder.checking.strict import with_siblings
from autograder.checking.vocabulary import marked
from autograder.errors import CourseError

OWN_FIXTURES = ("student", "draw")
_BOUNDS = {"as_many_operators", "no_more_than"}  # they claim nothing but on a device


@dataclass(frozen=True)
class Check:
    """One test function: a promise, its points, and its cases."""

    exercise: str
    name: str
    function: str
    promise: str
    points: float
    hidden: bool
    after: tuple[str, ...]
    hint: str | None
    settings: tuple[str, ...]
    cases: tuple[Case, ...]
    takes_draw: bool
    body: Callable[..., Any] = field(repr=False)
    strict: bool = False  # dtypes, types, all digits and untouched arguments count
    changes: frozenset[str] = frozenset()  # arguments that its calls may change
    derived: str | None = None  # "digits", "types", "device": the mark that made it
    parent: str | None = None  # the name of the check that has the mark
    same_cases: bool = False  # as the parent: its remarks decide
    # Of a strict check: others of its function, whose remarks it counts as well.
    siblings: tuple[Check, ...] = field(default=(), compare=False, repr=False)
    counts_alone: bool = False  # operators of calls, wherever the tensors are

    @property
    def id(self) -> str:
        """``convolution::test_agrees_with_torch``."""
        return f"{self.exercise}::{self.name}"

    @property
    def seeded_as(self) -> str:
        """The id that seeds its cases: a derived check sees its parent's inputs."""
        return f"{self.exercise}::{self.parent or self.name}"

    @property
    def observed_in(self) -> str:
        """The setting of recognition: float64, or float32 where no input minds."""
        alone = not self.takes_draw and self.settings[:1] == CPU_SETTINGS[1:]
        return CPU_SETTINGS[alone]

    def is_for(self, device: str) -> bool:
        """Whether one of its settings is on this device."""
        return any(SETTINGS[name].device == device for name in self.settings)


def all_checks(checks: Mapping[str, list[Check]]) -> list[Check]:
    """The checks of all exercises, in their order."""
    return [check for some in checks.values() for check in some]


def names_asked_for(checks: Mapping[str, list[Check]]) -> dict[str, set[str]]:
    """The functions and classes that the checks of each exercise are about."""
    return {
        exercise: {check.function.partition(".")[0] for check in some} - {""}
        for exercise, some in checks.items()
    }


def load_checks(path: Path, exercise: str) -> list[Check]:
    """The checks of one check file, in its order.

    Raises:
        CourseError: a check without points, promise or student's function, one that
            asks for an unknown fixture or waits for an unknown check.
    """
    try:
        module = load_file(path, f"autograder_checks_{exercise}")
    except CourseError as error:
        raise CourseError(f"{path}: {error}") from error
    except Exception as error:
        raise CourseError(f"{path}: cannot be imported: {error!r}; fix it") from error
    checks = checks_of(module, path, exercise)
    if not checks:
        raise CourseError(f"{path}: holds no test_ function; write one, or drop it")
    return checks


def checks_of(module: ModuleType, path: Path, exercise: str) -> list[Check]:
    """The checks among the functions of an imported check file."""
    subjects = _subjects(path)
    checks: list[Check] = []
    for name, body in _with_derived(module, subjects):
        check = _check(body, name, exercise, subjects, path)
        known = {earlier.name for earlier in checks}
        for before in check.after:
            if before not in known:
                raise CourseError(
                    f"{path}: {name} waits for {before!r}, which is no check above it; "
                    "move it up, or name another in @after"
                )
        checks.append(check)
    return with_siblings(checks)


def _with_derived(
    module: ModuleType, subjects: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    """The test functions of a file by name, each followed by those its marks make."""
    for name, body in list(vars(module).items()):
        if name.startswith("test_") and callable(body):
            yield name, body
            for made in _derived(body, subjects.get(name, ""), module):
                if hasattr(module, made.__name__):
                    raise CourseError(
                        f"{module.__file__}: {made.__name__} is the name of a check "
                        f"that a mark of {name} makes; rename the other one"
                    )
                yield made.__name__, made


def _derived(body: Any, function: str, module: ModuleType) -> list[Any]:
    try:
        return derived_functions(body, function, cases_of)
    except CourseError as error:
        raise CourseError(f"{module.__file__}: {error}") from error


def derived_of(body: Any, path: Path) -> list[Any]:
    """The test functions that the marks of one make, for pytest to collect."""
    if not marked(body, "derivations", ()):
        return []
    return derived_functions(body, _subjects(path).get(body.__name__, ""), cases_of)


def _check(
    body: Any, name: str, exercise: str, subjects: dict[str, str], path: Path
) -> Check:
    subject = subjects.get(marked(body, "parent", name))
    worth = marked(body, "points")
    promise = " ".join((body.__doc__ or "").split())
    if not isinstance(worth, (int, float)) or isinstance(worth, bool) or worth <= 0:
        raise CourseError(
            f"{path}: {name} has no points; put @points(n) with n > 0 above it"
        )
    if not promise:
        raise CourseError(
            f"{path}: {name} has no docstring; students read it as the check's promise"
        )
    if subject is None:
        raise CourseError(f"{path}: {name} calls nothing of the student's; use student")
    cases = tuple(cases_of(body))
    asked = [p for p in inspect.signature(body).parameters if p not in OWN_FIXTURES]
    for case in cases:
        missing = set(asked) - set(case.arguments)
        if missing:
            raise CourseError(
                f"{path}: {name} asks for {sorted(missing)}; a check may take student, "
                "draw, and arguments of parametrize or Hypothesis"
            )
    chosen = settings_of(body)
    for setting in chosen:
        if setting not in SETTINGS or setting.startswith("cuda"):
            named = ", ".join(s for s in SETTINGS if not s.startswith("cuda"))
            raise CourseError(
                f"{path}: {name} names the setting {setting!r}; there are {named}, and "
                "cpu and sim for the usual ones of a device (on CUDA, all checks run "
                "where --device asks for it)"
            )
    bounds = sorted(_BOUNDS & set(_code_of(body).co_names))
    if bounds and not any(setting.startswith("sim") for setting in chosen):
        raise CourseError(
            f"{path}: {name} uses {bounds[0]}, and runs in {', '.join(chosen)}, where "
            'no work is counted; mark it @settings("sim"), or drop the bound'
        )
    return Check(
        exercise=exercise,
        name=name,
        function=subject,
        promise=promise,
        points=worth,
        hidden=bool(marked(body, "hidden", False)),
        after=marked(body, "after", ()),
        hint=marked(body, "hint"),
        settings=tuple(chosen),
        cases=cases,
        takes_draw="draw" in inspect.signature(body).parameters,
        body=body,
        strict=bool(marked(body, "strict", False)),
        changes=marked(body, "changes", frozenset()),
        derived=marked(body, "derived"),
        parent=marked(body, "parent"),
        same_cases=bool(marked(body, "same_cases", False)),
        counts_alone=bounds == ["as_many_operators"] and not marked(body, "derived"),
    )


def _code_of(body: Any) -> CodeType:
    """The code of a check, or of the function inside Hypothesis's wrapper."""
    handle = getattr(body, "hypothesis", None)
    inner: Any = inspect.unwrap(body if handle is None else handle.inner_test)
    code: CodeType = inner.__code__
    return code


def settings_of(body: Any) -> tuple[str, ...]:
    """The settings that a check is meant for.

    One that takes no ``draw`` has no inputs that depend on a dtype, and runs once.
    """
    chosen = marked(body, "settings")
    if chosen is not None:
        return tuple(name for asked in chosen for name in _named(asked))
    takes_draw = "draw" in inspect.signature(body).parameters
    return CPU_SETTINGS if takes_draw else CPU_SETTINGS[:1]


def _named(asked: str) -> list[str]:
    """The settings that a name stands for: a device alone is its usual dtypes."""
    return list({"cpu": CPU_SETTINGS, "sim": SIM_SETTINGS}.get(asked, (asked,)))


def _subjects(path: Path) -> dict[str, str]:
    """For each test function, the first ``student.<name>`` in its text."""
    found: dict[str, str] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        uses = [
            (inner.lineno, inner.col_offset, inner.attr)
            for inner in ast.walk(node)
            if isinstance(inner, ast.Attribute)
            and isinstance(inner.value, ast.Name)
            and inner.value.id == "student"
            and inner.attr not in ("build", "scripted")
        ]
        if uses:
            found[node.name] = min(uses)[2]
    return found
