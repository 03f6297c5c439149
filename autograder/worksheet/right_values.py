"""What an answer has to look like, and whether it is right."""

from __future__ import annotations

import re

from autograder.worksheet.questions import (
    Answer,
    Question,
    is_number,
    same_words,
)

WRITTEN_LENGTH = 4000  # characters of a written answer that are kept
_SHORT = 200  # characters; no number, shape or choice needs more
_CUT = "\n[cut here: the answer is longer than a worksheet takes]"
_WHOLE = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SEPARATORS = re.compile(r"[\s,x\u00d7]+")


class FormError(ValueError):
    """An answer that has not the form asked for; reads on from "the answer ..."."""


def is_blank(raw: object) -> bool:
    """Whether nothing was filled in."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def typed(question: Question, raw: object) -> Answer:
    """The answer in its question's type: ``"7"`` in quotes is 7 too.

    Raises:
        FormError: it has not the form asked for.
    """
    if is_blank(raw):
        raise FormError(f"is missing; write {_wanted(question)} after 'answer ='")
    if isinstance(raw, str) and question.kind not in ("written", "choice"):
        raw = _unquoted(question, raw.strip())
    if question.kind == "integer":
        return _in_range(question, _integer(question, raw))
    if question.kind == "number":
        return _in_range(question, _number(question, raw))
    if question.kind == "shape":
        return _shape(question, raw)
    if question.kind == "choice":
        return _choice(question, raw)
    return _written(raw)


def judge_value(question: Question, raw: object) -> bool:
    """Whether an answer is right; never for a question that a person grades."""
    if question.answer is None:
        return False
    try:
        given = typed(question, raw)
    except FormError:
        return False
    if isinstance(given, float) and isinstance(question.answer, int | float):
        # 2.6 is within 0.1 of 2.5, which binary fractions would deny.
        scale = max(abs(given), abs(question.answer))
        return abs(given - question.answer) <= question.tolerance + 1e-9 * scale
    return given == question.answer


def _wanted(question: Question) -> str:
    """The form of an answer in words."""
    unit = f" in {question.unit}" if question.unit else ""
    if question.kind == "integer":
        return f"a whole number such as 7{unit}"
    if question.kind == "number":
        return f"a number such as 2.5{unit}"
    if question.kind == "shape":
        return "a shape such as [2, 7, 5]"
    if question.kind == "choice":
        return f"one of {', '.join(map(repr, question.choices))}"
    return "a few sentences"


def _unquoted(question: Question, text: str) -> object:
    """The number or shape that a student left within the quotes of the blank."""
    if len(text) > _SHORT:
        raise FormError(f"is a long text; it must be {_wanted(question)}")
    if question.kind == "shape":
        inner = text[1:-1] if text[:1] + text[-1:] in ("[]", "()") else text
        parts = [part for part in _SEPARATORS.split(inner) if part]
        return [int(part) if _WHOLE.fullmatch(part) else part for part in parts]
    if question.unit and text.endswith(question.unit):
        text = text[: -len(question.unit)].rstrip()
    if question.unit == "percent":
        text = text.removesuffix("%").rstrip()
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _integer(question: Question, raw: object) -> int:
    if type(raw) is not int:
        raise FormError(
            f"must be {_wanted(question)}, without a point; it is {_q(raw)}"
        )
    return raw


def _number(question: Question, raw: object) -> float:
    try:
        if is_number(raw):
            return float(raw)  # type: ignore[arg-type]  # is_number has looked
    except OverflowError:
        pass
    raise FormError(
        f"must be {_wanted(question)}, with a point and no comma; it is {_q(raw)}"
    )


def _shape(question: Question, raw: object) -> tuple[int, ...]:
    if isinstance(raw, list) and len(raw) <= _SHORT:
        sizes = tuple(size for size in raw if type(size) is int and size >= 0)
        if len(sizes) == len(raw):
            for size in sizes:
                _in_range(question, size)
            return sizes
    raise FormError(f"must be {_wanted(question)}; it is {_q(raw)}")


def _in_range(question: Question, value: int | float) -> int | float:
    if question.range:
        low, high = question.range
        if not low <= value <= high:
            raise FormError(f"must lie between {low:g} and {high:g}; it is {_q(value)}")
    return value


def _choice(question: Question, raw: object) -> str:
    if is_number(raw):
        raw = _q(raw)  # the choices of a question may look like numbers
    if isinstance(raw, str) and len(raw) <= max(_SHORT, *map(len, question.choices)):
        for choice in question.choices:
            if same_words(choice) == same_words(raw):
                return choice
    raise FormError(f"must be {_wanted(question)}; it is {_q(raw)}")


def _written(raw: object) -> str:
    if not isinstance(raw, str):
        raise FormError(f"must be a text in quotes; it is {_q(raw)}")
    text = raw.strip()
    if len(text) <= WRITTEN_LENGTH:
        return text
    return text[: WRITTEN_LENGTH - len(_CUT)] + _CUT


def _q(raw: object) -> str:
    """A short form of what was given, for a message."""
    try:
        text = repr(raw)
    except (ValueError, RecursionError):  # an integer of 5000 digits, a deep list
        return "something very long"
    return text if len(text) <= 40 else text[:37] + "..."
