"""What students are told of devices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.reports import class_summary, gradescope, html, terminal
from autograder.verdict import (
    Call,
    CheckResult,
    Frame,
    Mismatch,
    Outcome,
    Raised,
    Work,
)
from autograder.wording import finding, left_out, message_for, rows, work_text
from tests.verdicts import verdict

TWO_DEVICES = Raised(
    "RuntimeError",
    "found at least two devices, sim:0 and cpu!",
    [Frame("pooling.py", 12, "max_pool2d", "x + bias")],
)


def result(outcome: Outcome, setting: str = "sim float32", **facts) -> CheckResult:
    return CheckResult(
        id="pooling::test_on_the_device",
        exercise="pooling",
        function="max_pool2d",
        promise="it runs where x is",
        outcome=outcome,
        points=0,
        max_points=1,
        setting=setting,
        call=Call("max_pool2d(x, 2)"),
        **facts,
    )


def test_an_exception_on_the_device_is_news_of_a_gpu() -> None:
    """It says what would happen, where, and what sim:0 is."""
    check = result(Outcome.CRASHED, raised=TWO_DEVICES)

    assert finding(check, verdict(check)) == (
        "This would fail on a GPU: your code raises RuntimeError at pooling.py:12: "
        "found at least two devices, sim:0 and cpu! Here sim:0 stands for the GPU."
    )
    assert message_for(check).startswith(
        "max_pool2d(x, 2) in float32 on the simulated GPU: this would fail on a GPU: "
    )


def test_an_exception_that_is_about_something_else() -> None:
    """On the simulated GPU it is told as it is: a real one might not have it."""
    raised = Raised("TypeError", "x must be a tensor", [Frame("a.py", 3, "f", "raise")])
    check = result(Outcome.CRASHED, raised=raised)

    assert finding(check, verdict(check)) == (
        "Your code raises TypeError at a.py:3: x must be a tensor."
    )


@pytest.mark.parametrize("setting", ["cpu float32", "cuda float32"])
def test_elsewhere_an_exception_is_what_it_is(setting: str) -> None:
    """On the CPU nothing is said of GPUs, and on a real one it has happened."""
    check = result(Outcome.CRASHED, setting, raised=TWO_DEVICES)

    assert "GPU: your" not in str(finding(check, verdict(check)))


def test_an_output_left_behind() -> None:
    """Both places in words, not in torch's names of devices."""
    check = result(
        Outcome.FAILED, mismatch=Mismatch("device", "the output", "sim", "cpu")
    )

    assert [row.text for row in rows(check, verdict(check))] == [
        "on the simulated GPU",
        "on the CPU",
    ]
    assert finding(check, verdict(check)) == (
        "This would fail on a GPU: the output is not where the inputs are; a tensor "
        "made on the way may need device=x.device."
    )


def test_too_many_waits_are_slow_and_not_wrong() -> None:
    """A bound on work speaks of time."""
    for most, seen, said in (
        (
            "no host synchronisations",
            "2 host synchronisations: .item()",
            "makes the CPU wait for the GPU twice, and need not wait at all; it waits "
            "(a host synchronisation) for every number that Python asks of a tensor",
        ),
        (
            "at most 1 host synchronisation",
            "3 host synchronisations: .item()",
            "makes the CPU wait for the GPU 3 times, and at most 1 is allowed; it",
        ),
        (
            "at most 7 operators",
            "9 operators",
            "starts 9 operators (at most 7 operators); an operator is one computation",
        ),
    ):
        mismatch = Mismatch("work", "one call of f", most, seen)
        check = result(Outcome.FAILED, mismatch=mismatch)

        assert str(finding(check, verdict(check))).startswith(
            f"This would be slow on a GPU: one call of f {said}"
        )


def test_a_wrong_number_is_wrong_anywhere() -> None:
    """A value that is wrong on the device is no news of GPUs."""
    wrong = Mismatch("value", "the output", "1", "2", differing=1, total=2, where=[0])
    check = result(Outcome.FAILED, mismatch=wrong)

    assert finding(check, verdict(check)) == "1 of 2 values differs, at [0]."


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        (
            Work("attention", 12, 3_100_000, 6, 1_200_000),
            "For information: your attention used 12 operators and 3.1 MB; the "
            "reference used 6 and 1.2 MB",
        ),
        (Work("f", 1, 812), "For information: your f used 1 operator and 812 bytes"),
        (
            Work("f", 2, 1000, 1, 1),
            "For information: your f used 2 operators and 1.0 kB; the reference used "
            "1 and 1 byte",
        ),
    ],
)
def test_work_beside_the_reference(work: Work, expected: str) -> None:
    """Operators and the peak of memory, in a unit that suits."""
    assert work_text(result(Outcome.PASSED, work=work)) == expected


def test_work_is_in_every_report_and_never_of_a_hidden_check() -> None:
    """Terminal, page and Gradescope tell of it; of a hidden check none does."""
    seen = result(Outcome.PASSED, work=Work("max_pool2d", 12, 3100, 6, 1200))
    for check, told in ((seen, True), (replace(seen, hidden=True), False)):
        graded = verdict(check)
        for report in (
            terminal.render(graded),
            html.render(graded),
            gradescope.to_json(graded),
        ):
            assert ("12 operators and 3.1 kB" in report) is told


def test_what_was_left_out_is_said_once_for_a_device() -> None:
    """CUDA has several settings and one reason; every report says so."""
    reason = "torch 2.13.0 finds no GPU"
    skipped = {"cuda float64": reason, "cuda float32": reason, "sim float32": "too old"}
    graded = verdict(result(Outcome.PASSED), settings_skipped=skipped)

    assert left_out(graded) == [
        "CUDA not checked: torch 2.13.0 finds no GPU.",
        "The simulated GPU not checked: too old. Checks of devices ran on the CPU, "
        "where a forgotten device does not show.",
    ]
    for report in (
        terminal.render(graded),
        html.render(graded),
        gradescope.to_json(graded),
        class_summary.render([graded, graded]),
    ):
        assert report.count("CUDA not checked: torch 2.13.0 finds no GPU.") == 1
