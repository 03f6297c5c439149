"""Exercises that are run again, with right code in place of what they are built on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.grading.children import Line
from autograder.grading.exercise import GradedExercise
from autograder.grading.remote import callers_of
from autograder.grading.stand_ins import RIGHT, built_on, cut_to, replacements
from autograder.grading.wire import Budget

if TYPE_CHECKING:
    from autograder.grading.submission import Grading
    from autograder.submissions.intake import Submission


@dataclass(frozen=True)
class SecondRuns:
    """Runs exercises of one submission again, where they are built on faulty code."""

    submission: Submission
    grading: Grading
    line: Line
    budget: Budget

    def of(self, exercises: list[GradedExercise]) -> list[GradedExercise]:
        """The exercises, with the checks that pass on right code below them."""
        faulty: dict[str, set[str]] = {}
        found = []
        for exercise in exercises:
            if exercise.is_faulty:
                exercise = self._on_right_code(exercise, faulty)
            found.append(exercise)
            if exercise.is_faulty:
                faulty[exercise.name] = {*exercise.faulty_functions}
        return found

    def _on_right_code(
        self, exercise: GradedExercise, faulty: Mapping[str, set[str]]
    ) -> GradedExercise:
        lower = replacements(
            exercise.name,
            self.submission.files,
            faulty,
            self.grading.stand_ins.sources,
        )
        if lower:
            exercise = self._on_modules(exercise, lower)
        return self._on_functions(exercise, lower, faulty)

    def _on_modules(
        self, exercise: GradedExercise, lower: dict[str, str]
    ) -> GradedExercise:
        return self._again(exercise, lower, {}, exercise.faulty_functions)

    def _on_functions(
        self,
        exercise: GradedExercise,
        lower: dict[str, str],
        faulty: Mapping[str, set[str]],
    ) -> GradedExercise:
        """On right functions in place of faulty ones of the same file."""
        files, stand_ins = self.submission.files, self.grading.stand_ins
        own = {exercise.name: exercise.faulty_functions & exercise.tried}
        wrong = {**faulty, **own}
        right = {
            function: {
                name: home
                for name, home in stand_ins.right_names(
                    exercise.name, function, files
                ).items()
                if name in wrong.get(home, ())
            }
            for function in exercise.faulty_functions
        }
        source = files.get(exercise.name, "")
        for names, functions in built_on(source, right).items():
            chosen = {name: right[functions[0]][name] for name in names}
            exercise = self._again(exercise, lower, chosen, functions)
        return exercise

    def _again(
        self,
        exercise: GradedExercise,
        lower: dict[str, str],
        right: dict[str, str],
        functions: Collection[str],
    ) -> GradedExercise:
        """The exercise, with the checks of these functions run once more."""
        sources = self.grading.stand_ins.sources
        ours = dict(lower)
        for home in right.values():
            names = frozenset(name for name in right if right[name] == home)
            ours[RIGHT.format(home)] = cut_to(sources[home], names)
        process, callers = callers_of(
            [exercise.name],
            self.submission.files | ours,
            self.submission,
            self.grading,
            self.line,
            self.budget,
            ours=ours,
            right={name: RIGHT.format(home) for name, home in right.items()},
        )
        try:
            replaced = ", ".join([*(f"{name}.py" for name in lower), *right])
            again = exercise.again(callers[exercise.name], replaced, functions)
            if again.lost_by(exercise):
                return exercise
            again.run(hidden=False)
            again.run(hidden=True)
            again.recognise()
        finally:
            process.drop()
        return again
