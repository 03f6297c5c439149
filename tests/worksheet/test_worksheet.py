"""Worksheets: how they are read, handed out, filled in and judged."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.worksheet import (
    Question,
    Worksheet,
    blank,
    form_complaint,
    judge_form,
    judge_value,
    load,
    load_questions,
    questions_json,
    read_answers,
    written_text,
)

WHOLE = """\
title = "Convolutional networks"
form_points = 1

[[question]]
id = "hours"
prompt = "How many parameters?"
kind = "integer"
points = 1
answer = 7
range = [0, 100]

[[question]]
id = "share"
prompt = "What share, in percent?"
kind = "number"
points = 0.5
answer = 2.57
tolerance = 0.01
range = [0, 100]
unit = "percent"

[[question]]
id = "output"
prompt = '''
Which shape?

    indented  as it is
'''
kind = "shape"
points = 2
answer = [12, 48, 48]

[[question]]
id = "asks"
prompt = "Which one asks?"
kind = "choice"
points = 1
choices = ["the text", "the image \\\\ picture"]
answer = "the text"

[[question]]
id = "why"
prompt = "Why?"
kind = "written"
points = 3
"""


@pytest.fixture
def worksheet() -> Worksheet:
    """A worksheet with a question of each kind."""
    return load(WHOLE)


def filled(worksheet: Worksheet, **answers: str) -> str:
    """The blank with these answers, spelled as TOML, in their places."""
    blocks = blank(worksheet).split("[[question]]")
    for name, answer in answers.items():
        for index, block in enumerate(blocks):
            if f'id = "{name}"' in block:
                head = block.partition("answer =")[0]
                blocks[index] = f"{head}answer = {answer}\n\n"
    return "[[question]]".join(blocks)


GOOD = {
    "hours": "7",
    "share": "2.57",
    "output": "[12, 48, 48]",
    "asks": '"the text"',
    "why": "'''It's \\frac shared.'''",
}


def test_what_was_written_is_read(worksheet: Worksheet) -> None:
    """Each key arrives in its type."""
    assert worksheet.title == "Convolutional networks"
    assert worksheet.form_points == 1
    assert worksheet.question("share") == Question(
        id="share",
        kind="number",
        points=0.5,
        prompt="What share, in percent?",
        answer=2.57,
        tolerance=0.01,
        range=(0, 100),
        unit="percent",
    )
    answers = [question.answer for question in worksheet.questions]
    assert answers == [7, 2.57, (12, 48, 48), "the text", None]


def test_a_file_is_read_as_its_text(tmp_path: Path) -> None:
    """A path is opened, a text is taken as it is."""
    file = tmp_path / "worksheet.toml"
    file.write_text(WHOLE, encoding="utf-8-sig")

    assert load(file) == load(WHOLE)


def test_a_missing_file(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(CourseError, match=r"nowhere\.toml: there is no such file"):
        load(tmp_path / "nowhere.toml")


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    """It is a CourseError that names the file."""
    file = tmp_path / "worksheet.toml"
    file.write_bytes(b"title = '\xff'")

    with pytest.raises(CourseError, match="UTF-8"):
        load(file)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("form_points = 1", "form_point = 1", "did you mean 'form_points'"),
        ("form_points = 1", "form_points = -1", "'form_points' must be a number"),
        ("form_points = 1", "form_points = nan", "'form_points' must be a number"),
        ('title = "C', 'title = 3 #"C', "'title' must be a text"),
        ("tolerance", "tolerence", "question 'share': 'tolerence' is not a key here"),
        ('id = "hours"', 'id = "Hours!"', "question 1 needs an 'id'"),
        ('id = "hours"', "", "question 1 needs an 'id'"),
        ('id = "hours"', 'id = "share"', "two questions are called 'share'"),
        ('"integer"', '"int"', "question 'hours': 'kind' must be one of integer"),
        ('prompt = "Why?"', "", "question 'why': 'prompt' is missing"),
        ("points = 3", "", "question 'why': 'points' is missing"),
        ("points = 3", "points = '3'", "question 'why': 'points' must be a number"),
        ("points = 3", "points = true", "question 'why': 'points' must be a number"),
        ("points = 3", "points = 3\nanswer = 'so'", "Take it out"),
        ("answer = 7", "", "question 'hours': 'answer' is missing"),
        ("answer = 7", "answer = 7.0", "'answer' must be a whole number"),
        ("answer = 7", "answer = true", "'answer' must be a whole number"),
        ("answer = 7", "answer = '7'", "'answer' is in quotes"),
        ("answer = 7", "answer = 101", "'answer' must lie between 0 and 100"),
        ("answer = 2.57", "answer = nan", "'answer' must be a number"),
        ("[12, 48, 48]", "[12, -48, 48]", "'answer' must be a shape"),
        ("[12, 48, 48]", "[12, 48.0, 48]", "'answer' must be a shape"),
        ("[12, 48, 48]", "12", "'answer' must be a shape"),
        ('answer = "the text"', 'answer = "neither"', "'answer' must be one of"),
        ('["the text", ', '["the text", "The  Text", ', "differ in case or spaces"),
        ('["the text", "the image \\\\ picture"]', "['the text']", "at least two"),
        ("answer = 7", "answer = 7\nchoices = ['a', 'b']", "Take them out"),
        ("answer = 7", "answer = 7\ntolerance = 1", "only a number"),
        ("range = [0, 100]\nunit", "range = [100, 0]\nunit", "low below high"),
        ("range = [0, 100]\nunit", "range = [0]\nunit", "'range' must be"),
        ("points = 3", "points = 3\nrange = [0, 1]", "only numbers and shapes"),
        ("[[question]]", "[question", "is not valid TOML"),
    ],
)
def test_a_broken_rule(old: str, new: str, message: str) -> None:
    """The error names file, question, rule and value."""
    assert old in WHOLE

    with pytest.raises(CourseError) as error:
        load(WHOLE.replace(old, new, 1), "cnn/worksheet.toml")

    assert str(error.value).startswith("cnn/worksheet.toml: ")
    assert message in str(error.value)


@pytest.mark.parametrize("text", ["", "title = 'no questions'", "question = 3"])
def test_no_questions(text: str) -> None:
    """A worksheet without a question is a mistake."""
    with pytest.raises(CourseError, match="no questions"):
        load(text)


def test_the_blank_holds_no_answers(worksheet: Worksheet) -> None:
    """Nothing of the answers or their tolerance is in the student's file."""
    text = blank(worksheet)

    assert "2.57" not in text
    assert "48" not in text
    assert "tolerance" not in text
    assert text.count('answer = ""') == 4
    assert text.count("answer = '''") == 1
    changed = replace(worksheet.questions[0], answer=8)
    assert blank(replace(worksheet, questions=(changed, *worksheet.questions[1:]))) == (
        text
    )


