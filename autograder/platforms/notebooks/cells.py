"""An assignment cut into cells: text, code to write, checks, questions.

A function's cell holds the solution with its marks, as the module does; ``Stub.stub``
is what students get. Behind it stand its checks, visible and hidden ones apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Union

from autograder.course.assignment import HANDOUT, WORKSHEET, Assignment
from autograder.course.source import read_text
from autograder.errors import CourseError
from autograder.platforms.notebooks.modules import ModulePart, module_parts
from autograder.submissions.notebook import ANSWER_BELOW
from autograder.verdict import CheckResult
from autograder.worksheet import Worksheet, blank, load
from autograder.worksheet.check_results import EXERCISE as WORKSHEET_EXERCISE


@dataclass(frozen=True)
class Text:
    """Markdown."""

    source: str


@dataclass(frozen=True)
class Code:
    """Code that is given: imports, constants."""

    source: str


@dataclass(frozen=True)
class Stub:
    """What students write; ``source`` is the solution with its marks."""

    exercise: str
    name: str  # of the function or class
    source: str
    stub: str


@dataclass(frozen=True)
class Part:
    """Some checks that one cell stands for."""

    exercise: str
    function: str
    hidden: bool
    checks: tuple[CheckResult, ...]

    @property
    def points(self) -> float:
        """That they are worth."""
        return sum(check.max_points for check in self.checks)

    @property
    def name(self) -> str:
        """``convolution-conv2d``, and ``convolution-conv2d-hidden``."""
        name = f"{self.exercise}-{self.function}"
        if self.function == self.exercise == WORKSHEET_EXERCISE:
            name = WORKSHEET_EXERCISE
        return f"{name}-hidden" if self.hidden else name


@dataclass(frozen=True)
class Test:
    """The checks of a function."""

    part: Part


@dataclass(frozen=True)
class Answers:
    """The worksheet's short answers: a cell that writes worksheet.toml."""

    source: str


@dataclass(frozen=True)
class Written:
    """A question whose answer a person grades."""

    question: str
    prompt: str
    points: float


_INSTALLATION = (
    "Once, if `autograder` is not installed: in a cell above this one run "
    "`%pip install` with the name of the `.whl` file that came with this notebook, "
    "and restart the kernel. Then run the cells from the top. Behind each function "
    "stands a cell that checks it."
)
_SHEET = (
    f"The cell below is your `{WORKSHEET}`: write your answers into it, and run it."
)
_IN_A_NOTEBOOK = (
    "In this notebook there are no files to write: where the text speaks of "
    "`{0}.py`, go to the part `{0}`, and in place of `autograder check` run the cells "
    "behind a function."
)

Cell = Union[Text, Code, Stub, Test, Answers, Written]  # noqa: UP007 (3.10 evaluates)


def notebook_cells(assignment: Assignment, checks: Sequence[CheckResult]) -> list[Cell]:
    """The cells of an assignment, in the order of its exercises.

    Args:
        assignment: with its solutions.
        checks: all of it, the worksheet's among them, as they stand before they ran.

    Raises:
        CourseError: two exercises define one name, or a module breaks a rule.
    """
    parts = parts_of(checks)
    modules = {
        exercise: module_parts(
            read_text(assignment.module(exercise)),
            str(assignment.module(exercise)),
            assignment.exercises,
        )
        for exercise in assignment.exercises
    }
    _refuse_twice(assignment, modules)
    names = {
        exercise: [part.names[-1] for part in found if part.kind == "stub"]
        for exercise, found in modules.items()
    }
    sections = _Sections(assignment, names)
    cells: list[Cell] = [Text(text) for text in sections.opening]
    cells.insert(1, Text(_INSTALLATION))
    if sections.speaks_of_files:
        cells.append(Text(_IN_A_NOTEBOOK.format(assignment.exercises[0])))
    for exercise, found in modules.items():
        of_exercise = [part for part in parts if part.exercise == exercise]
        cells += _exercise(exercise, found, of_exercise, sections)
    cells += [Text(text) for text in sections.closing]
    if assignment.has_worksheet:
        worksheet = load(assignment.folder / WORKSHEET)
        of_sheet = [part for part in parts if part.exercise == WORKSHEET_EXERCISE]
        cells += _worksheet(worksheet, of_sheet)
    return cells


