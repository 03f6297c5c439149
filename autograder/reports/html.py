"""A verdict as one page: no script, nothing to fetch, nothing that a student could add.

Everything shown is escaped. As a second wall the page forbids itself scripts, pictures
and every style but its own: even markup that got through could do nothing.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from pathlib import Path

from autograder.reports.html_check import (
    PageContext,
    check_article,
    not_judged_article,
    unwritten_article,
)
from autograder.tables import counted
from autograder.verdict import CheckResult, Outcome, Verdict, points_text, totals
from autograder.wording import (
    NotJudged,
    Unwritten,
    answer_line,
    cut,
    exercise_line,
    face,
    fixes,
    folded,
    for_student,
    is_plainly_passed,
    left_out,
    next_steps,
    one_line,
    points_of,
    score_line,
    setting_text,
    with_not_judged,
)

STYLE = Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def render(verdict: Verdict) -> str:
    """The page that a student gets: no seed, and no fact about a hidden check."""
    verdict = for_student(verdict)
    found = fixes(verdict)
    first = found[0].start.id if found else None
    context = PageContext(
        verdict=verdict,
        anchors={c.id: f"check-{n}" for n, c in enumerate(verdict.checks, start=1)},
        first=first,
    )
    title = one_line(verdict.heading)
    body = [
        _header(verdict, title),
        "<main>",
        _notes(verdict),
        _next(context),
        _overview(verdict),
        *(
            exercise_section(number, name, checks, context)
            for number, (name, checks) in enumerate(verdict.exercises().items(), 1)
        ),
        _written(verdict),
        "</main>",
        page_footer(verdict),
    ]
    return _page(f"{title}, {one_line(verdict.student)}", "\n".join(filter(None, body)))


def _page(title: str, body: str) -> str:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _header(verdict: Verdict, title: str) -> str:
    points, most = points_text(verdict.points), points_text(verdict.max_points)
    return f"""<header>
<div>
<h1>{escape(title)}</h1>
<p class="who">{escape(one_line(verdict.student))}</p>
</div>
<p class="score"><strong>{points}</strong> of {points_of(verdict.max_points)}</p>
{meter(verdict.points, verdict.max_points, f"{points} of {most} points in all")}
</header>"""


def meter(points: float, most: float, label: str) -> str:
    """A bar as long as the share of the points."""
    # A picture for the eye of numbers that stand beside it in words.
    return (
        f'<progress max="{points_text(most or 1)}" value="{points_text(points)}" '
        f'aria-label="{escape(label)}"></progress>'
    )


def _notes(verdict: Verdict) -> str:
    if not verdict.notes:
        return ""
    notes = "\n".join(
        f"<p>{escape(cut(note.text, lines=12))}</p>" for note in verdict.notes
    )
    return f"""<section class="notes" aria-labelledby="notes">
<h2 id="notes">About what you handed in</h2>
{notes}
</section>"""


def _next(context: PageContext) -> str:
    verdict = context.verdict
    items = [escape(step) for step in next_steps(verdict)]
    if context.first is not None:
        # The first step is then about this check: let it lead there.
        anchor = context.anchors[context.first]
        items[0] = f'<a class="start" href="#{anchor}">{items[0]}</a>'
    steps = "\n".join(f"<li>{item}</li>" for item in items)
    return f"""<section class="next" aria-labelledby="next">
<h2 id="next">What to do next</h2>
<p class="lead">{escape(score_line(verdict))}</p>
<ul>
{steps}
</ul>
</section>"""


def _overview(verdict: Verdict) -> str:
    """Every exercise in a line, with a link to it."""
    lines = []
    for number, (name, checks) in enumerate(verdict.exercises().items(), start=1):
        points, most = totals(checks)
        earned = f"{points_text(points)} / {points_text(most)}"
        lines.append(
            f'<tr><th scope="row"><a href="#exercise-{number}">'
            f"{escape(one_line(name))}</a></th>"
            f'<td class="bar">{meter(points, most, f"{earned} points")}</td>'
            f'<td class="points">{earned}</td>'
            f'<td class="tally">{_tally(checks)}</td></tr>'
        )
    rows = "\n".join(lines)
    if not rows:
        return ""
    return f"""<nav aria-labelledby="exercises">