def test_the_blank_shows_prompts_as_comments(worksheet: Worksheet) -> None:
    """Lines stay as they were written."""
    text = blank(worksheet)

    assert "# How many parameters?\n" in text
    assert "# Which shape?\n#\n#     indented  as it is\n" in text
    assert max(map(len, text.splitlines())) <= 88


def test_the_blank_can_be_loaded(worksheet: Worksheet) -> None:
    """A student's file has all that the form check needs, and no truth."""
    loaded = load(blank(worksheet))

    assert loaded.form_points == worksheet.form_points
    assert loaded.questions == tuple(
        replace(question, prompt="", answer=None, tolerance=0.0)
        for question in worksheet.questions
    )


def test_the_questions_in_a_file_of_their_own(
    worksheet: Worksheet, tmp_path: Path
) -> None:
    """They are those of the blank; a damaged file is to be unpacked again."""
    file = tmp_path / "worksheet.questions.json"
    file.write_text(questions_json(worksheet), encoding="utf-8")
    assert load_questions(file) == load(blank(worksheet))
    assert "2.57" not in file.read_text(encoding="utf-8")

    for damaged in (b"", b"[]", b"{}", b'{"title": "\xff"}', b"[" * 100_000):
        file.write_bytes(damaged)
        with pytest.raises(CourseError, match=r"questions\.json: .*unpack"):
            load_questions(file)


def test_a_prompt_with_control_characters_stays_a_comment() -> None:
    """TOML forbids them there, and a line of a prompt is no key."""
    odd = replace(load(WHOLE).questions[0], prompt='a\x07b\r\nanswer = 7\x7f\u2028"""')

    text = blank(Worksheet((odd,)))

    assert load(text).question("hours")
    assert read_answers(text, Worksheet((odd,))).given == {"hours": ""}


def test_a_filled_sheet_has_its_form_checked_at_home(worksheet: Worksheet) -> None:
    """The student's own file is worksheet and answers in one."""
    text = filled(worksheet, **{**GOOD, "hours": "1000"})
    at_home = load(text)

    complaints = judge_form(at_home, read_answers(text, at_home))

    assert complaints == ["hours: the answer must lie between 0 and 100; it is 1000."]


