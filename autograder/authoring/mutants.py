"""Mutants of a solution: what students write, with one small change each."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from dataclasses import dataclass, replace

from autograder.authoring.mutations import edits
from autograder.authoring.splice import Edit, Source
from autograder.course.stubs import find_regions
from autograder.sources.syntax import Definition, definitions


@dataclass(frozen=True)
class Mutant:
    """One changed solution.

    ``before`` and ``after`` are the lines that differ, as one line without indents.
    """

    exercise: str
    function: str  # the function, class or helper of the module that is changed
    kind: str
    line: int
    before: str
    after: str
    source: str  # the whole file
    number: int = 1  # among those of the function that read the same

    @property
    def key(self) -> str:
        """A short name that stays the same as long as the change does."""
        text = "\n".join(
            (self.exercise, self.function, self.before, self.after, str(self.number))
        )
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def mutants_of(text: str, exercise: str, file: str = "solution.py") -> list[Mutant]:
    """All mutants of one solution, made between its marks, each only once.

    Raises:
        CourseError: the marks break a rule.
    """
    source = Source(text)
    regions = [region.lines for region in find_regions(text, file)]
    found: list[Mutant] = []
    for definition in definitions(ast.parse(text).body):
        seen = {_normal(definition)}
        alike: Counter[tuple[str, str]] = Counter()
        for edit in edits(definition, source):
            number = source.line_number(edit.start)
            if not any(first < number < last for first, last in regions):
                continue
            same = _meaning(source, definition, edit)
            if same is None or same in seen:
                continue
            seen.add(same)
            mutant = _mutant(source, exercise, definition.name, edit)
            alike[mutant.before, mutant.after] += 1
            number = alike[mutant.before, mutant.after]
            found.append(replace(mutant, number=number))
    return found


def sample(mutants: list[Mutant], count: int) -> list[Mutant]:
    """Some of them, the same ones every time, in their order."""
    chosen = set(sorted(mutant.key for mutant in mutants)[:count])
    return [mutant for mutant in mutants if mutant.key in chosen]


def _mutant(source: Source, exercise: str, function: str, edit: Edit) -> Mutant:
    first, last = source.lines_around(edit.start, edit.end)
    before = source.between(first, last)
    head = source.between(first, edit.start)
    after = head + edit.text + source.between(edit.end, last)
    return Mutant(
        exercise=exercise,
        function=function,
        kind=edit.kind,
        line=source.line_number(edit.start),
        before=" ".join(before.split()),
        after=" ".join(after.split()),
        source=source.with_edit(edit),
    )


def _meaning(source: Source, definition: Definition, edit: Edit) -> str | None:
    """The changed definition without its layout; None where it is no Python."""
    start, end = source.span(definition)
    text = source.between(start, edit.start) + edit.text + source.between(edit.end, end)
    try:
        return _normal(ast.parse(text))
    except SyntaxError:
        return None


def _normal(tree: ast.AST) -> str:
    return ast.dump(tree.body[0] if isinstance(tree, ast.Module) else tree)
