"""``autograder verify``: a line a step, then what to mend."""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.course.assignment import Assignment, load_course


def verify_command(course: Path, name: str | None, seeds: int, generated: Path) -> int:
    """Verify one assignment or all; 0 when all is proved, else 1."""
    found = load_course(course)
    chosen = [found.assignment(name)] if name else list(found.assignments)
    wrong = sum(_verify_one(assignment, seeds, generated) for assignment in chosen)
    if wrong:
        noun = "complaint" if wrong == 1 else "complaints"
        print(f"{wrong} {noun}.", file=sys.stderr)
    return 1 if wrong else 0


def _verify_one(assignment: Assignment, count: int, generated: Path) -> int:
    from autograder.checking.solution import Solution
    from autograder.grading.verifying import verify
    from autograder.protocol import cuda
    from autograder.protocol.tuning import tune_for_small_tensors

    tune_for_small_tensors()
    cuda.allow(None)  # what is proved here must hold where no GPU is
    seeds = [assignment.public_seed + 1000 * index for index in range(count)]
    plural = "s" if count > 1 else ""
    print(f"{assignment.name}: {assignment.title}, {count} seed{plural}")
    complaints = 0
    folder = generated / assignment.name
    for step in verify(Solution(assignment), seeds, folder):
        print(f"  {'wrong' if step.complaints else 'ok   '}  {step.name}", flush=True)
        for complaint in step.complaints:
            print(f"         {complaint}")
        complaints += len(step.complaints)
    return complaints