<h2 id="exercises">Exercises</h2>
<table>
<thead><tr><th scope="col">Exercise</th><th scope="col">Progress</th>\
<th scope="col">Points</th><th scope="col">Checks</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</nav>"""


def _tally(checks: list[CheckResult]) -> str:
    """How many checks ended in which way, each with its sign and its word."""
    parts = []
    for outcome in Outcome:
        count = sum(check.outcome is outcome for check in checks)
        if count:
            look = face(outcome)
            parts.append(
                f'<span class="{look.tone}"><span aria-hidden="true">{look.sign}'
                f"</span> {count} {look.word}</span>"
            )
    return " ".join(parts)


def exercise_section(
    number: int, name: str, checks: list[CheckResult], context: PageContext
) -> str:
    """The checks of an exercise; those that passed are behind one line."""
    parts: list[str] = []
    done: list[CheckResult] = []
    for part in with_not_judged(folded(checks), context.verdict.checks):
        if isinstance(part, Unwritten):
            parts.append(unwritten_article(part, context))
        elif isinstance(part, NotJudged):
            parts.append(not_judged_article(part, context))
        elif is_plainly_passed(part, context.verdict):
            done.append(part)
        else:
            parts.append(check_article(part, context))
    articles = "\n".join([*parts, *_passed(done, context)])
    withheld = context.verdict.withheld.get(name)
    later = ""
    if withheld:
        some = counted(withheld.checks, "hidden check")
        verb = "runs" if withheld.checks == 1 else "run"
        worth = points_of(withheld.points)
        later = f"\n<p>{some} worth {worth} {verb} after you hand in.</p>"
    return f"""<section class="exercise" aria-labelledby="exercise-{number}">
<h2 id="exercise-{number}">{escape(one_line(name))}</h2>
<p class="sum">{escape(exercise_line(checks))}</p>
{articles}{later}
</section>"""


def _passed(checks: list[CheckResult], context: PageContext) -> list[str]:
    """Checks that passed, behind one line: what is to be done stays in sight."""
    if not checks:
        return []
    look = face(Outcome.PASSED)
    articles = "\n".join(check_article(check, context) for check in checks)
    points = points_of(totals(checks)[0])
    return [
        f"""<details class="passed">
<summary><span class="sign {look.tone}" aria-hidden="true">{look.sign}</span>
{counted(len(checks), "check")} {look.word}, {points}</summary>
{articles}
</details>"""
    ]


def _written(verdict: Verdict) -> str:
    if not verdict.written:
        return ""
    answers = "\n".join(
        f"""<article class="written">
<h3>{escape(cut(answer.prompt, lines=20))}</h3>
<p class="sum">{escape(answer_line(answer))}</p>
{_answer(answer.answer)}
{_comment(answer.comment)}
</article>"""
        for answer in verdict.written
    )
    return f"""<section aria-labelledby="written">
<h2 id="written">Written answers</h2>
{answers}
</section>"""


def _answer(text: str) -> str:
    if not text.strip():
        return '<p class="empty">There is no answer here yet.</p>'
    return f"<blockquote>{escape(cut(text, lines=200, width=2000))}</blockquote>"


def _comment(text: str) -> str:
    if not text.strip():
        return ""
    return f'<p class="comment">{escape(cut(text, lines=60, width=2000))}</p>'


def page_footer(verdict: Verdict) -> str:
    """How it was checked, in small letters."""
    facts = []
    if verdict.settings:
        settings = ", ".join(map(setting_text, map(one_line, verdict.settings)))
        facts.append(f"Checked {settings}.")
    facts += left_out(verdict)
    if verdict.submission_digest:
        facts.append(f"Submission {verdict.submission_digest[:12]}.")
    text = " ".join(facts)
    return f"<footer><p>{escape(text)}</p></footer>" if text else ""
