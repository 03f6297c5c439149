"""The class in examples/cnn: every student gets exactly what the work deserves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import autograder.verdict
from autograder.reports import gradescope
from autograder.submissions.entries import find_entries
from tests.grading import expectations
from tests.grading.expectations import found_in
from tests.grading.feedback import FOLDER, feedback

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "cnn"
STUDENTS = expectations.students_of("cnn")
SEED = 20260312418  # of the fixture ``graded``
SHARED = "student_03", "student_17", "student_22"
SCHEMA = Path(autograder.verdict.__file__).with_name("verdict.schema.json")
GRADESCOPE_SCHEMA = Path(gradescope.__file__).with_name("gradescope.schema.json")

Grade = Callable[..., Any]


def expected_of(student: str) -> dict[str, Any]:
    """What this student deserves."""
    return expectations.expected_of("cnn", student)


def without_seconds(path: Path) -> str:
    """A verdict's text without the one value that differs between equal runs."""
    text = path.read_text(encoding="utf-8")
    timeless, count = re.subn(r'"seconds": [0-9.e-]+', '"seconds": 0', text)
    assert count == 1
    return timeless


def test_every_entry_has_an_expectation() -> None:
    """No example is left out, and an expected.json is no submission."""
    assert [entry.student for entry in find_entries(EXAMPLES)] == STUDENTS
    assert len(STUDENTS) >= 16


@pytest.mark.parametrize("student", STUDENTS)
def test_example_gets_what_it_deserves(graded: Path, student: str) -> None:
    """Points, outcomes, ideas and notes are those in expected.json."""
    assert found_in(graded, student) == expected_of(student)


@pytest.mark.parametrize("student", STUDENTS)
def test_what_a_student_reads(graded: Path, student: str) -> None:
    """Every word is one that was read and found right; see feedback.py."""
    frozen = (FOLDER / f"{student}.txt").read_text(encoding="utf-8")

    assert feedback(graded / f"{student}.json") == frozen


def test_every_student_reads_something() -> None:
    """No text is left over."""
    assert sorted(file.stem for file in FOLDER.glob("*.txt")) == STUDENTS


@pytest.mark.parametrize("student", STUDENTS)
def test_verdict_keeps_to_the_schema(graded: Path, student: str) -> None:
    """Each verdict is valid under verdict.schema.json."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    verdict = json.loads((graded / f"{student}.json").read_text(encoding="utf-8"))

    jsonschema.validate(verdict, schema)


@pytest.mark.parametrize("student", STUDENTS)
def test_gradescope_keeps_to_its_schema(graded: Path, student: str) -> None:
    """Each results.json is valid for Gradescope and has the verdict's points."""
    schema = json.loads(GRADESCOPE_SCHEMA.read_text(encoding="utf-8"))
    path = graded / "gradescope" / f"{student}.json"
    results = json.loads(path.read_text(encoding="utf-8"))

    jsonschema.validate(results, schema)
    scores = [test["score"] for test in results["tests"] if "score" in test]
    assert sum(scores) == expected_of(student)["points"]


def test_who_is_to_be_looked_at(graded: Path) -> None:
    """A call that is forbidden, work that earned nothing, and nobody else."""
    table = (graded / "stdout.txt").read_text(encoding="utf-8")

    looked_at = re.findall(r"^(student_\d+).*\blook$", table, re.MULTILINE)
    assert looked_at == ["student_19", "student_26"]
    assert "student_26  no points for anything" in table


def test_no_honest_student_is_suspected(graded: Path) -> None:
    """Who follows the rules is not said to have called what is forbidden."""
    suspected = [
        student
        for student in STUDENTS
        if '"ran_only"' in (graded / f"{student}.json").read_text(encoding="utf-8")
    ]

    assert suspected == []


@pytest.mark.parametrize("student", ["student_12", "student_25"])
def test_a_loop_without_end_costs_one_deadline(graded: Path, student: str) -> None:
    """It is stopped once, not once for each check; the next student is graded."""
    verdict = json.loads((graded / f"{student}.json").read_text(encoding="utf-8"))
    stopped = [c for c in verdict["checks"] if c["outcome"] == "out_of_time"]

    assert len(stopped) >= 2
    assert {check["function"] for check in stopped} <= {
        *("pool_output_size", "ImageClassifier", "ConvNet")
    }
    # CPU seconds of one call are 5; a busy machine gives them out slowly.
    assert verdict["seconds"] < 9 * len(stopped)
    assert (graded / "student_26.json").exists()


