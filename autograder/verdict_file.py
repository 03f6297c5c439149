"""A verdict as a file of JSON, written and read.

The form is a contract (docs/verdict.md, verdict.schema.json beside this file).
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

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

SCHEMA = 4
EARLIER = 3  # which is read, too: it had no people


def to_json(verdict: Verdict) -> str:
    """The verdict file's text: stable order, no NaN, a newline at the end."""
    document: dict[str, Any] = {"schema": SCHEMA}
    plain = asdict(verdict)
    checks = plain.pop("checks")
    for plain_check, check in zip(checks, verdict.checks, strict=True):
        plain_check["outcome"] = check.outcome.value
        plain_check["diagnosis"] = check.diagnosis
    document |= plain
    document["points"] = verdict.points
    document["max_points"] = verdict.max_points
    document["checks"] = checks
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    # Printed text may hold half a surrogate pair, which UTF-8 cannot; JSON's own
    # escape for it reads back as the same character.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def from_json(text: str) -> Verdict:
    """Read a verdict file.

    Raises:
        ValueError: the text is not a verdict of this schema; the message says where.
    """
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("not a verdict: it is nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"not a verdict: not JSON ({error})") from error
    if not isinstance(document, dict) or "schema" not in document:
        raise ValueError("not a verdict: there is no 'schema' at its top")
    if document["schema"] == EARLIER:
        document = {"people": [], **document}
    elif document["schema"] != SCHEMA:
        raise ValueError(
            f"a verdict of schema {document['schema']!r}, and this autograder reads "
            f"schema {SCHEMA}; grade the submission again with it"
        )
    try:
        return _verdict_from(document)
    except KeyError as error:
        raise ValueError(f"not a verdict of schema {SCHEMA}: no {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"not a verdict of schema {SCHEMA}: {error}") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")


def _verdict_from(document: dict[str, Any]) -> Verdict:
    return Verdict(
        assignment=document["assignment"],
        student=document["student"],
        seed=document["seed"],
        checks=[check_from(entry) for entry in document["checks"]],
        isolation=document["isolation"],
        settings=document["settings"],
        settings_skipped=document["settings_skipped"],
        origin=document["origin"],
        written=[WrittenAnswer(**entry) for entry in document["written"]],
        notes=[Note(**entry) for entry in document["notes"]],
        withheld={
            exercise: Withheld(**entry)
            for exercise, entry in document["withheld"].items()
        },
        submission_digest=document["submission_digest"],
        course_digest=document["course_digest"],
        seconds=document["seconds"],
        title=document["title"],
        people=[Person(**entry) for entry in document["people"]],
    )


_PARTS: tuple[tuple[str, type], ...] = (
    ("call", Call),
    ("mismatch", Mismatch),
    ("idea", Idea),
    ("work", Work),
)


def check_from(entry: dict[str, Any]) -> CheckResult:
    """One check's entry, as the verdict file has it."""
    fields = {key: value for key, value in entry.items() if key != "diagnosis"}
    fields["outcome"] = Outcome(fields["outcome"])
    for name, kind in _PARTS:
        if fields[name] is not None:
            fields[name] = kind(**fields[name])
    mismatch = fields["mismatch"]
    if mismatch is not None and mismatch.grid is not None:
        fields["mismatch"] = replace(mismatch, grid=SmallArray(**mismatch.grid))
    fields["remarks"] = [Remark(**remark) for remark in fields["remarks"]]
    fields["relations"] = [Relation(**relation) for relation in fields["relations"]]
    if fields["raised"] is not None:
        raised = fields["raised"]
        frames = [Frame(**frame) for frame in raised["frames"]]
        fields["raised"] = Raised(raised["type"], raised["message"], frames)
    return CheckResult(**fields)
