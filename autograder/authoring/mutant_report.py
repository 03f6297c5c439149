"""What came of the mutants of an assignment, counted, and what to fix."""

from __future__ import annotations

from collections import Counter
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
    survivors: list[Mutant] = []
    for mutant, trial in tried:
        if trial.caught_by is not None:
            report.caught += 1
        elif any(entry.holds(mutant) for entry in entries):
            report.equivalent += 1
        else:
            survivors.append(mutant)
    without = _without_gradients(tried)
    told: set[tuple[str, str]] = set()
    for mutant in survivors:
        where = mutant.exercise, mutant.function
        if mutant.kind != "detach" or where not in without:
            report.complaints.append(_survivor(mutant, trials))
        elif where not in told:
            told.add(where)
            report.complaints.append(_detached(mutant, without[where], trials))
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


def _without_gradients(
    tried: list[tuple[Mutant, Trial]],
) -> dict[tuple[str, str], int]:
    """Functions of which no mutant that is cut off from gradients is caught."""
    counts: Counter[tuple[str, str]] = Counter()
    caught = set()
    for mutant, trial in tried:
        if mutant.kind == "detach":
            where = mutant.exercise, mutant.function
            counts[where] += 1
            if trial.caught_by is not None:
                caught.add(where)
    return {w: n for w, n in counts.items() if n > 1 and w not in caught}


def _detached(mutant: Mutant, count: int, trials: Trials) -> str:
    assignment = trials.solution.assignment
    return (
        f"{assignment.module(mutant.exercise)}:{mutant.line}: in {mutant.function}, "
        f"all {count} mutants (detach) pass every check, the first of them:\n"
        f"  - {mutant.before}\n"
        f"  + {mutant.after}\n"
        f"No check asks for its gradients. Write one that does, or where there are "
        f"none to ask for, put this into {assignment.folder / equivalents.FILE}, with "
        "the reason:\n"
        "  [[equivalent]]\n"
        f'  exercise = "{mutant.exercise}"\n'
        f'  function = "{mutant.function}"\n'
        '  kind = "detach"\n'
        '  reason = ""'
    )


__all__ = ["MutantReport", "Trial", "judge_mutants"]
