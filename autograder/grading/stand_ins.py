"""Right code in place of a student's faulty code, so that a fault is paid once.

Where ``layers`` imports ``heads``, and the student's ``heads`` fails checks of its own,
the checks of ``layers`` that fail are run again with a stand-in for ``heads``, and that
result counts. So it is where functions of one file are built on each other: checks of
``lstm_forward`` that fail are run again with the stand-in's ``lstm_cell`` under that
name. A stand-in is made of public names of torch, so it is no secret in the sandbox:
``solutions/NAME/stand_ins/heads.py``.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course.assignment import STAND_INS, STYLES, Assignment
from autograder.errors import CourseError
from autograder.grading.limits import ADVICE_CHARACTERS, FOLLOWED_CHARACTERS
from autograder.sources.definitions import imported_modules, reached
from autograder.sources.syntax import bound_names
from autograder.tables import listed, nearest

RIGHT = "_right_{}"  # the module in which a stand-in lies beside what it is for


@dataclass(frozen=True)
class StandIns:
    """The stand-ins of an assignment, and where they are used.

    Attributes:
        sources: of the stand-ins, by exercise.
        uses: by exercise and function, the functions of the same file that the
            solution builds it on, or one of the styles.
        imports: for each exercise, those that its solution imports.
    """

    sources: Mapping[str, str] = field(default_factory=dict)
    uses: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    imports: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, assignment: Assignment) -> StandIns:
        """Those of an assignment.

        Raises:
            CourseError: one is named as no exercise is.
        """
        sources = _sources(assignment)
        solution = {e: _text(assignment.module(e)) for e in assignment.exercises}
        uses = {}
        for exercise in sources:
            styles = assignment.folder.glob(f"{STYLES}/*/{exercise}.py")
            texts = [solution[exercise], *map(_text, sorted(styles))]
            uses[exercise] = _one_way(list(map(reached, texts)))
        others = frozenset(solution)
        imports = {e: others & imported_modules(t) - {e} for e, t in solution.items()}
        return cls(sources, uses, imports)

    @classmethod
    def sealed(cls, assignment: Assignment, document: Mapping[str, Any]) -> StandIns:
        """Those of a folder without solutions, as ``as_document`` told who uses whom.

        Raises:
            CourseError: one is named as no exercise is, or the document is damaged.
        """
        try:
            uses = {
                exercise: {name: frozenset(lower) for name, lower in some.items()}
                for exercise, some in document["uses"].items()
            }
            imports = {e: frozenset(some) for e, some in document["imports"].items()}
        except (LookupError, TypeError, AttributeError) as error:
            raise CourseError(
                f"{assignment.folder}: who builds on whom is damaged ({error!r}). "
                "Build what you have uploaded once more."
            ) from None
        return cls(_sources(assignment), uses, imports)

    def as_document(self) -> dict[str, Any]:
        """Who is built on whom, as JSON has it; the sources are files."""
        return {
            "uses": {
                exercise: {name: sorted(lower) for name, lower in some.items()}
                for exercise, some in self.uses.items()
            },
            "imports": {e: sorted(some) for e, some in self.imports.items()},
        }

    def below(self, exercise: str) -> set[str]:
        """The exercises that a solution is built on, through others as well."""
        found: set[str] = set()
        waiting = [exercise]
        while waiting:
            new = self.imports.get(waiting.pop(), frozenset()) - found - {exercise}
            found |= new
            waiting += new
        return found

    def right_names(
        self, exercise: str, function: str, files: Mapping[str, str]
    ) -> dict[str, str]:
        """What may be replaced where a function is built on it: name and exercise.

        In a notebook that is handed in for several exercises, functions of those that
        are imported elsewhere are of the same file.
        """
        found: dict[str, str] = {}
        for lower in self.below(exercise):
            if lower in self.sources and files.get(lower) == files.get(exercise):
                found |= dict.fromkeys(names_of(self.sources[lower]), lower)
        if exercise in self.sources:
            own = self.uses[exercise].get(function, frozenset())
            own &= names_of(self.sources[exercise])
            found |= dict.fromkeys(own, exercise)
        return found


def _sources(assignment: Assignment) -> dict[str, str]:
    files = sorted((assignment.folder / STAND_INS).glob("*.py"))
    for file in files:
        if file.stem not in assignment.exercises:
            raise CourseError(
                f"{file}: stands in for {file.stem!r}, and there is no such exercise"
                f"{nearest(file.stem, assignment.exercises)} Exercises: "
                f"{listed(assignment.exercises)}."
            )
    return {file.stem: _text(file) for file in files}


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _one_way(graphs: list[dict[str, set[str]]]) -> dict[str, frozenset[str]]:
    """What each function uses in some of the files, and is not used by in another.

    Of two that could each be written with the other, neither is replaced: who writes
    both so has written neither.
    """
    uses: dict[str, set[str]] = {}
    for graph in graphs:
        for function, lower in graph.items():
            uses.setdefault(function, set()).update(lower)
    return {
        function: frozenset(f for f in lower if function not in uses.get(f, ()))
        for function, lower in uses.items()
    }


def replacements(
    exercise: str,
    files: Mapping[str, str],
    faulty: Collection[str],
    stand_ins: Mapping[str, str],
) -> dict[str, str]:
    """What to put in place of the faulty modules that an exercise file imports.

    Usage::

        replacements("layers", files, {"heads"}, {"heads": "..."})  # {"heads": "..."}

    Args:
        exercise: the exercise, by the name of its module.
        files: the submission's modules, by name.
        faulty: exercises whose own checks do not all pass.
        stand_ins: those that there are.
    """
    found: dict[str, str] = {}
    known = files.keys() | stand_ins.keys()  # a file that is not there is replaced, too
    seen = {exercise}
    waiting = [exercise]
    left = FOLLOWED_CHARACTERS
    while waiting:
        source = files.get(waiting.pop(), "")
        left -= len(source)
        if left < 0:
            break
        for name in imported_modules(looked_into(source)) & known - seen:
            seen.add(name)
            if name in faulty and name in stand_ins:
                found[name] = stand_ins[name]
            else:
                waiting.append(name)
    return dict(sorted(found.items()))


def built_on(
    source: str, functions: Mapping[str, Collection[str]]
) -> dict[tuple[str, ...], list[str]]:
    """Functions of a file, by the replaceable ones that they use in it.

    Usage::

        built_on(text, {"lstm_forward": {"lstm_cell"}, "lstm_cell": set()})
        # {("lstm_cell",): ["lstm_forward"]}

    Args:
        source: of the student's file.
        functions: faulty functions and classes, and what may be replaced for each.
    """
    found: dict[tuple[str, ...], list[str]] = {}
    uses = reached(looked_into(source))
    for function, right in sorted(functions.items()):
        lower = tuple(sorted(uses.get(function, set()) & {*right} - {function}))
        if lower:
            found.setdefault(lower, []).append(function)
    return found


@functools.cache
def cut_to(stand_in: str, names: frozenset[str]) -> str:
    """A stand-in's source without what none of some names needs.

    It lies beside the student's code. Whatever else it had, a function that is checked
    there could give as its own.
    """
    body = ast.parse(stand_in).body
    binds = [set(bound_names([node])) for node in body]
    needed = set(names)
    kept: set[int] = set()
    while True:
        more = {
            index
            for index, bound in enumerate(binds)
            if index not in kept and (not bound or bound & needed)
        }
        if not more:
            break
        kept |= more
        inside = (node for index in more for node in ast.walk(body[index]))
        needed.update(node.id for node in inside if isinstance(node, ast.Name))
    lines = stand_in.splitlines(keepends=True)
    for index, node in enumerate(body):
        if index not in kept:
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(one.lineno for one in decorators)])
            for number in range(first - 1, node.end_lineno or node.lineno):
                lines[number] = "\n"
    return "".join(lines)


def looked_into(source: str) -> str:
    """What the grader may look things up in: all, or nothing if that is long."""
    return source if len(source) <= ADVICE_CHARACTERS else ""


@functools.cache
def names_of(stand_in: str) -> frozenset[str]:
    """The names that a stand-in's source binds at its top."""
    return frozenset(bound_names(ast.parse(stand_in).body))
