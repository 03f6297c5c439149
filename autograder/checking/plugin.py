"""pytest runs an assignment's check files as they stand, with ``--pdb`` and ``-k``.

Active for ``test_<exercise>.py`` files beside an assignment.toml only; any other test
suite in the same environment is left alone. torch is imported when such a file is met.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.checking.case import CaseRun
    from autograder.checking.draw import Draw
    from autograder.checking.student import Student
    from autograder.course.assignment import Assignment

_ASSIGNMENTS: dict[Path, Any] = {}
_SETTING = "autograder_setting"


def _assignment_of(path: Path) -> Assignment | None:
    """The assignment whose check file this is, if it is one."""
    folder = path.parent
    if not path.name.startswith("test_") or not (folder / "assignment.toml").is_file():
        return None
    if folder not in _ASSIGNMENTS:
        from autograder.course.assignment import find_assignment

        _ASSIGNMENTS[folder] = find_assignment(folder)
    found: Assignment = _ASSIGNMENTS[folder]
    known = path.stem.removeprefix("test_") in found.exercises
    return found if known else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a check once for each setting that it is meant for."""
    if _assignment_of(metafunc.definition.path) is None:
        return
    from autograder.checking.loading import settings_of

    names = settings_of(metafunc.function)
    metafunc.fixturenames.append(_SETTING)
    metafunc.parametrize(_SETTING, names, ids=[n.replace(" ", "-") for n in names])


@pytest.hookimpl(hookwrapper=True)
def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> Iterator[None]:
    """Collect the checks that the marks of a check make, behind it."""
    outcome: Any = yield
    if not name.startswith("test_") or _assignment_of(collector.path) is None:
        return
    from autograder.checking.loading import derived_of

    found = list(outcome.get_result() or [])
    for made in derived_of(obj, collector.path):
        # pytest looks a test up by its name; what is collected now is not met again.
        setattr(collector.obj, made.__name__, made)
        found += collector.ihook.pytest_pycollect_makeitem(
            collector=collector, name=made.__name__, obj=made
        )
    outcome.force_result(found or None)


@pytest.fixture(name=_SETTING)
def _setting(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def _run(request: pytest.FixtureRequest) -> CaseRun:
    from autograder.checking.case import SETTINGS, CaseRun, begin, case_seed
    from autograder.checking.device_choice import Devices
    from autograder.checking.device_option import USUAL
    from autograder.checking.parametrised import case_id
    from autograder.checking.vocabulary import marked

    assignment = _assignment_of(request.path)
    if assignment is None:
        pytest.fail(
            "student and draw belong to check files: test_<exercise>.py beside an "
            "assignment.toml"
        )
    exercise = request.path.stem.removeprefix("test_")
    function: Any = getattr(request, "function")  # noqa: B009  (pytest types it so)
    arguments = dict(getattr(request.node, "callspec").params)  # noqa: B009
    setting = arguments.pop(_SETTING)
    for name, reason in Devices.asked(USUAL).skipped([setting]).items():
        pytest.skip(f"not run on {name}: {reason}")
    check_id = f"{exercise}::{marked(function, 'parent', function.__name__)}"
    seed = case_seed(assignment.public_seed, check_id, case_id(function, arguments))
    run = CaseRun(
        SETTINGS[setting],
        seed,
        strict=marked(function, "strict", False),
        changes=marked(function, "changes", frozenset()),
    )
    begin(run)
    return run


@pytest.fixture
def draw(_run: CaseRun) -> Draw:
    """Seeded inputs of the setting's dtype."""
    from autograder.checking.draw import Draw

    return Draw(_run)


@pytest.fixture
def student(request: pytest.FixtureRequest, _run: CaseRun) -> Student:
    """The module under test, imported into this process."""
    from autograder.checking.local import LocalCaller
    from autograder.checking.modules import ModuleSet
    from autograder.checking.student import Student

    assignment = _assignment_of(request.path)
    assert assignment is not None
    modules = ModuleSet(assignment.folder, list(assignment.exercises))
    module = modules.load(request.path.stem.removeprefix("test_"))
    # pytest captures what is printed, and a debugger prints too.
    caller = LocalCaller(module, modules.sources, modules.visible, capture=False)
    _run.output_names = caller.output_names
    return Student(caller, _run.setting.device)


# Before Hypothesis looks at the settings of a test, in whatever order plugins come.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a check as grading does, to the look at the arguments at its end."""
    run = getattr(item, "funcargs", {}).get("_run")
    if run is None:
        return (yield)
    from autograder.checking.case_runs import prepared
    from autograder.checking.ending import look_back

    prepared(getattr(item, "function"), run)  # noqa: B009
    try:
        result = yield
        look_back(run)
    except Exception as error:
        if not _minds_the_dtype_alone(error, item, run):
            raise
        return None
    return result


def _minds_the_dtype_alone(error: Exception, item: pytest.Item, run: CaseRun) -> bool:
    """Whether student code stopped in float64, and does not in float32."""
    from autograder.checking.case import CaseRun, begin
    from autograder.checking.case_runs import in_float32, may_mind_the_dtype, prepared
    from autograder.checking.draw import Draw
    from autograder.checking.ending import look_back
    from autograder.checking.judging import judge

    if not may_mind_the_dtype(run) or "raised" not in judge(error, run)[1]:
        return False
    again = CaseRun(in_float32(run.setting), run.seed, changes=run.changes)
    again.output_names = run.output_names
    begin(again)
    function: Any = getattr(item, "function")  # noqa: B009
    asked = inspect.signature(function).parameters
    arguments = {n: v for n, v in getattr(item, "funcargs").items() if n in asked}  # noqa: B009
    if "draw" in arguments:
        arguments["draw"] = Draw(again)
    try:
        prepared(function, again)(**arguments)
        look_back(again)
    except (Exception, pytest.fail.Exception):
        return False
    return True