def test_good_answers(worksheet: Worksheet) -> None:
    """Complete and right answers have no complaint, and each is right."""
    answers = read_answers(filled(worksheet, **GOOD), worksheet)

    assert judge_form(worksheet, answers) == []
    right = [judge_value(q, answers.given[q.id]) for q in worksheet.questions]
    assert right == [True, True, True, True, False]
    assert written_text(worksheet.questions[-1], answers) == "It's \\frac shared."


def test_the_blank_as_it_is(worksheet: Worksheet) -> None:
    """Each question has its own complaint, which says what to write."""
    complaints = judge_form(worksheet, read_answers(blank(worksheet), worksheet))

    assert [complaint.partition(":")[0] for complaint in complaints] == [
        question.id for question in worksheet.questions
    ]
    assert complaints[0] == (
        "hours: the answer is missing; write a whole number such as 7 after 'answer ='."
    )
    assert complaints[1].startswith(
        "share: the answer is missing; write a number such as 2.5 in percent"
    )


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("hours", '"7"'),
        ("hours", '" +7 "'),
        ("share", "2.5601"),
        ("share", "2.58"),
        ("share", '"2.57 %"'),
        ("share", '"2.57%"'),
        ("share", '"2.57 percent"'),
        ("output", '"[12, 48, 48]"'),
        ("output", '"(12,48,48)"'),
        ("output", '"12 x 48 x 48"'),
        ("asks", '" The  text "'),
    ],
)
def test_right_answers_in_other_spellings(
    worksheet: Worksheet, name: str, answer: str
) -> None:
    """Quotes that were left around a number, spaces and case make no difference."""
    answers = read_answers(filled(worksheet, **{**GOOD, name: answer}), worksheet)
    question = worksheet.question(name)

    assert question is not None
    assert judge_form(worksheet, answers) == []
    assert judge_value(question, answers.given[name])


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("hours", "8"),
        ("share", "2.55"),
        ("share", "3"),
        ("output", "[48, 48, 12]"),
        ("output", "[]"),
        ("output", "[12, 48]"),
        ("asks", '"the image \\\\ picture"'),
    ],
)
def test_wrong_answers_of_good_form(
    worksheet: Worksheet, name: str, answer: str
) -> None:
    """They earn the form's points and not their own."""
    answers = read_answers(filled(worksheet, **{**GOOD, name: answer}), worksheet)
    question = worksheet.question(name)

    assert question is not None
    assert judge_form(worksheet, answers) == []
    assert not judge_value(question, answers.given[name])


# A number that TOML reads and Python does not write down.
ENDLESS = "0x" + "f" * 20_000


@pytest.mark.parametrize(
    ("name", "answer", "rule"),
    [
        (
            "hours",
            "7.0",
            "must be a whole number such as 7, without a point; it is 7.0",
        ),
        ("hours", '"7.0"', "must be a whole number"),
        ("hours", "true", "must be a whole number"),
        ("hours", '"seven"', "must be a whole number"),
        ("hours", "101", "must lie between 0 and 100; it is 101"),
        ("hours", "2020-01-01", "must be a whole number"),
        ("hours", "[7]", "must be a whole number"),
        ("hours", "{x = 7}", "must be a whole number"),
        ("share", '"2,57"', "with a point and no comma; it is '2,57'"),
        ("share", "nan", "must be a number"),
        ("share", "inf", "must be a number"),
        ("share", "-0.5", "must lie between 0 and 100"),
        ("share", "9" * 400, "must be a number"),
        ("share", f'"{"9" * 300}"', "is a long text"),
        ("share", '"1e999"', "must be a number"),
        ("output", "12", "must be a shape"),
        ("output", "[12, 48, true]", "must be a shape"),
        ("output", '"twelve"', "must be a shape"),
        ("output", "[12.0, 48, 48]", "must be a shape"),
        ("asks", '"neither"', "must be one of 'the text', "),
        ("asks", "3", "must be one of 'the text', "),
        *((name, ENDLESS, "something very long") for name in ("asks", "why", "output")),
        ("hours", ENDLESS, "must lie between 0 and 100; it is something very long"),
        ("share", ENDLESS, "must be a number"),
        ("why", "3", "must be a text in quotes"),
        ("why", '"  "', "is missing"),
    ],
)
def test_answers_of_bad_form(
    worksheet: Worksheet, name: str, answer: str, rule: str
) -> None:
    """One complaint, about that question, with the value; and no value is right."""
    answers = read_answers(filled(worksheet, **{**GOOD, name: answer}), worksheet)
    question = worksheet.question(name)

    (complaint,) = judge_form(worksheet, answers)

    assert question is not None
    assert complaint.startswith(f"{name}: the answer ")
    assert rule in complaint
    assert len(complaint) < 250
    assert form_complaint(question, answers) == complaint
    assert not judge_value(question, answers.given[name])


