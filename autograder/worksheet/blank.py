"""The worksheet that students fill in: prompts as comments, a place for each answer."""

from __future__ import annotations

import json
import textwrap

from autograder.worksheet.questions import STUDENT, Question, Worksheet

_WIDTH = 78
_TOP = """\
# Write each answer behind its "answer =". Leave everything else as it is.
# A number stands without quotes, with a point: 2.5. A shape is a list: [2, 7, 5].
# One of several choices stands in quotes, as it is written there.
# Text goes between the ''' and may have several lines."""
_PLACES = {"written": "'''\n'''"}


def blank(worksheet: Worksheet) -> str:
    """The student's worksheet.toml; it holds nothing of the answers."""
    heading = [f"# Worksheet: {worksheet.title}"] if worksheet.title else []
    top = [*heading, _TOP, "", f'filled_in_by = "{STUDENT}"']
    if worksheet.title:
        top.append(f"title = {_quoted(worksheet.title)}")
    top.append(f"form_points = {worksheet.form_points:g}")
    blocks = ["\n".join(top), *map(_block, worksheet.questions)]
    return "\n\n\n".join(blocks) + "\n"


def _block(question: Question) -> str:
    lines = ["[[question]]", f'id = "{question.id}"', *_comment(question.prompt)]
    lines.append(f'kind = "{question.kind}"')
    lines.append(f"points = {question.points:g}")
    if question.choices:
        lines += _choices(question.choices)
    if question.range:
        low, high = question.range
        lines.append(f"range = [{low!r}, {high!r}]")
    if question.unit:
        lines.append(f"unit = {_quoted(question.unit)}")
    lines.append("answer = " + _PLACES.get(question.kind, '""'))
    return "\n".join(lines)


def _comment(prompt: str) -> list[str]:
    lines = []
    for line in prompt.splitlines():
        # TOML allows no control characters, not even in a comment.
        line = "".join(char if char.isprintable() else " " for char in line)
        wrapped = textwrap.wrap(
            line, _WIDTH - 2, break_long_words=False, break_on_hyphens=False
        )
        lines += [f"# {part}" for part in wrapped] or ["#"]
    return lines


def _choices(choices: tuple[str, ...]) -> list[str]:
    quoted = [_quoted(choice) for choice in choices]
    line = f"choices = [{', '.join(quoted)}]"
    if len(line) <= _WIDTH:
        return [line]
    return ["choices = [", *(f"    {choice}," for choice in quoted), "]"]


def _quoted(text: str) -> str:
    """A TOML string; JSON spells it alike but for one control character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
