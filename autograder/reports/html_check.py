"""One check as a piece of the page: promise, outcome, points, facts, what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from autograder.verdict import CheckResult, Outcome, Verdict, points_text, totals
from autograder.wording import (
    Block,
    CallShown,
    GridShown,
    NotJudged,
    Row,
    Unwritten,
    call_shown,
    cut,
    earned_text,
    face,
    finding,
    grid_shown,
    inputs_shown,
    is_said_before,
    one_line,
    points_of,
    repeat_command,
    rows,
    title_of,
    told_of_passed,
)


@dataclass(frozen=True)
class PageContext:
    """What the whole page knows: where each check is, and which one comes first."""

    verdict: Verdict
    anchors: dict[str, str]
    first: str | None  # id of the check to begin with
    repeat: Callable[[CheckResult], str | None] = repeat_command


def check_article(check: CheckResult, context: PageContext) -> str:
    """The check's piece of the page; all text in it is escaped."""
    look = face(check.outcome)
    hidden = ' <span class="tag">hidden</span>' if check.hidden else ""
    first = check.id == context.first
    start = ' <span class="tag here">start here</span>' if first else ""
    return f"""<article class="check {look.tone}" id="{context.anchors[check.id]}">
<h3><span class="sign" aria-hidden="true">{look.sign}</span>
<span class="promise">{escape(_title(check))}{hidden}{start}</span>
<span class="outcome">{look.word}</span>
<span class="points">{earned_text(check)}<span class="unseen"> points</span></span></h3>
{_details(check, context)}</article>"""


def _title(check: CheckResult) -> str:
    """A question of the worksheet keeps its lines, any promise is on one."""
    if check.exercise == "worksheet" and check.hidden:
        return cut(check.promise, lines=30)
    return title_of(check)


def unwritten_article(part: Unwritten, context: PageContext) -> str:
    """A function that is not written: its checks are promises to keep."""
    first = any(check.id == context.first for check in part.checks)
    start = ' <span class="tag here">start here</span>' if first else ""
    detail = f'<p class="finding">{escape(part.detail)}</p>\n' if part.detail else ""
    where = part.start.look_at
    place = _list([Row("look at", one_line(where), code=True)]) if where else ""
    title = f"{escape(part.title)}{start}"
    inside = f"{detail}{_promises(part.checks, context)}\n{place}"
    return _together(title, Outcome.NOT_ATTEMPTED, part.checks, inside)


def not_judged_article(part: NotJudged, context: PageContext) -> str:
    """Checks that were not judged: why, and their promises."""
    hidden = ' <span class="tag">hidden</span>' if part.checks[0].hidden else ""
    title = f"{escape(part.title)}{hidden}"
    inside = f"{_promises(part.checks, context)}\n"
    return _together(title, part.outcome, part.checks, inside)


def _together(
    title: str, outcome: Outcome, checks: list[CheckResult], inside: str
) -> str:
    """Checks that ended alike, under one title; its text and the rest are escaped."""
    look = face(outcome)
    earned = " / ".join(map(points_text, totals(checks)))
    return f"""<article class="check {look.tone}">
<h3><span class="sign" aria-hidden="true">{look.sign}</span>
<span class="promise">{title}</span>
<span class="outcome">{look.word}</span>
<span class="points">{earned}<span class="unseen"> points</span></span></h3>
<div class="details">
{inside}</div>
</article>"""


def _promises(checks: list[CheckResult], context: PageContext) -> str:
    items = "\n".join(
        f'<li id="{context.anchors[check.id]}">{escape(title_of(check))}'
        f" ({points_of(check.max_points)})</li>"
        for check in checks
    )
    return f'<ul class="promises">\n{items}\n</ul>'


def _details(check: CheckResult, context: PageContext) -> str:
    verdict = context.verdict
    if check.outcome is Outcome.PASSED:
        told = told_of_passed(check, verdict)
        lines = "\n".join(f'<p class="where">{escape(line)}</p>' for line in told)
        return f'<div class="details">\n{lines}\n</div>\n' if told else ""
    if is_said_before(check, verdict):
        return ""
    facts: list[Row] = []
    advice: list[Row] = []
    for row in rows(check, verdict):
        (facts if row.label in ("expected", "got") else advice).append(row)
    command = context.repeat(check)
    if command:
        advice.append(Row("try again", command, code=True))
    said = finding(check, verdict)
    parts = [
        _call(call_shown(check)),
        _grids(inputs_shown(check)),
        _answer(grid_shown(check)),
        _comparison(facts),
        _said(said) if said else "",
        _list(advice),
    ]
    inside = "\n".join(filter(None, parts))
    return f'<div class="details">\n{inside}\n</div>\n' if inside else ""


def _said(text: str) -> str:
    lines = "<br>\n".join(map(escape, text.split("\n")))
    return f'<p class="finding">{lines}</p>'


def _call(call: CallShown | None) -> str:
    if call is None:
        return ""
    lines = [f'<pre class="call"><code>{escape(call.text)}</code></pre>']
    around = [f"<code>{escape(argument)}</code>" for argument in call.arguments]
    # What an object was made of has commas of its own.
    between = ",<br>\n" if any(", then " in one for one in call.arguments) else ", "
    where = f"where {between.join(around)}" if around else ""
    text = ", ".join(filter(None, [where, escape(call.setting)]))
    if text:
        lines.append(f'<p class="where">{text}</p>')
    return "\n".join(lines)


def _answer(shown: GridShown | None) -> str:
    if shown is None:
        return ""
    caption = f'<p class="where">{escape(shown.caption)}</p>'
    return f"{caption}\n{_grids(shown.blocks)}"


def _grids(blocks: list[Block]) -> str:
    """A table for each block, side by side where there is room."""
    if not blocks:
        return ""
    tables = "\n".join(map(_table, blocks))
    # Wider than a phone, it scrolls; the keyboard must be able to reach it too.
    label = escape(" and ".join(block.title for block in blocks), quote=True)
    return (
        f'<div class="grids" tabindex="0" role="region" aria-label="{label}">\n'
        f"{tables}\n</div>"
    )


def _table(block: Block) -> str:
    lines = []
    for i, row in enumerate(block.rows):
        cells = [_cell(text, (i, j) in block.wrong) for j, text in enumerate(row)]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    rows = "\n".join(lines)
    caption = escape(block.title)
    return f'<table class="grid"><caption>{caption}</caption>\n{rows}\n</table>'


def _cell(text: str, is_wrong: bool) -> str:
    shown = escape(text)
    if not is_wrong:
        return f"<td>{shown}</td>"
    unseen = '<span class="unseen"> wrong</span>'
    return f"<td><mark>[{shown}]</mark>{unseen}</td>"


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
