"""One check as a piece of the page: promise, outcome, points, facts, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording import (
    CallShown,
    Row,
    call_shown,
    earned_text,
    face,
    finding,
    is_said_before,
    one_line,
    repeat_command,
    rows,
    work_text,
)


@dataclass(frozen=True)
class PageContext:
    """What the whole page knows: where each check is, and which one comes first."""

    verdict: Verdict
    anchors: dict[str, str]
    first: str | None  # id of the check to begin with


def check_article(check: CheckResult, context: PageContext) -> str:
    """The check's piece of the page; all text in it is escaped."""
    look = face(check.outcome)
    hidden = ' <span class="tag">hidden</span>' if check.hidden else ""
    first = check.id == context.first
    start = ' <span class="tag here">start here</span>' if first else ""
    return f"""<article class="check {look.tone}" id="{context.anchors[check.id]}">
<h3><span class="sign" aria-hidden="true">{look.sign}</span>
<span class="promise">{escape(one_line(check.promise))}{hidden}{start}</span>
<span class="outcome">{look.word}</span>
<span class="points">{earned_text(check)}<span class="unseen"> points</span></span></h3>
{_details(check, context)}</article>"""


def _details(check: CheckResult, context: PageContext) -> str:
    verdict = context.verdict
    if check.outcome is Outcome.PASSED:
        took = work_text(check)
        if not took:
            return ""
        line = f'<p class="where">{escape(took)}</p>'
        return f'<div class="details">\n{line}\n</div>\n'
    if is_said_before(check, verdict):
        return ""
    facts: list[Row] = []
    advice: list[Row] = []
    for row in rows(check, verdict):
        (facts if row.label in ("expected", "got") else advice).append(row)
    command = repeat_command(check)
    if command:
        advice.append(Row("try again", command, code=True))
    said = finding(check, verdict)
    parts = [
        _call(call_shown(check)),
        _comparison(facts),
        f'<p class="finding">{escape(said)}</p>' if said else "",
        _list(advice),
    ]
    inside = "\n".join(filter(None, parts))
    return f'<div class="details">\n{inside}\n</div>\n' if inside else ""


def _call(call: CallShown | None) -> str:
    if call is None:
        return ""
    lines = [f'<pre class="call"><code>{escape(call.text)}</code></pre>']
    around = [f"<code>{escape(argument)}</code>" for argument in call.arguments]
    where = f"where {', '.join(around)}" if around else ""
    text = ", ".join(filter(None, [where, escape(call.setting)]))
    if text:
        lines.append(f'<p class="where">{text}</p>')
    return "\n".join(lines)


def _comparison(facts: list[Row]) -> str:
    """Expected above given, in one block so that their columns meet."""
    if not facts:
        return ""
    lines = "\n".join(
        f'<span class="label">{escape(row.label):<10}</span>{escape(row.text)}'
        for row in facts
    )
    return _block(lines, "expected and got")


def _list(found: list[Row]) -> str:
    if not found:
        return ""
    lines = "\n".join(
        f"<div><dt>{escape(row.label)}</dt><dd>{_value(row)}</dd></div>"
        for row in found
    )
    return f"<dl>\n{lines}\n</dl>"


def _value(row: Row) -> str:
    text = escape(row.text)
    if "\n" in row.text or row.label == "printed":
        return _block(text, row.label)
    return f"<code>{text}</code>" if row.code else text


def _block(escaped: str, label: str) -> str:
    # A block wider than a phone scrolls; the keyboard must be able to reach it too.
    return f'<pre tabindex="0" role="region" aria-label="{label}">{escaped}</pre>'