def test_a_tolerance_includes_its_ends() -> None:
    """2.6 is within 0.1 of 2.5, whatever binary fractions say."""
    question = Question("a", "number", 1, answer=2.5, tolerance=0.1)

    assert judge_value(question, 2.6)
    assert judge_value(question, 2.4)
    assert not judge_value(question, 2.6001)


def test_no_tolerance_means_equal_up_to_rounding() -> None:
    """0.1 + 0.2 is 0.3, and 0.3001 is not."""
    question = Question("a", "number", 1, answer=0.3)

    assert judge_value(question, 0.1 + 0.2)
    assert not judge_value(question, 0.3001)
    assert not judge_value(question, math.nan)


def test_a_long_written_answer_is_cut(worksheet: Worksheet) -> None:
    """4000 characters are kept, and the cut is said."""
    text = filled(worksheet, why=f'"{"word " * 2000}"')

    kept = written_text(worksheet.questions[-1], read_answers(text, worksheet))

    assert len(kept) == 4000
    assert kept.endswith("longer than a worksheet takes]")


def test_questions_that_are_not_ours(worksheet: Worksheet) -> None:
    """A changed id, a lost id and a second answer are complained about."""
    text = filled(worksheet, **GOOD)
    text += '[[question]]\nid = "houres"\nanswer = 7\n[[question]]\nanswer = 1\n'
    text += '[[question]]\nid = "hours"\nanswer = 8\n'

    complaints = judge_form(worksheet, read_answers(text, worksheet))

    assert complaints == [
        "there is no question 'houres'; did you mean 'hours'?",
        "a [[question]] has lost its id; put it back",
        "hours: answered twice; keep one answer",
    ]


def test_a_student_cannot_change_the_rules(worksheet: Worksheet) -> None:
    """Only id and answer of a student's file are looked at."""
    text = filled(worksheet, **{**GOOD, "hours": "1000\nrange = [0, 1000]"})
    text = text.replace("range = [0, 100]\nanswer = 1000", "answer = 1000")

    assert judge_form(worksheet, read_answers(text, worksheet)) != []


def test_a_slip_of_syntax_names_its_line(worksheet: Worksheet) -> None:
    """A file with nothing to read has one complaint: line, text, what to do."""
    (complaint,) = judge_form(worksheet, read_answers("a = 1\nb = c\n", worksheet))

    assert "line 2" in complaint
    assert "b = c" in complaint
    assert "straight quotes" in complaint


def test_a_sheet_is_measured_before_it_is_parsed(worksheet: Worksheet) -> None:
    """A parser in C may crash on depth, so it never sees it."""
    deep = "[[question]]\nanswer = " + "[" * 150 + "]" * 150
    large = "[[question]]\n" * 25_000

    assert "too deep" in (read_answers(deep, worksheet).problem or "")
    assert "more than 262144" in (read_answers(large, worksheet).problem or "")


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 100_000,
        "x = " + "[" * 99 + "1" + "]" * 99,
        "x = " + "{a = " * 50_000,
        "a" + ".a" * 100_000 + " = 1",
        "\n".join(f"a{n}" + ".a" * 100 + " = 1" for n in range(900)),
        "[" + "a." * 60_000 + "a]",
        "x = " + "9" * 10_000,
        "x = '" + "\\" * 10**7,
        "\0" * 1000,
        "[[question]]\n" * 10_000,
        "question = 3",
        "question = [3, [], 'x']",
        '[[question]]\nid = "hours"\nanswer = ' + "[" * 90 + "]" * 90,
        '[[question]]\nid = "why"\nanswer = "' + "\\u0041" * 40_000 + '"',
        "",
    ],
)
def test_a_hostile_sheet_does_no_harm(worksheet: Worksheet, text: str) -> None:
    """Whatever the file holds, there is a short complaint within a second or two."""
    complaints = judge_form(worksheet, read_answers(text, worksheet))

    assert complaints
    assert len("".join(complaints)) < 2500
