"""The facts of one check as lines and labelled rows, for renderers to lay out."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from autograder.verdict import CheckResult, Mismatch, Outcome, Verdict
from autograder.wording.clean import cut, one_line, plain
from autograder.wording.crashes import in_words
from autograder.wording.device_sentences import on_a_gpu, place_of
from autograder.wording.grid_lines import grid_shown
from autograder.wording.hidden import hidden_texts
from autograder.wording.mismatches import remark, returned_nothing
from autograder.wording.numbers import sentence
from autograder.wording.paragraphs import (
    WHOLE,
    about,
    is_ordinary,
    leaves_autograd,
    lines_of_the_claim,
    message_for,
    setting_text,
)
from autograder.wording.relations import relation_text
from autograder.wording.remarks import stand_in_text


@dataclass(frozen=True)
class Row:
    """A labelled fact; ``code`` asks for a fixed width and for spaces to be kept."""

    label: str
    text: str
    code: bool = False


@dataclass(frozen=True)
class CallShown:
    """The call that failed, and under which circumstances."""

    text: str  # "conv2d(x, weight, stride=2)"
    arguments: list[str]  # "x: float64[2, 3, 9, 8]", "layers = [1, 2, 3]"
    setting: str  # "in float32 on the simulated GPU"; empty for the ordinary one


def call_shown(check: CheckResult) -> CallShown | None:
    """The call of a visible check that did not pass, if it has one."""
    if check.hidden or check.call is None or check.outcome is Outcome.PASSED:
        return None
    if check.follows or check.outcome is Outcome.NOT_ATTEMPTED:
        return None
    arguments = [
        f"{one_line(name, 60)} = {one_line(value, WHOLE)}"
        for name, value in check.call.values.items()
    ] + [
        f"{one_line(name, 60)}: {one_line(kind, 80)}"
        for name, kind in check.call.arguments.items()
    ]
    setting = check.setting or ""
    where = "" if is_ordinary(setting) else setting_text(one_line(setting))
    return CallShown(one_line(check.call.text, WHOLE), arguments, where)


def finding(check: CheckResult, verdict: Verdict, *, alone: bool = False) -> str | None:
    """What happened, where the call and the rows do not say it already.

    Args:
        check: the check.
        verdict: it is part of.
        alone: whether it may be read without the others; else what is the same of
            several hidden checks is said at the first of them.
    """
    if check.outcome is Outcome.PASSED or check.follows:
        return None
    if check.hidden:
        word_says_all = (Outcome.NOT_ATTEMPTED, Outcome.WAITING)
        if check.outcome in word_says_all:
            return None
        if alone:
            return message_for(check, verdict.checks)
        return hidden_texts(check, verdict)
    if check.outcome is Outcome.WAITING and _awaited(check, verdict):
        return None
    shown = bool(_compared(check)) or grid_shown(check) is not None
    if shown and check.mismatch is not None:
        said = returned_nothing(check) or remark(check.mismatch)
        if not said:
            return None
        text = sentence(on_a_gpu(check) + said)
        return " ".join(filter(None, [text, leaves_autograd(check)]))
    several = lines_of_the_claim(check)
    if len(several) > 1:
        return "\n".join(map(_line, several))
    return about(check)


def _line(text: str) -> str:
    """A sentence; the name before a colon keeps its spelling."""
    named = text.partition(" ")[0].endswith(":")
    return f"{text.rstrip('.')}." if named else sentence(text)


def repeat_command(check: CheckResult) -> str | None:
    """What runs a visible check again: ``autograder check shapes --only ...``."""
    if check.hidden or check.outcome is Outcome.WAITING or check.follows:
        return None
    if check.exercise == "worksheet":  # it has one visible check, for all answers
        return "autograder check worksheet"
    name = check.id.rpartition("::")[2].removeprefix("test_")
    where = shlex.quote(one_line(check.exercise, 60))
    return f"autograder check {where} --only {shlex.quote(one_line(name))}"


def repeat_call(check: CheckResult) -> str | None:
    """What runs a visible check again in a notebook: ``check("agrees_with_torch")``."""
    if repeat_command(check) is None:
        return None
    name = check.id.rpartition("::")[2].removeprefix("test_")
    name = "worksheet" if check.exercise == "worksheet" else one_line(name)
    return f'check("{name}")'


def rows(check: CheckResult, verdict: Verdict) -> list[Row]:
    """What a student needs to fix this check, most telling first."""
    if check.hidden or check.outcome is Outcome.PASSED:
        return []
    if check.follows:
        first = f"{one_line(check.follows, 60)}: fix that one first"
        return [Row("follows from", first)]
    found = [*_compared(check), *_trace(check)]
    if check.outcome is Outcome.WAITING:
        found += _awaited(check, verdict) or _command_of_awaited(check)
    if check.idea is not None:
        found.append(Row("looks like", one_line(check.idea.sentence)))
        if check.idea.question:
            found.append(Row("think", one_line(check.idea.question)))
    found += relation_rows(check)
    if check.mend_first:
        found.append(Row("first", first_text(check)))
    if check.stand_in:
        found.append(Row("graded with", stand_in_text(check.stand_in)))
    if check.outcome is Outcome.GRADER_FAULT:
        if check.detail:
            found.append(Row("for staff", one_line(check.detail)))
    elif check.outcome is not Outcome.WAITING:
        if check.hint and _needs_a_hint(check):
            found.append(Row("hint", one_line(check.hint)))
        if check.look_at:
            found.append(Row("look at", one_line(check.look_at), code=True))
    if check.printed and check.printed.strip():
        found.append(Row("printed", cut(check.printed, lines=8), code=True))
    return found


def first_text(check: CheckResult) -> str:
    """What to mend before this check: a fact, and no claim that it is the cause."""
    first = one_line(check.mend_first or "", 60)
    user = one_line(check.function, 60)
    if first.endswith(".py"):
        user = f"{one_line(check.exercise, 60)}.py"
    return f"{user} uses {first}, whose own checks fail: mend {first} first"


def relation_rows(check: CheckResult) -> list[Row]:
    """What the numbers of a wrong answer show, where no idea says more."""
    if check.hidden or check.idea is not None:
        return []
    return [Row("the numbers", relation_text(one)) for one in check.relations]


def _needs_a_hint(check: CheckResult) -> bool:
    """Whether a value is wrong and nothing else says why; a hint beside it would lead
    astray.

    A hint is about values: what a missing gradient, a shape or a crash is about stands
    in its own words. That of a device check is about devices.
    """
    if check.outcome is not Outcome.FAILED or check.raised is not None:
        return False
    if check.idea is not None or check.relations:
        return False
    mismatch = check.mismatch
    if mismatch is None:
        return True
    if mismatch.of.startswith("the parameters of "):
        return False
    if check.id.endswith("_device") or (check.setting or "")[:3] == "sim":
        waits = "synchronisation" in mismatch.got
        return mismatch.kind == "device" or (mismatch.kind == "work" and not waits)
    of_digits = check.id.endswith("_digits") and mismatch.kind == "dtype"
    return of_digits or mismatch.kind in ("value", "assertion", "causality")


def _compared(check: CheckResult) -> list[Row]:
    mismatch = check.mismatch
    if check.outcome is not Outcome.FAILED or mismatch is None or grid_shown(check):
        return []
    if mismatch.kind in ("changed_input", "assertion") or not mismatch.expected:
        return []
    expected, got = _aligned(mismatch)
    if mismatch.kind == "device":
        expected, got = (f"on {place_of(side)}" for side in (expected, got))
    return [Row("expected", expected, code=True), Row("got", got, code=True)]


def _aligned(mismatch: Mismatch) -> tuple[str, str]:
    """Both sides with their columns under each other."""
    sides = [one_line(mismatch.expected, 600), one_line(mismatch.got, 600)]
    previews = [
        [one_line(value, 24) for value in preview[:6]]
        for preview in (mismatch.expected_preview, mismatch.got_preview)
    ]
    count = max(map(len, previews))
    if not count:
        return sides[0], sides[1]
    width = max(map(len, sides))
    columns = [
        max(len(p[index]) for p in previews if index < len(p)) for index in range(count)
    ]
    texts = []
    for side, preview in zip(sides, previews):
        values = [value.rjust(columns[i]) for i, value in enumerate(preview)]
        if preview and mismatch.total is not None and mismatch.total > len(preview):
            values.append("...")
        texts.append(f"{side.ljust(width)}   {'  '.join(values)}".rstrip())
    return texts[0], texts[1]


def _trace(check: CheckResult) -> list[Row]:
    """The student's own lines, innermost last, as Python shows them."""
    if check.raised is None or not check.raised.frames:
        return []
    lines = []
    for frame in check.raised.frames[-4:]:
        place = one_line(frame.place, 100)
        function = one_line(frame.function, 60)
        lines.append(f"{place}, in {function}" if function else place)
        lines += [f"    {line}" for line in _shown_code(frame.text)]
    found = [Row("happened at", "\n".join(lines), code=True)]
    words = in_words(check.raised)
    return [*found, Row("in words", sentence(words))] if words else found


def _shown_code(text: str) -> list[str]:
    """A line of code and, under the place of a syntax error, its caret."""
    code, _, caret = text.partition("\n")
    if not code.strip():
        return []
    if caret.strip() != "^":
        return [one_line(text, 120)]
    line = plain(code)  # a tab becomes four blanks, which move the caret
    margin = len(line) - len(line.lstrip())
    place = max(0, len(plain(code[: len(caret) - 1])) - margin)
    place += max(0, len(caret) - 1 - len(code))  # behind the end of the line
    return [cut(line.strip(), lines=1, width=120), f"{' ' * place}^"][
        : 1 + (place < 117)
    ]


def _command_of_awaited(check: CheckResult) -> list[Row]:
    """What runs the check that is waited for, where the report does not show it."""
    if check.waiting_for is None:
        return []
    command = repeat_command(
        replace(check, id=check.waiting_for, outcome=Outcome.FAILED)
    )
    return [Row("begin with", command, code=True)] if command else []


def _awaited(check: CheckResult, verdict: Verdict) -> list[Row]:
    for other in verdict.checks:
        if other.id == check.waiting_for and not other.hidden:
            return [Row("waits for", one_line(other.promise))]
    return []
