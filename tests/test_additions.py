"""What is added in one place is there everywhere: docs/design.md, "To change it"."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import autograder
from autograder import words
from autograder.checking import relations
from autograder.checking.relations.evidence import Evidence
from autograder.course import limits
from autograder.course.assignment import load_course, load_student_assignment
from autograder.course.generate import assignment_toml
from autograder.errors import CourseError
from autograder.grading.results import Results, ResultsError
from autograder.reports import FORMATS, Format
from autograder.verdict import Relation, Verdict
from autograder.verdict_file import from_json
from autograder.wording import relations as sentences
from tests.checking.related import drawn, runs_of
from tests.small_course import write_small_course

VERDICT = Verdict("cnn", "student_01", 1, [])


def test_a_format_is_one_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for by name, written, written again, and named among the others."""
    with pytest.raises(ResultsError, match="format 'junit': there is none"):
        Results(tmp_path, ("junit",))

    junit = Format(
        lambda verdict: f"<testsuite name={verdict.student!r}/>", ".xml", "j"
    )
    monkeypatch.setitem(FORMATS, "junit", junit)
    Results(tmp_path, ("junit",)).write(VERDICT)

    made = tmp_path / "j" / "student_01.xml"
    assert made.read_text() == "<testsuite name='student_01'/>"
    made.unlink()
    Results.of(tmp_path).write_formats(VERDICT)
    assert made.is_file()
    with pytest.raises(ResultsError, match="Formats: .*junit"):
        Results(tmp_path, ("unit",))


def test_a_format_that_fails_leaves_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the verdict is, all else is: a format that is listed behind it, too."""

    def fail(verdict: Verdict) -> str:
        raise RuntimeError("ours")

    monkeypatch.setitem(FORMATS, "junit", Format(fail, ".xml", "junit"))

    with pytest.raises(RuntimeError, match="ours"):
        Results(tmp_path, ("junit",)).write(VERDICT)
    assert Results(tmp_path).kept("student_01") is None
    Results(tmp_path).write(VERDICT)
    assert Results(tmp_path).kept("student_01") == from_json(
        (tmp_path / "student_01.json").read_text()
    )


def test_a_limit_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read, checked, given to students, and the usual one where it is not named.

    What is left is to hold it: where files are read, or in `sandbox/limits.py`.
    """

    @dataclass(frozen=True)
    class Limits(limits.Limits):
        max_files: int = 7

    folder = write_small_course(tmp_path)
    settings = folder / "small" / "assignment.toml"

    def given(line: str) -> Any:
        text = settings.read_text().partition("[limits]")[0]
        settings.write_text(f"{text}[limits]\n{line}\n")
        return load_course(folder).assignment("small").limits

    with pytest.raises(CourseError, match="'limits.max_files' is not a key"):
        given("max_files = 3")
    monkeypatch.setattr(limits, "Limits", Limits)
    assert given("").max_files == 7
    assert given("max_files = 3").max_files == 3
    text = assignment_toml(load_course(folder).assignment("small"), {})
    assert "\nmax_files = 3\n" in text
    (tmp_path / "assignment.toml").write_text(text)
    assert load_student_assignment(tmp_path).limits.max_files == 3  # type: ignore[attr-defined]
    with pytest.raises(CourseError, match="'limits.max_files' must be a whole number"):
        given("max_files = 0")


def test_a_word_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check file can import it by name, or with all others."""

    def agrees_with() -> str:
        return "the word"

    with pytest.raises(ImportError):
        exec("from autograder import agrees_with", {})
    monkeypatch.setattr(words, "agrees_with", agrees_with, raising=False)

    for text in ("from autograder import agrees_with", "from autograder import *"):
        names: dict[str, Any] = {}
        exec(text, names)
        assert names["agrees_with"]() == "the word"
    assert "agrees_with" in autograder.__all__


def test_a_relation_is_a_finder_and_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is listed is told; without a sentence it is told as plain facts."""

    def huge(evidence: Evidence) -> Any:
        if all(float(part.got.abs().min()) > 1e6 for part in evidence.wrong):
            yield Relation("huge", {"of": evidence.of, "least": "1e6"})

    x = drawn(3, 4)
    runs = runs_of(lambda x: 1e9 * (x + 2).cosh(), lambda x: x.exp(), [(x,)], ["x"])
    assert "huge" not in [found.kind for found in relations.relations_of(runs)]
    monkeypatch.setattr(relations, "_WHOLE", (huge, *relations._WHOLE))

    (found,) = relations.relations_of(runs)

    assert sentences.relation_text(found) == "huge: of the output, least 1e6."
    monkeypatch.setitem(
        sentences._SENTENCES, "huge", lambda facts: "your answer is huge"
    )
    assert sentences.relation_text(found) == "Your answer is huge."