def test_reports_keep_secrets(graded: Path) -> None:
    """No report for students holds the seed, or what a hidden check has seen."""
    for student in STUDENTS:
        verdict = json.loads((graded / f"{student}.json").read_text(encoding="utf-8"))
        page = (graded / f"{student}.html").read_text(encoding="utf-8")
        path = graded / "gradescope" / f"{student}.json"
        results = path.read_text(encoding="utf-8")
        for text in (page, results):
            assert str(SEED) not in text
        hidden = [facts_of(c) for c in verdict["checks"] if c["hidden"]]
        seen = [facts_of(c) for c in verdict["checks"] if not c["hidden"]]
        promises = " ".join(check["promise"] for check in verdict["checks"])
        for fact in set().union(*hidden) - set().union(*seen):
            if fact not in promises:
                assert fact not in page, (student, fact)
                assert fact not in results, (student, fact)


def facts_of(check: dict[str, Any]) -> set[str]:
    """Texts in a check's entry that tell what it has seen; short ones are anywhere."""
    mismatch, call = check["mismatch"] or {}, check["call"] or {}
    facts = [check["case"], call.get("text"), check["printed"]]
    for side in ("expected", "got"):
        facts.append("\n".join(mismatch.get(f"{side}_preview", [])))
    return {fact for fact in facts if fact and len(fact) > 8}


def test_secrets_are_there_to_be_kept(graded: Path) -> None:
    """The test above is not empty: hidden checks of the examples do see something."""
    verdict = json.loads((graded / "student_04.json").read_text(encoding="utf-8"))
    hidden = [c for c in verdict["checks"] if c["hidden"] and c["outcome"] == "failed"]

    assert any(facts_of(check) for check in hidden)


def test_verdicts_are_private(graded: Path) -> None:
    """Seed, verdicts and results.json are the instructor's alone to read."""
    private = [graded / "seed", *graded.rglob("student_*.json")]

    assert len(private) == 1 + 2 * len(STUDENTS)
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}
    assert (graded / "seed").read_text() == f"{SEED}\n"


def test_nothing_else_is_left(graded: Path) -> None:
    """RESULTS holds its files and no drafts."""
    endings = ("json", "html")
    expected = {f"{s}.{ending}" for s in STUDENTS for ending in endings}

    names = {path.name for path in graded.iterdir()} - {"stdout.txt"}
    assert names == expected | {"seed", "grades.csv", "gradescope"}
    forms = {path.name for path in (graded / "gradescope").iterdir()}
    assert forms == {f"{student}.json" for student in STUDENTS}


def test_one_job_and_the_same_seed_give_the_same(
    graded: Path, grade: Grade, some_examples: Callable[..., Path], tmp_path: Path
) -> None:
    """A student's files depend on work and seed, not on jobs, neighbours or the run."""
    options = ["--seed", str(SEED), "--jobs", "1", "--format", "gradescope"]
    folder, out = some_examples(*SHARED), tmp_path / "out"

    done = grade("cnn", folder, out, *options, course=ROOT / "solutions")

    assert done.returncode == 0, done.stderr
    for student in SHARED:
        ours, theirs = out / f"{student}.json", graded / f"{student}.json"
        assert without_seconds(ours) == without_seconds(theirs)
        page = (out / f"{student}.html").read_bytes()
        assert page == (graded / f"{student}.html").read_bytes()


def test_under_another_seed(
    grade: Grade, some_examples: Callable[..., Path], tmp_path: Path
) -> None:
    """What a student deserves does not depend on the numbers that were drawn."""
    students = ["student_06", "student_22", "student_24"]
    folder, out = some_examples(*students), tmp_path / "out"

    done = grade("cnn", folder, out, "--seed", "2", course=ROOT / "solutions")

    assert done.returncode == 0, done.stderr
    for student in students:
        assert found_in(out, student) == expected_of(student)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_whole_class_under_another_seed(
    grade: Grade, tmp_path: Path, jobs: str
) -> None:
    """All examples get what they deserve under more seeds, on one job and on two."""
    options = ["--seed", f"77{jobs}", "--jobs", jobs]
    done = grade("cnn", EXAMPLES, tmp_path, *options, course=ROOT / "solutions")

    assert done.returncode == 0, done.stderr
    for student in STUDENTS:
        assert found_in(tmp_path, student) == expected_of(student)


@pytest.mark.slow
def test_the_whole_class_again(graded: Path, grade: Grade, tmp_path: Path) -> None:
    """Graded again under the same seed, every verdict and page is the same."""
    options = ["--seed", str(SEED), "--jobs", "1", "--format", "gradescope"]
    done = grade("cnn", EXAMPLES, tmp_path, *options, course=ROOT / "solutions")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "grades.csv").read_bytes() == (
        graded / "grades.csv"
    ).read_bytes()
    for student in STUDENTS:
        name = f"{student}.json"
        assert without_seconds(tmp_path / name) == without_seconds(graded / name)
        page = (tmp_path / f"{student}.html").read_bytes()
        assert page == (graded / f"{student}.html").read_bytes()
