"""What came of the mutants of an assignment, counted, and what to fix."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from autograder.authoring import equivalents
from autograder.authoring.mutant_run import Watch, all_mutants, try_mutants
from autograder.authoring.mutants import Mutant, sample
from autograder.authoring.trials import Trial, Trials
from autograder.checking.solution import Solution


@dataclass
class MutantReport:
    """The numbers, and a text for each fault."""

    tried: int = 0
    of: int = 0
    caught: int = 0
    equivalent: int = 0
    complaints: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """The numbers in a sentence."""
        survive = self.tried - self.caught - self.equivalent
        which = (
            f"{self.tried}" if self.tried == self.of else f"{self.tried} of {self.of}"
        )
        return (
            f"{which} mutants: {self.caught} caught, {self.equivalent} equivalent, "
            f"{survive} {'survives' if survive == 1 else 'survive'}"
        )


def judge_mutants(
    solution: Solution,
    exercises: list[str],
    count: int | None,
    kept: Path,
    jobs: int,
    watch: Watch,
) -> MutantReport:
    """Try the mutants of some exercises, all of them or a sample.

    Args:
        solution: the assignment.
        exercises: whose mutants are tried.
        count: how many at most, always the same ones; None for all.
        kept: the file of what is known of mutants.
        jobs: how many are tried at a time.
        watch: is told how far it is.

    Raises:
        CourseError: a solution does not pass in the worker, a check fails by itself, or
            the list of equivalent mutants breaks a rule.
    """
    folder = solution.assignment.folder
    entries = [e for e in equivalents.load(folder) if e.exercise in exercises]
    trials = Trials(solution)
    there = all_mutants(trials, exercises)
    chosen = there if count is None else sample(there, count)
    tried = list(zip(chosen, try_mutants(trials, chosen, kept, jobs, watch)))
    report = MutantReport(len(tried), len(there))
    for mutant, trial in tried:
        if trial.caught_by is not None:
            report.caught += 1
        elif any(entry.holds(mutant) for entry in entries):
            report.equivalent += 1
        else:
            report.complaints.append(_survivor(mutant, trials))
    file = folder / equivalents.FILE
    report.complaints += equivalents.complaints(entries, there, tried, file)
    return report


def _survivor(mutant: Mutant, trials: Trials) -> str:
    assignment = trials.solution.assignment
    checks = len(trials.checks_for(mutant))
    return (
        f"{assignment.module(mutant.exercise)}:{mutant.line}: in {mutant.function}, a "
        f"mutant ({mutant.kind}) passes {checks} of {checks} checks:\n"
        f"  - {mutant.before}\n"
        f"  + {mutant.after}\n"
        f"Write a check that fails it, or list it in "
        f"{assignment.folder / equivalents.FILE} with its reason."
    )


__all__ = ["MutantReport", "Trial", "judge_mutants"]
