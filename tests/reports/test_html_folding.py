"""The page folds what passed and keeps open what is left to do."""

from __future__ import annotations

import re
from dataclasses import replace

from autograder.reports import html
from autograder.verdict import Call, CheckResult, Outcome, Remark, Verdict, Work
from tests.verdicts import result, verdict


def check(name: str, outcome: Outcome, **facts: object) -> CheckResult:
    """A check worth 2 points, whose promise tells its name."""
    return result(outcome, name, 2, **({"promise": f"promise of {name}"} | facts))


def folded_and_open(*checks: CheckResult) -> tuple[str, str]:
    """What of a page is in a <details>, and what is not."""
    text = html.render(verdict(*checks))
    inside = "".join(re.findall(r"<details.*?</details>", text, re.S))
    return inside, re.sub(r"<details.*?</details>", "", text, flags=re.S)


def test_what_passed_is_behind_one_line_after_what_did_not() -> None:
    """Visible and hidden ones; the line says how many, and their points."""
    work = Work("conv2d", 12, 3100, 6, 1200)
    inside, outside = folded_and_open(
        check("a", Outcome.PASSED, work=work),
        check("b", Outcome.FAILED),
        check("c", Outcome.PASSED, hidden=True),
        check("d", Outcome.WAITING),
    )

    assert inside.count("<summary>") == 1
    assert "2 checks passed, 4 points" in inside
    assert "promise of a" in inside
    assert "your conv2d used 12 operators" in inside
    assert "promise of c" in inside
    assert "promise of b" not in inside
    assert "promise of d" not in inside
    assert "promise of b" in outside
    assert "promise of d" in outside
    assert "<details open" not in inside


def test_what_was_accepted_stays_in_sight() -> None:
    """A remark, and a right exercise in place of one's own, are news."""
    remark = Remark("dtype", "the output", "float64[2]", "float32[2]")
    plain = check("c", Outcome.PASSED)
    inside, outside = folded_and_open(
        check("a", Outcome.PASSED, remarks=[remark]),
        check("b", Outcome.PASSED, stand_in="shapes.py"),
        plain,
        replace(plain, id="convolution::test_d", promise="promise of d"),
    )

    assert "Accepted here: the output is in float32" in outside
    assert "Graded with a correct shapes.py in place of yours." in outside
    assert "2 checks passed, 4 points" in inside


def test_nothing_is_folded_where_nothing_passed() -> None:
    """No empty line to open."""
    inside, outside = folded_and_open(check("a", Outcome.FAILED))

    assert inside == ""
    assert "promise of a" in outside


def test_objects_that_were_prepared_have_a_line_each() -> None:
    """Where their story has commas, a comma does not part them."""
    values = {"linear": "Linear(3, 7), then linear.eval()", "net": "Net(linear)"}
    failed = check("a", Outcome.FAILED, call=Call("f(net)", {}, values))

    text = html.render(Verdict("cnn", "student_01", 7, [failed]))

    assert "linear.eval()</code>,<br>\n<code>net = Net(linear)</code>" in text