def written_source(prompt: str) -> str:
    """The cell of a question that is answered in words, and read again by intake."""
    return f"{prompt}\n\n{ANSWER_BELOW}\n\n"


def parts_of(checks: Sequence[CheckResult]) -> list[Part]:
    """The checks by their cells, in their order, visible ones first."""
    found: dict[tuple[str, str, bool], list[CheckResult]] = {}
    for check in checks:
        name = check.function or check.exercise
        for hidden in (False, True):
            found.setdefault((check.exercise, name, hidden), [])
        found[check.exercise, name, check.hidden].append(check)
    return [Part(*key, tuple(some)) for key, some in found.items() if some]


def _refuse_twice(assignment: Assignment, modules: dict[str, list[ModulePart]]) -> None:
    where: dict[str, list[str]] = {}
    for exercise, found in modules.items():
        for name in {name for part in found for name in part.names}:
            where.setdefault(name, []).append(exercise)
    for name, exercises in sorted(where.items()):
        if len(exercises) > 1:
            raise CourseError(
                f"{assignment.folder}: {name!r} is defined in {' and '.join(exercises)}"
                ", and a notebook has one place for it. Give one of them another name."
            )


def _exercise(
    exercise: str, found: list[ModulePart], parts: list[Part], sections: _Sections
) -> Iterator[Cell]:
    for part in found:
        if part.kind == "text":
            yield Text(f"## `{exercise}`\n\n{part.stub}")
            continue
        if part.kind == "code":
            yield Code(part.stub)
            continue
        name = part.names[-1]
        yield from (Text(text) for text in sections.about(name))
        yield Stub(exercise, name, part.source, part.stub)
        own = [one for one in parts if one.function in part.names]
        yield from map(Test, own)
        parts = [one for one in parts if one not in own]
    yield from map(Test, parts)  # of what no stub is named after


def _worksheet(worksheet: Worksheet, parts: list[Part]) -> Iterator[Cell]:
    written = [one for one in worksheet.questions if one.kind == "written"]
    short = [one for one in worksheet.questions if one.kind != "written"]
    sheet = replace(worksheet, questions=tuple(short))
    yield Text(_SHEET)
    yield Answers(f"%%writefile {WORKSHEET}\n{blank(sheet)}")
    yield from map(Test, parts)
    for question in written:
        yield Written(question.id, question.prompt.strip(), question.points)


class _Sections:
    """The handout, whose numbered sections stand where they are about something."""

    def __init__(self, assignment: Assignment, names: Mapping[str, Sequence[str]]):
        """Where they belong is found here.

        Args:
            assignment: with a handout or without.
            names: of what each exercise asks for, in order.
        """
        path = assignment.folder / HANDOUT
        text = read_text(path) if path.is_file() else f"# {assignment.title}\n"
        sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
        sections = [section.strip() for section in sections if section.strip()]
        places = [n for n, text in enumerate(sections) if re.match(r"## \d", text)]
        first, last = (places[0], places[-1] + 1) if places else (1, 1)
        self.opening, self.closing = sections[:first], sections[last:]
        self.speaks_of_files = any(f"{name}.py" in text for name in names)
        self._about: dict[str, list[str]] = {}
        numbered = sections[first:last]
        if len(numbered) == len(names):  # one for each exercise
            firsts = [some[0] for some in names.values() if some]
            for name, section in zip(firsts, numbered):
                self._about[name] = [section]
            return
        every = [name for some in names.values() for name in some]
        place = 0
        for section in numbered:
            fits = [_fit(section, name) for name in every[place:]]
            if fits:
                place += fits.index(max(fits))
            if every:
                self._about.setdefault(every[place], []).append(section)

    def about(self, name: str) -> list[str]:
        """The sections that come before a function."""
        return self._about.get(name, [])


def _fit(section: str, name: str) -> tuple[float, int]:
    """How well a section fits a function: by its title, then by how it speaks of it."""
    title, _, text = section.partition("\n")
    heard = [word.lower() for word in re.findall(r"[A-Za-z]+", title)]
    words = [w.lower() for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    alike = [w for w in words if any(h.startswith(w) for h in heard)]
    mentions = len(re.findall(rf"\b{re.escape(name)}\b", text))
    return len(alike) / max(1, len(words)), mentions
