"""Worksheets: short questions, answered as numbers, shapes, choices, or in words.

``solutions/<assignment>/worksheet.toml`` holds them, with the answers::

    title = "Convolutional networks"   # optional
    form_points = 1                    # for answers that are complete and well formed

    [[question]]
    id = "share_of_conv"
    prompt = "What share of the parameters is in the convolution?"
    kind = "number"                    # integer, number, shape, choice or written
    points = 1
    answer = 2.57                      # a list for a shape, a text for a choice
    tolerance = 0.01                   # a number's only; 0 means equal up to rounding
    range = [0, 100]                   # what is plausible; in a shape, each size
    unit = "percent"

A choice has ``choices = ["...", "..."]``; a written question has no answer.
"""

from __future__ import annotations

from autograder.worksheet.answers import (
    Answers,
    form_complaint,
    is_untouched,
    judge_form,
    read_answers,
    unanswered,
    written_text,
)
from autograder.worksheet.blank import blank
from autograder.worksheet.handed_out import load_questions, questions_json
from autograder.worksheet.questions import Question, Worksheet
from autograder.worksheet.reading import load
from autograder.worksheet.right_values import is_blank, judge_value

__all__ = [
    "Answers",
    "Question",
    "Worksheet",
    "blank",
    "form_complaint",
    "is_blank",
    "is_untouched",
    "judge_form",
    "judge_value",
    "load",
    "load_questions",
    "questions_json",
    "read_answers",
    "unanswered",
    "written_text",
]
