"""A verdict for a terminal: one student's report, as wide as asked for."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from autograder.reports.blocks import (
    LABELS,
    STYLES,
    Hanging,
    as_they_are,
    between_margins,
    labelled,
    to_text,
    unbroken,
)
from autograder.verdict import CheckResult, Outcome, Verdict, points_text, totals
from autograder.wording import (
    EVERY,
    VERSIONS,
    CallShown,
    NotJudged,
    Unwritten,
    beside,
    call_shown,
    earned_text,
    face,
    finding,
    folded,
    grid_shown,
    inputs_shown,
    is_said_before,
    left_out,
    next_steps,
    one_line,
    rows,
    same_as_before,
    score_line,
    title_of,
    told_of_passed,
    untouched,
    whole_sentences,
    with_not_judged,
)

Repeat = Callable[[CheckResult], "str | None"]

_INDENT = 6


def render(
    verdict: Verdict,
    *,
    repeat: Repeat | None = None,
    part: bool = False,
    every: str = EVERY,
    titled: bool = True,
    width: int = 80,
    colour: bool = False,
) -> str:
    """One student's report as text.

    Args:
        verdict: what was found.
        repeat: gives the command that runs one check again, or None for no command.
        part: whether there are visible checks that did not run.
        every: what runs every check.
        titled: whether to begin with whose it is.
        width: columns of the terminal.
        colour: whether to colour; signs and words say the same without.
    """
    parts: list[RenderableType] = [_title(verdict), Text()] if titled else []
    first = [note for note in verdict.notes if note.kind != VERSIONS]
    if first:
        parts += [*(_note(note.text) for note in first), Text()]
    for exercise, checks in verdict.exercises().items():
        parts.append(_exercise(exercise, checks))
        nothing = untouched(checks)
        if nothing is not None:
            parts += [Hanging("○ ", Text(nothing)), Text()]
            continue
        parts.append(Text())
        below: list[RenderableType] = []
        for check in with_not_judged(folded(checks), verdict.checks):
            if not isinstance(check, CheckResult):
                parts.append(_together(check))
                below = []
                continue
            below = _details(check, verdict, width)
            parts.append(_promise(check))
            if below:
                again = _again(check, verdict, repeat, width)
                parts += [Text(), Padding(Group(*below), (0, 0, 0, _INDENT)), *again]
                parts.append(Text())
        if not below:
            parts.append(Text())
    parts += [Rule(style="dim", characters="─"), *_ending(verdict, part, every)]
    return to_text(Group(*parts), width=width, colour=colour)


def _title(verdict: Verdict) -> Table:
    who = f"   {one_line(verdict.student, 60)}" if verdict.student else ""
    seed = f"seed {verdict.seed}, " if verdict.seed else ""
    left = Text(one_line(verdict.assignment), style="bold")
    left.append(who, style="not bold")
    return between_margins(left, Text(f"{seed}{verdict.seconds:.1f} s", style="dim"))


def _exercise(exercise: str, checks: list[CheckResult]) -> Table:
    points = " / ".join(map(points_text, totals(checks)))
    name = Text(one_line(exercise), style="bold underline")
    return between_margins(name, Text(points, style="bold"))


def _note(text: str) -> RenderableType:
    return Hanging("note  ", unbroken(whole_sentences(text)))


def _promise(check: CheckResult) -> Table:
    promise = Text(title_of(check))
    if check.hidden:
        promise.append(" (hidden)", style="dim")
    return _told(check.outcome, promise, earned_text(check))


def _together(part: Unwritten | NotJudged) -> Table:
    """Checks that ended alike, in one line."""
    points = " / ".join(map(points_text, totals(part.checks)))
    if isinstance(part, NotJudged):
        return _told(part.outcome, Text(part.title), points)
    text = part.title if part.detail is None else f"{part.title}: {part.detail}"
    return _told(Outcome.NOT_ATTEMPTED, Text(text), points)


def _told(outcome: Outcome, what: Text, points: str) -> Table:
    look = face(outcome)
    style = STYLES[look.tone]
    right = Text(look.word, style=style)
    right.append(f"{points:>10}", style="default not bold")
    return between_margins(Hanging(f"{look.sign} ", what, style), right)


def _details(check: CheckResult, verdict: Verdict, width: int) -> list[RenderableType]:
    """The call, the facts in rows, what they come to, and where to go from there."""
    if check.outcome is Outcome.PASSED:
        told = told_of_passed(check, verdict)
        return [Text(line, style="dim") for line in told]
    if is_said_before(check, verdict):
        return []
    same = same_as_before(check, verdict)
    if same is not None:
        return [Text(same)]
    blocks: list[RenderableType] = []
    call = call_shown(check)
    if call is not None:
        blocks.append(Text(_call(call, width)))
    said = finding(check, verdict)
    facts: list[tuple[str, str]] = []
    advice: list[tuple[str, str]] = []
    for row in rows(check, verdict):
        place = facts if row.label in ("expected", "got") else advice
        place.append((row.label, row.text))
    grid = grid_shown(check)
    inputs = inputs_shown(check)
    if inputs:
        blocks.append(as_they_are(beside(inputs, width - _INDENT)))
    evidence: list[RenderableType] = []
    if grid is not None:
        evidence.append(Text(f"{grid.caption}:"))
        evidence += [as_they_are(beside(grid.blocks, width - _INDENT)), Text()]
    if facts:
        evidence.append(labelled(facts))
    if said:
        evidence.append(unbroken(said))
    if evidence:
        blocks.append(Group(*evidence))
    if advice:
        blocks.append(labelled(advice))
    spaced: list[RenderableType] = []
    for block in blocks:
        spaced += [Text(), block] if spaced else [block]
    return spaced


def _again(
    check: CheckResult, verdict: Verdict, repeat: Repeat | None, width: int
) -> list[RenderableType]:
    """The command that runs a check again, whole, so that it can be copied."""
    if repeat is None or check.hidden:
        return []
    if check.outcome in (Outcome.PASSED, Outcome.WAITING):
        return []
    if is_said_before(check, verdict) or same_as_before(check, verdict):
        return []
    command = one_line(repeat(check) or "", 1000)
    if not command:
        return []
    if len(command) <= width - _INDENT - LABELS:
        return [Padding(labelled([("try again", command)]), (0, 0, 0, _INDENT))]
    line = Text(" " * _INDENT + command, no_wrap=True, overflow="ignore")
    return [Padding(Text("try again", style="dim"), (0, 0, 0, _INDENT)), line]


def _call(call: CallShown, width: int) -> str:
    """The call and its arguments: on one line where they fit, else one a line."""
    around = [f"where {', '.join(call.arguments)}"] if call.arguments else []
    around += [call.setting] if call.setting else []
    line = "      ".join([call.text, ", ".join(around)]).rstrip()
    if len(line) <= width - _INDENT:
        return line
    lines = [call.text]
    for number, argument in enumerate(call.arguments):
        lines += textwrap.wrap(
            f"{' ' * 6 if number else 'where '}{argument}",
            width - _INDENT,
            subsequent_indent=" " * 10,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(filter(None, [*lines, call.setting]))


def _ending(verdict: Verdict, part: bool, every: str) -> list[RenderableType]:
    lines: list[RenderableType] = [Text(score_line(verdict, part=part), style="bold")]
    lines += [unbroken(step) for step in next_steps(verdict, part=part, every=every)]
    lines += [Text(missed, style="dim") for missed in left_out(verdict)]
    last = [note.text for note in verdict.notes if note.kind == VERSIONS]
    lines += [Text(text, style="dim") for text in last]
    return lines
