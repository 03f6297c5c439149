"""The facts of one check as lines and labelled rows, for renderers to lay out."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.verdict import CheckResult, Mismatch, Outcome, Verdict
from autograder.wording.clean import cut, one_line
from autograder.wording.counting import sentence
from autograder.wording.messages import about, is_ordinary, setting_text
from autograder.wording.mismatches import extent


@dataclass(frozen=True)
class Row:
    """A labelled fact; ``code`` asks for a fixed width and for spaces to be kept."""

    label: str
    text: str
    code: bool = False


def call_lines(check: CheckResult) -> tuple[str, str] | None:
    """The call that failed, and what its arguments were, setting included."""
    if check.hidden or check.call is None or check.outcome is Outcome.PASSED:
        return None
    where = ", ".join(
        f"{one_line(name, 60)}: {one_line(kind, 80)}"
        for name, kind in check.call.arguments.items()
    )
    parts = [f"where {where}"] if where else []
    if check.setting and not is_ordinary(check.setting):
        parts.append(setting_text(check.setting))
    return one_line(check.call.text), ", ".join(parts)


def finding(check: CheckResult) -> str | None:
    """What happened, where the call and the rows do not say it already."""
    if check.outcome is Outcome.PASSED:
        return None
    if check.hidden:
        return check.message
    mismatch = check.mismatch
    if (
        check.outcome is Outcome.FAILED
        and mismatch is not None
        and mismatch.kind == "value"
        and mismatch.of == "the output"
    ):
        how = extent(mismatch)
        return sentence(how) if how else None
    return about(check)


def rows(check: CheckResult, verdict: Verdict) -> list[Row]:
    """What a student needs to mend this check, most telling first."""
    if check.hidden or check.outcome is Outcome.PASSED:
        return []
    found = [*_compared(check), *_trace(check)]
    if check.outcome is Outcome.WAITING:
        found += _awaited(check, verdict)
    if check.idea is not None:
        looks = one_line(check.idea.sentence).removeprefix("your output equals ")
        found.append(Row("looks like", looks))
        if check.idea.question:
            found.append(Row("think", one_line(check.idea.question)))
    if check.outcome not in (Outcome.WAITING, Outcome.GRADER_FAULT):
        if check.hint:
            found.append(Row("hint", one_line(check.hint)))
        if check.look_at:
            found.append(Row("look at", one_line(check.look_at), code=True))
    if check.printed and check.printed.strip():
        found.append(Row("printed", cut(check.printed, lines=8), code=True))
    return found


def _compared(check: CheckResult) -> list[Row]:
    mismatch = check.mismatch
    if check.outcome is not Outcome.FAILED or mismatch is None:
        return []
    if mismatch.kind in ("changed_input", "assertion") or not mismatch.expected:
        return []
    expected, got = _aligned(mismatch)
    return [Row("expected", expected, code=True), Row("got", got, code=True)]


def _aligned(mismatch: Mismatch) -> tuple[str, str]:
    """Both sides with their columns under each other."""
    sides = [one_line(mismatch.expected, 120), one_line(mismatch.got, 120)]
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
        place = f"{one_line(frame.file, 80)}:{frame.line}"
        lines.append(f"{place}, in {one_line(frame.function, 60)}")
        if frame.text.strip():
            lines.append(f"    {one_line(frame.text, 120)}")
    return [Row("happened at", "\n".join(lines), code=True)]


def _awaited(check: CheckResult, verdict: Verdict) -> list[Row]:
    for other in verdict.checks:
        if other.id == check.waiting_for and not other.hidden:
            return [Row("waits for", one_line(other.promise))]
    return []
