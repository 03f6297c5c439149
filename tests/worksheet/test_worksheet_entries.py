"""Worksheets that are no TOML any more: a slip costs the answer that it is in."""

from __future__ import annotations

import pytest

from autograder.worksheet import (
    Question,
    Worksheet,
    judge_form,
    judge_value,
    read_answers,
)
from autograder.worksheet.answers import is_untouched
from autograder.worksheet.right_values import FormError, typed

QUESTIONS = (
    Question("hours", "integer", 1, answer=7),
    Question("share", "number", 1, answer=2.5),
    Question("output", "shape", 1, answer=(12, 48)),
    Question("asks", "choice", 1, choices=("the text", "a word"), answer="the text"),
    Question("why", "written", 1),
)
SHEET = Worksheet(QUESTIONS, form_points=1)
GOOD = {
    "hours": "7",
    "share": "2.5",
    "output": "[12, 48]",
    "asks": '"the text"',
    "why": "'''Because.'''",
}


def sheet(**answers: str) -> str:
    """A worksheet with these answers, as they were typed."""
    typed = {**GOOD, **answers}
    blocks = [f'[[question]]\nid = "{n}"\nanswer = {typed[n]}\n' for n in typed]
    return "\n".join(['filled_in_by = "student"\n', *blocks])


def right(text: str) -> list[str]:
    """The questions that are answered rightly, the written one included."""
    answers = read_answers(text, SHEET)
    found = [q.id for q in QUESTIONS if judge_value(q, answers.given.get(q.id))]
    return found + (["why"] if answers.given.get("why") else [])


EVERY = ["hours", "share", "output", "asks", "why"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("asks", "\u201cthe text\u201d"),
        ("asks", "\u201ethe text\u201c"),
        ("asks", "\u2018the text\u2019"),
        ("asks", "\u00abthe text\u00bb"),
        ("asks", "the text"),
        ("asks", 'the text"'),
        ("asks", '"the text'),
        ("hours", "\u201c7\u201d"),
        ("hours", "7   # I think"),
        ("hours", "7h # no"),
        ("output", "[12, 48"),
        ("output", "12 x 48"),
        ("output", "(12, 48)"),
        ("share", "2.5 percent"),
        ("why", "\u2018\u2018\u2018Because\nof it.\u2019\u2019\u2019"),
        ("why", "'''Because\nof it."),
        ("why", "Because\nof it."),
        ("why", "\u201cBecause\nof it.\u201d"),
        ("why", '"Because\nof it."'),
        ("why", "'''and so on " + "." * 200 + "'''"),
    ],
)
def test_a_slip_costs_its_own_answer_at_most(name: str, typed: str) -> None:
    """All other answers are read, whatever stands in one."""
    found = right(sheet(**{name: typed}))

    assert set(EVERY) - {name} <= set(found)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("asks", "\u201cthe text\u201d"),
        ("asks", "\u2018the text\u2019"),
        ("asks", "the text"),
        ("asks", '"the text'),
        ("hours", "\u201c7\u201d"),
        ("output", "12 x 48"),
        ("output", "(12, 48)"),
        ("why", "Because\nof it."),
        ("why", "\u2018\u2018\u2018Because\nof it.\u2019\u2019\u2019"),
    ],
)
def test_curly_quotes_and_bare_words_are_answers(name: str, typed: str) -> None:
    """What was meant is plain, so that nothing is lost at all."""
    text = sheet(**{name: typed})

    assert right(text) == EVERY
    assert judge_form(SHEET, read_answers(text, SHEET)) == []


def test_curly_quotes_at_the_top_cost_nothing() -> None:
    """What is no answer is not looked at."""
    text = sheet().replace('"student"', "\u201cstudent\u201d")

    assert right(text) == EVERY


def test_curly_quotes_in_an_id() -> None:
    """The id is found all the same."""
    text = sheet().replace('"hours"', "\u201chours\u201d")

    assert right(text) == EVERY


def test_one_answer_typed_twice() -> None:
    """Two different answers are none, and the complaint says so; equal ones are one."""
    twice = read_answers(sheet(hours="7\nanswer = 8"), SHEET)
    same = read_answers(sheet(hours="7\nanswer = 7"), SHEET)
    blank = read_answers(sheet(hours='""\nanswer = 7'), SHEET)

    assert "hours" not in twice.given
    assert judge_form(SHEET, twice) == ["hours: answered twice; keep one answer"]
    assert list(twice.unread) == ["hours"]
    assert same.given["hours"] == blank.given["hours"] == 7
    assert twice.given["share"] == 2.5


def test_a_header_that_got_lost() -> None:
    """Two questions under one [[question]] are two."""
    text = sheet().replace('[[question]]\nid = "share"', 'id = "share"')

    assert right(text) == EVERY


@pytest.mark.parametrize("header", ["[question]]", "[[question]", "[[ question ]] # 2"])
def test_a_header_with_a_bracket_too_few(header: str) -> None:
    """It is still the beginning of a question."""
    assert right(sheet().replace("[[question]]", header, 2)) == EVERY


def test_a_line_of_an_answer_that_looks_like_a_key() -> None:
    """Within a text of several lines nothing is a key."""
    text = sheet(why="'''Since\nanswer = 7\nid = 3\n'''", asks="the text")

    assert right(text) == EVERY
    assert "answer = 7" in str(read_answers(text, SHEET).given["why"])


def test_a_complaint_names_the_answer_and_what_is_wrong() -> None:
    """A comma for a point is a matter of that answer."""
    (complaint,) = judge_form(SHEET, read_answers(sheet(share="2,5"), SHEET))

    assert complaint.startswith("share: the answer must be a number")


def test_what_was_mended_is_told() -> None:
    """The student learns of the line, though it cost nothing."""
    assert "line 1" in str(read_answers("x = y\n" + sheet(), SHEET).mended)
    assert read_answers(sheet(), SHEET).mended is None


@pytest.mark.parametrize(
    "piece",
    ["[" * 100_000, "a." * 100_000, "'" * 50_000, "\u201c" * 50_000, "=\n" * 50_000],
)
def test_nothing_harms_the_reading(piece: str) -> None:
    """Hostile pieces neither raise nor take long, and cost no other answer."""
    found = right(sheet(hours=piece))

    assert set(found) >= {"share", "output", "asks"}


def test_an_answer_that_cannot_be_read_is_an_answer() -> None:
    """A sheet in which only that was filled in is not as it was handed out."""
    blank = dict.fromkeys(GOOD, '""')
    twice = sheet(**{**blank, "hours": "7\nanswer = 8"})

    assert not is_untouched(read_answers(twice, SHEET))
    assert is_untouched(read_answers(sheet(**blank), SHEET))


def test_all_choices_stand_in_a_complaint() -> None:
    """However long they are: whoever reads it need not look them up."""
    choices = tuple(f"{word} of the image and its channels" for word in ("a", "b", "c"))
    question = Question("asks", "choice", 1, choices=choices, answer=choices[0])

    with pytest.raises(FormError) as error:
        typed(question, "d")

    assert f"one of {', '.join(map(repr, choices))}; it is" in str(error.value)
