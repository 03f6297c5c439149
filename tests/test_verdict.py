"""The verdict file: a contract in JSON, written and read strictly."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

import autograder.verdict
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
    Relation,
    Remark,
    SmallArray,
    Verdict,
    Withheld,
    Work,
    WrittenAnswer,
)
from autograder.verdict_file import from_json, to_json
from autograder.wording import message_for

SCHEMA_FILE = Path(autograder.verdict.__file__).with_name("verdict.schema.json")
SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))


def full_check(outcome: Outcome) -> CheckResult:
    check = CheckResult(
        id="convolution::test_agrees",
        exercise="convolution",
        function="conv2d",
        promise="it agrees",
        outcome=outcome,
        points=2.5 if outcome is Outcome.PASSED else 0,
        max_points=2.5,
        hidden=True,
        setting="cpu float32",
        case="stride=2",
        call=Call("conv2d(x)", {"x": "float64[2]"}),
        mismatch=Mismatch(
            "value",
            "the output",
            "1",
            "2",
            ["1"],
            ["2"],
            1,
            2,
            [0],
            1.0,
            1e-9,
            SmallArray([["1"]], [["2"]], [[0, 0]], [1]),
        ),
        raised=Raised("ValueError", "no", [Frame("a.py", 3, "f", "x")]),
        idea=Idea("flips", "a flip", "why?"),
        waiting_for="convolution::test_other",
        detail="5 s",
        hint="count",
        look_at="convolution.py:15",
        printed="half a pair: \ud800",
        work=Work("conv2d", 12, 3100, 6, 1200),
        remarks=[Remark("dtype", "the output", "float64[2]", "float32[2]")],
        relations=[Relation("factor", {"factor": "3"})],
        follows="conv_output_size",
        stand_in="shapes.py",
        mend_first="shapes.py",
    )
    return replace(check, message=message_for(check))


def full_verdict(*checks: CheckResult) -> Verdict:
    return Verdict(
        assignment="cnn",
        student="student_01",
        seed=2**62,
        checks=list(checks),
        isolation=["seccomp"],
        settings=["cpu float64"],
        settings_skipped={"sim float32": "no such device"},
        written=[WrittenAnswer("why", "Why?", 3, "So.")],
        notes=[Note("intake", "ignored")],
        withheld={"convolution": Withheld(2, 5)},
        submission_digest="a" * 64,
        course_digest="b" * 64,
        seconds=0.25,
        people=[Person("One", "gradescope", "7", "s1", "one@school.example")],
    )


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_comes_back_from_its_file(outcome: Outcome) -> None:
    """Reading what was written gives the same verdict, every field included."""
    verdict = full_verdict(full_check(outcome))

    assert from_json(to_json(verdict)) == verdict


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_file_keeps_to_its_schema(outcome: Outcome) -> None:
    """What to_json writes is valid, with all facts and with none."""
    bare = CheckResult("a::b", "a", "f", "p", outcome, 0, 1)

    for verdict in (
        full_verdict(full_check(outcome), bare),
        Verdict("cnn", "student_01", 0, []),
    ):
        jsonschema.validate(json.loads(to_json(verdict)), SCHEMA)


def test_the_schema_is_one_itself() -> None:
    """The schema is valid JSON Schema 2020-12."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("surprise",), 1),
        (("schema",), 1),
        (("seed",), "7"),
        (("submission_digest",), "abc"),
        (("checks", 0, "surprise"), 1),
        (("checks", 0, "outcome"), "great"),
        (("checks", 0, "points"), 1),  # of a failed check
        (("checks", 0, "diagnosis"), None),  # beside an idea
        (("checks", 0, "mismatch", "kind"), "other"),
        (("checks", 0, "mismatch", "error"), "0.3"),
        (("checks", 0, "raised", "frames", 0, "line"), "3"),
        (("withheld", "convolution", "checks"), 0),
    ],
)
def test_the_schema_refuses_what_is_no_verdict(path: tuple, value: object) -> None:
    """Unknown fields, other types and points without a pass are errors."""
    document = json.loads(to_json(full_verdict(full_check(Outcome.FAILED))))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)


def test_every_field_is_required_by_the_schema() -> None:
    """A field left out is noticed at every level."""
    document = json.loads(to_json(full_verdict(full_check(Outcome.FAILED))))

    for place in (document, document["checks"][0], document["checks"][0]["mismatch"]):
        for field in list(place):
            value = place.pop(field)
            assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(document), field
            place[field] = value


def test_a_verdict_of_the_schema_before_is_read() -> None:
    """It had no people; points that a person gave are not lost with it."""
    verdict = full_verdict(full_check(Outcome.FAILED))
    document = json.loads(to_json(verdict))
    del document["people"]
    document["schema"] = 3

    assert from_json(json.dumps(document)) == replace(verdict, people=[])


def test_equal_verdicts_are_equal_bytes() -> None:
    """The text depends on the verdict alone and ends with a newline."""
    first = to_json(full_verdict(full_check(Outcome.FAILED)))

    assert first == to_json(full_verdict(full_check(Outcome.FAILED)))
    assert first.endswith("}\n")
    assert from_json(first) == from_json(first)


def test_the_text_can_always_be_encoded() -> None:
    """Half a surrogate pair in printed text does not break the file."""
    verdict = full_verdict(full_check(Outcome.FAILED))

    text = to_json(verdict).encode("utf-8").decode("utf-8")

    assert from_json(text).checks[0].printed == "half a pair: \ud800"


def test_nan_is_refused_in_writing_and_in_reading() -> None:
    """JSON has no NaN: to write one is an error of ours, to read one a bad file."""
    verdict = full_verdict(full_check(Outcome.FAILED))

    with pytest.raises(ValueError, match="Out of range"):
        to_json(replace(verdict, seconds=float("nan")))
    with pytest.raises(ValueError, match="NaN is no number"):
        from_json(to_json(verdict).replace("0.25", "NaN"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a verdict: not JSON"),
        ("[1]", "no 'schema' at its top"),
        ("{}", "no 'schema' at its top"),
        ('{"schema": 1}', "a verdict of schema 1, and this autograder reads schema 4"),
        ('{"schema": 4}', "no 'assignment'"),
        ("[" * 100_000, "not a verdict"),
    ],
)
def test_a_file_that_is_no_verdict_says_why(text: str, says: str) -> None:
    """from_json raises ValueError that names what is wrong."""
    with pytest.raises(ValueError, match="verdict") as caught:
        from_json(text)

    assert says in str(caught.value)


@pytest.mark.parametrize("change", ["drop a field", "add a field", "bad outcome"])
def test_a_check_of_another_form_is_a_value_error(change: str) -> None:
    """A wrong entry deep inside is the same kind of error, not a KeyError."""
    document = json.loads(to_json(full_verdict(full_check(Outcome.FAILED))))
    entry = document["checks"][0]
    if change == "drop a field":
        del entry["promise"]
    elif change == "add a field":
        entry["surprise"] = 1
    else:
        entry["outcome"] = "great"

    with pytest.raises(ValueError, match="not a verdict of schema 4"):
        from_json(json.dumps(document))
