"""What must hold of every submission, whatever it tries."""

from __future__ import annotations

import html
import json
import re

from tests.hostile.catalogue_files import Row
from tests.hostile.class_of_attacks import Run

FULL = 12.0
HIDDEN_INPUT = "73019"


def assert_deserved(run: Run, row: Row) -> None:
    """The points of each check, how it ended, and a piece of what its student reads."""
    verdict = run.verdict(row.student)
    checks = verdict["checks"]

    found = {c["id"]: c["outcome"] for c in checks if c["outcome"] != "passed"}
    assert found == {name: outcome for name, (outcome, _) in row.not_passed.items()}
    for check in checks:
        if check["id"] in row.not_passed:
            assert check["points"] == 0
            assert row.not_passed[check["id"]][1] in check["message"]
        else:
            assert check["points"] == check["max_points"]
    assert sum(check["points"] for check in checks) == row.points
    texts = "\n".join(note["text"] for note in verdict["notes"])
    assert [note for note in row.notes if note not in texts] == []
    assert row.notes or not texts, "it is told something that nobody expects"


def assert_full_marks(run: Run, student: str) -> None:
    """Every point, and no word of anything else."""
    verdict = run.verdict(student)

    assert {check["outcome"] for check in verdict["checks"]} == {"passed"}
    assert sum(check["points"] for check in verdict["checks"]) == FULL
    assert verdict["notes"] == []


def assert_no_secret(run: Run, student: str) -> None:
    """Nothing that it said, and nothing that is said of it, holds a secret."""
    said = _what_is_said(run, student)

    held = {place: word for place, word in run.secrets.words.items() if word in said}
    assert held == {}
    assert str(run.seed) not in said


def _what_is_said(run: Run, student: str) -> str:
    """Every word about a submission, and of it, that anybody can read."""
    paths = [run.results / f"{student}.{ending}" for ending in ("json", "html")]
    paths.append(run.results / "gradescope" / f"{student}.json")
    texts = [path.read_text(encoding="utf-8") for path in paths]
    verdict = json.loads(texts[0])
    assert verdict.pop("seed") == run.seed  # for staff, and nowhere else
    return json.dumps(verdict) + html.unescape(texts[1]) + texts[2]


def assert_nothing_hidden_is_shown(run: Run, student: str) -> None:
    """No page for students holds an input of a hidden check, or markup of theirs."""
    page = (run.results / f"{student}.html").read_text(encoding="utf-8")
    form = (run.results / "gradescope" / f"{student}.json").read_text("utf-8")

    assert HIDDEN_INPUT not in page + form
    assert not re.search(r"<script>alert|<img src=x|\x1b|\0", page)
    for test in json.loads(form)["tests"]:
        assert test.get("output_format", "text") == "text"
    assert len(page) + len(form) < 500_000


def assert_nothing_is_left(run: Run) -> None:
    """No process, no temporary file, and never many descriptors."""
    assert run.left == []
    assert [path.name for path in (run.folder / "temporary").iterdir()] == []
    # With one for each of some two hundred submissions it would be far more.
    assert 0 < run.open_files < 40
    assert list(run.folder.rglob("forged*")) == []
