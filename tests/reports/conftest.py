"""One submission in which everything happens, and what must never leave it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.verdict import (
    Call,
    CheckResult,
    Frame,
    Idea,
    Mismatch,
    Note,
    Outcome,
    Person,
    Raised,
    Verdict,
    Withheld,
    Work,
    WrittenAnswer,
)
from autograder.wording import message_for
from tests.verdicts import SECRET, result, secretive


def check(name: str, outcome: Outcome, points: float = 1, **facts: object):
    """A check whose promise tells its name."""
    told = {"promise": f"the promise of {name}"} | facts
    return result(outcome, name, points, **told)


def hidden(name: str, outcome: Outcome, points: float = 1, **facts: object):
    """A hidden check with a secret in every field that could hold one."""
    told = {"promise": f"the promise of {name}", "work": Work(SECRET, 1, 2, 3, 4)}
    return secretive(outcome, name, points, **(told | facts))


@pytest.fixture
def agrees() -> CheckResult:
    """The check that every answer of the worked example is about."""
    return check(
        "agrees",
        Outcome.FAILED,
        3,
        promise="conv2d agrees with torch for every stride",
        call=Call("conv2d(x, weight)", {"x": "float64[2, 3]", "weight": "float64[3]"}),
        setting="cpu float64",
        mismatch=Mismatch(
            "value",
            "the output",
            "float64[2, 4]",
            "float64[2, 4]",
            ["0.5", "-12.25"],
            ["1.5", "2"],
            differing=7,
            total=8,
            where=[1, 2],
            error=14.25,
            allowed=1.2e-9,
        ),
        idea=Idea(
            "flips_the_kernel",
            "a convolution, with the kernel flipped",
            "does torch turn the kernel round?",
        ),
        hint="count the windows",
        look_at="convolution.py:15",
        printed="\x1b[31mred [bold]x[/bold] <b>now</b>",
    )


@pytest.fixture
def everything(agrees: CheckResult) -> Verdict:
    """A verdict with every outcome, hidden checks, notes and written answers."""
    raised = Raised("IndexError", "out of bounds", [Frame("pool.py", 7, "go", "x[9]")])
    pool = {"exercise": "pooling", "function": "max_pool2d"}
    checks = [
        check("example", Outcome.PASSED, 2, work=Work("conv2d", 12, 3100, 6, 1200)),
        agrees,
        check("dilation", Outcome.WAITING, 2, waiting_for=agrees.id),
        hidden("stride", Outcome.FAILED),
        check("maximum", Outcome.CRASHED, raised=raised, **pool),
        check(
            "slow", Outcome.OUT_OF_TIME, detail="max_pool2d: no answer in 5 s", **pool
        ),
        check("large", Outcome.OUT_OF_MEMORY, detail="1024 MiB", **pool),
        check("own", Outcome.REFUSED, detail="max_pool2d uses torch.amax", **pool),
        check("fault", Outcome.GRADER_FAULT, 2, detail=f"KeyError {SECRET}", **pool),
        check("mean", Outcome.NOT_ATTEMPTED, exercise="means", function="mean"),
        check("mean_too", Outcome.NOT_ATTEMPTED, exercise="means", function="mean"),
        hidden("mean", Outcome.PASSED, 2, exercise="means"),
        check(
            "late",
            Outcome.WAITING,
            exercise="means",
            waiting_for=f"means::test_z_{SECRET}",
        ),
        hidden("z", Outcome.FAILED, 0.5, exercise="means"),
    ]
    return Verdict(
        assignment="cnn",
        student="student_01",
        seed=918273645,
        checks=[replace(c, message=c.message or message_for(c)) for c in checks],
        isolation=["seccomp"],
        settings=["cpu float64", "cpu float32"],
        settings_skipped={"sim float32": "this torch has no such device"},
        written=[WrittenAnswer("why", "Why pad?", 3, "Edges <script>x</script>")],
        notes=[Note("intake", "pooling.ipynb <i>was</i> ignored")],
        withheld={"means": Withheld(2, 3.0)},
        submission_digest="a" * 64,
        course_digest="b" * 64,
        seconds=1.25,
        people=[Person(SECRET, "gradescope", SECRET, SECRET, f"{SECRET}@x.example")],
    )
