"""Read what a student filled in; whatever the file holds, it cannot do harm."""

from __future__ import annotations

import importlib
import re
import sys
from dataclasses import dataclass, field
from typing import Any

from autograder.tables import nearest
from autograder.worksheet.questions import Question, Worksheet
from autograder.worksheet.right_values import FormError, is_blank, typed
from autograder.worksheet.toml_entries import TomlEntry, entries

# tomli is the same parser, for Pythons before 3.11.
_toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

_LONGEST = 256 * 2**10  # characters of a file
# The parser takes time with the square of the parts of a dotted key, and a compiled
# one may not notice that it recurses too deep.
_MOST_DOTS = 120  # in one line
_DEEPEST = 100  # brackets within brackets
_LINE = re.compile(r"at line (\d+)")
_MOST_STRAYS = 5


@dataclass(frozen=True)
class Answers:
    """What a student answered, as it was typed, by question."""

    given: dict[str, object] = field(default_factory=dict)
    problem: str | None = None  # why the file could not be read
    strays: list[str] = field(default_factory=list)  # what belongs to no question
    unread: dict[str, str] = field(default_factory=dict)  # by question: why not
    mended: str | None = None  # the file is no TOML, and was read all the same


def read_answers(text: str, worksheet: Worksheet) -> Answers:
    """Read a student's worksheet.toml; what is wrong with it is in the result."""
    text = text.removeprefix("\ufeff")
    if len(text) > _LONGEST:
        return Answers(
            problem=f"worksheet.toml has more than {_LONGEST} characters. Take out "
            "what is no answer and hand it in again."
        )
    if problem := _harm(text):
        return _one_by_one(text, worksheet, f"worksheet.toml {problem}")
    try:
        document = _toml.loads(text)
    except (ValueError, RecursionError) as error:
        return _one_by_one(text, worksheet, _syntax(text, str(error)))
    tables = document.get("question")
    if not isinstance(tables, list):
        return Answers(
            problem="worksheet.toml has no [[question]] left. Begin again with the "
            "file that came with the assignment."
        )
    given: dict[str, object] = {}
    strays: list[str] = []
    for table in tables:
        _take(table, worksheet, given, strays)
    return Answers(given, strays=_few(strays))


def _one_by_one(text: str, worksheet: Worksheet, why: str) -> Answers:
    """Read a file that is no TOML: what can be read of it counts."""
    found = entries(text, lambda piece: _harm(piece) is None)
    if not any(entry.id for entry in found):
        return Answers(problem=why)
    given: dict[str, object] = {}
    strays: list[str] = []
    unread: dict[str, str] = {}
    for entry in found:
        answer = _one_answer(entry)
        if isinstance(answer, _Twice) and entry.id and worksheet.question(entry.id):
            unread[entry.id] = f"{entry.id}: answered twice; keep one answer"
            continue
        _take({"id": entry.id, "answer": answer}, worksheet, given, strays)
    for name in unread:
        given.pop(name, None)
    return Answers(given, strays=_few(strays), unread=unread, mended=why)


class _Twice:
    """In place of an answer: there are two."""


def _one_answer(entry: TomlEntry) -> object:
    filled = [answer for answer in entry.answers if not is_blank(answer)]
    if len(filled) > 1 and any(
        type(answer) is not type(filled[0]) or answer != filled[0] for answer in filled
    ):
        return _Twice()
    return filled[0] if filled else None


def _few(strays: list[str]) -> list[str]:
    """The strays to tell."""
    left = len(strays) - _MOST_STRAYS
    if left > 0:
        return [
            *strays[:_MOST_STRAYS],
            f"and {left} more of that kind: see worksheet.toml",
        ]
    return strays


def judge_form(worksheet: Worksheet, answers: Answers) -> list[str]:
    """What is missing or has not the form asked for; empty where all is well."""
    if answers.problem:
        return [answers.problem]
    if answers.mended and not answers.given:
        return [answers.mended]
    found = [form_complaint(question, answers) for question in worksheet.questions]
    return [complaint for complaint in found if complaint] + answers.strays


def is_untouched(answers: Answers) -> bool:
    """Whether the file is as it was handed out: readable, and without any answer."""
    lost = answers.problem or answers.strays or answers.unread
    if lost or not answers.given:
        return False
    return all(map(is_blank, answers.given.values()))


def unanswered(worksheet: Worksheet, answers: Answers) -> list[str]:
    """The questions, by id, that have no answer yet."""
    return [
        question.id
        for question in worksheet.questions
        if question.id not in answers.unread
        and is_blank(answers.given.get(question.id))
    ]


def form_complaint(question: Question, answers: Answers) -> str | None:
    """What is wrong with the form of one answer."""
    if question.id in answers.unread:
        return answers.unread[question.id]
    try:
        typed(question, answers.given.get(question.id))
    except FormError as error:
        return f"{question.id}: the answer {error}."
    return None


def written_text(question: Question, answers: Answers) -> str:
    """The text of a written answer, cut to 4000 characters; empty where none is."""
    try:
        return str(typed(question, answers.given.get(question.id)))
    except FormError:
        return ""


def _take(
    table: Any, worksheet: Worksheet, given: dict[str, object], strays: list[str]
) -> None:
    name = table.get("id") if isinstance(table, dict) else None
    if not isinstance(name, str):
        strays.append("a [[question]] has lost its id; put it back")
        return
    if not worksheet.question(name):
        known = [question.id for question in worksheet.questions]
        strays.append(f"there is no question '{name[:40]}'{nearest(name[:40], known)}")
    elif not is_blank(given.get(name)) and given[name] != table.get("answer"):
        strays.append(f"{name}: answered twice; keep one answer")
    elif is_blank(given.get(name)):
        given[name] = table.get("answer")


def _harm(text: str) -> str | None:
    """What a worksheet never needs and a parser could choke on."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > _MOST_DOTS:
            return f"has over {_MOST_DOTS} points in line {number}. Break that line."
    depth = deepest = 0
    for char in text:
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth = max(0, depth - 1)
    if deepest > _DEEPEST:
        return "has brackets within brackets, far too deep. Write plain answers."
    return None


def _syntax(text: str, message: str) -> str:
    """The parser's message with the line it is about and what usually helps."""
    remedy = "Put texts in straight quotes and lists in square brackets."
    found = _LINE.search(message)
    if not found:
        return f"worksheet.toml cannot be read: {message[:200]}. {remedy}"
    number = int(found.group(1))
    lines = text.split("\n")
    line = lines[number - 1].strip() if number <= len(lines) else ""
    shown = "".join(char if char.isprintable() else "?" for char in line[:60])
    return f"worksheet.toml, line {number}: {message[:200]}: {shown!r}. {remedy}"
