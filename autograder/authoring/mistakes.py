"""Proof of mistakes: enough of them, each caught, named as itself and never by luck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from autograder.authoring.runs import findings_of, name_of
from autograder.checking.finding import Finding
from autograder.checking.loading import Check
from autograder.checking.lookalikes import Lookalikes
from autograder.checking.solution import Solution
from autograder.checking.vocabulary import Mistake
from autograder.verdict import Outcome

LEAST_MISTAKES = 4  # of a function that has checks
LEAST_MISTAKES_OF_A_CLASS = 2  # each of which is longer to write


def mistake_complaints(
    solution: Solution,
    exercise: str,
    seeds: list[int],
    say: Callable[[str], None],
) -> Iterator[str]:
    """What is wrong with the mistakes of an exercise, or with the checks beside them.

    Args:
        solution: the assignment.
        exercise: whose mistakes are tried.
        seeds: under which each is tried.
        say: is told which one is being tried.
    """
    path = solution.mistakes_file(exercise)
    mistakes = solution.mistakes(exercise)
    yield from _too_few(solution, exercise)
    known = {seed: solution.lookalikes(seed) for seed in seeds}
    for number, mistake in enumerate(mistakes, 1):
        say(f"{exercise}: mistake {number} of {len(mistakes)}, {mistake.id}")
        found = {seed: _tried(solution, mistake, seed, known[seed]) for seed in seeds}
        for seed, findings in found.items():
            complaint = _one_mistake(mistake, findings, known[seed])
            if complaint:
                name = f"{mistake.function}__{mistake.name}"
                yield f"{path}: {name} {complaint} (seed {seed})"
                break
        yield from _luck(solution, mistake, found)


def _too_few(solution: Solution, exercise: str) -> Iterator[str]:
    """Each function that has checks has mistakes enough."""
    count = Counter(mistake.function for mistake in solution.mistakes(exercise))
    for function in dict.fromkeys(
        check.function for check in solution.checks[exercise]
    ):
        code = getattr(solution.references[exercise], function, None)
        is_class = isinstance(code, type)
        least = LEAST_MISTAKES_OF_A_CLASS if is_class else LEAST_MISTAKES
        if count[function] < least:
            what = "class" if is_class else "function"
            noun = "mistake" if count[function] == 1 else "mistakes"
            yield (
                f"{solution.mistakes_file(exercise)}: the {what} {function} must have "
                f"at least {least} mistakes, and has {count[function]} {noun}; write "
                "down what else goes wrong with it"
            )


def _tried(
    solution: Solution, mistake: Mistake, seed: int, known: Lookalikes
) -> list[Finding]:
    """What the checks that can see a mistake find under a seed.

    Others see the solution as it is: a mistake replaces its function for those who
    call it by name, and for no other function of the solution.
    """
    checks: list[Check] = []
    others: list[Check] = []
    for check in solution.checks[mistake.exercise]:
        called = {check.function, *_mentioned(check)}
        (checks if mistake.function in called else others).append(check)
    caller = solution.mistake_caller(mistake)
    passed = [check.name for check in others]
    return known.diagnose(findings_of(solution, checks, caller, seed, passed))


def _one_mistake(
    mistake: Mistake, findings: list[Finding], known: Lookalikes
) -> str | None:
    faults = [f for f in findings if f.result.outcome is Outcome.GRADER_FAULT]
    if faults:
        where = name_of(faults[0].result)
        return f"makes {where} fail by itself: {faults[0].result.detail}; fix the check"
    if all(f.result.outcome is Outcome.PASSED for f in findings):
        return (
            f"must fail a check, and passes all {len(findings)} that call "
            f"{mistake.function}: it is caught by no check; write one that fails it, "
            "or delete it"
        )
    names = {f.result.diagnosis for f in findings if f.result.diagnosis}
    wrong = names - {mistake.name}
    if wrong:
        return f"is taken for {', '.join(sorted(wrong))}; let their inputs differ more"
    own = [f for f in findings if f.check.function == mistake.function]
    # One in form alone, a list for a tuple, is told by the facts of its mismatch.
    wrong_values = any(o.is_wrong for f in own for o in f.observed.values())
    if not names and wrong_values and mistake.rounding is None:
        twins = sorted({idea.name for idea in known.matching(own)} - {mistake.name})
        if twins:
            like = f" (it looks like {', '.join(twins)})"
            return f"is caught, but never named{like}; add a case that tells it apart"
        return (
            "is caught, but never named: what it gets wrong is too little evidence "
            "(that is four different wrong numbers, or wrong answers to three "
            "different calls); add cases in which more numbers, or more calls, come "
            "out wrong"
        )
    return None


def _luck(
    solution: Solution, mistake: Mistake, found: dict[int, list[Finding]]
) -> Iterator[str]:
    """A mistake must cost the same under every seed."""
    caught: dict[frozenset[str], int] = {}
    for seed, findings in found.items():
        results = [finding.result for finding in findings]
        missed = {name_of(r) for r in results if r.outcome is not Outcome.PASSED}
        caught.setdefault(frozenset(missed), seed)
    if len(caught) > 1:
        sometimes = frozenset.union(*caught) - frozenset.intersection(*caught)
        name = f"{mistake.function}__{mistake.name}"
        yield (
            f"{solution.assignment.checks(mistake.exercise)}: {name} fails "
            f"{', '.join(sorted(sometimes))} under some seeds only "
            f"({', '.join(map(str, sorted(caught.values())))} differ); choose inputs "
            "that decide"
        )


def _mentioned(check: Check) -> set[str]:
    """What a check's body asks for by name, of the student or of anything else."""
    handle = getattr(check.body, "hypothesis", None)
    inner = check.body if handle is None else handle.inner_test
    inner = getattr(inner, "autograder_inner", inner)
    code = getattr(inner, "__code__", None)
    return set(code.co_names) if code is not None else set()
