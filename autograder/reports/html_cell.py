"""A verdict as the output of a notebook's cell: the page's blocks, without the page.

The cell's page is somebody else's. So every rule of the style holds below one element
only, which has colours of its own for both kinds of themes, and asks its own width and
not the window's. Headings are none of the notebook's, or they would be listed in its
table of contents.
"""

from __future__ import annotations

import functools
import re
from html import escape

from autograder.reports.html import STYLE, exercise_section, meter, page_footer
from autograder.reports.html_check import PageContext
from autograder.verdict import Verdict, points_text
from autograder.wording import (
    cut,
    fixes,
    for_student,
    next_steps,
    one_line,
    points_of,
    repeat_call,
    score_line,
)

EVERY_CALL = "check()"  # what runs every check in a notebook
_CLASS = "autograder-report"
# Twice, so that no rule of the page around it weighs more.
_SCOPE = f".{_CLASS}.{_CLASS}"
# How JupyterLab, VS Code and Colab mark a dark theme.
_DARK = (
    '[data-jp-theme-light="false"]',
    ".vscode-dark",
    ".vscode-high-contrast:not(.vscode-high-contrast-light)",
    'html[theme="dark"]',
)
_OWN = f"""
{_SCOPE} {{ container-type: inline-size; max-width: 54rem; margin: 0.3rem 0; padding: 1rem 1.1rem; border-radius: 8px; font-size: 14px; white-space: normal; text-align: left; }}
{_SCOPE} tbody tr:nth-child(n), {_SCOPE} td {{ background: none; color: inherit; }}
{_SCOPE} pre, {_SCOPE} code {{ color: inherit; border: 0; }}
{_SCOPE} code {{ padding: 0; background: none; }}
{_SCOPE} pre {{ margin: 0; }}
{_SCOPE} dt, {_SCOPE} dd {{ display: block; float: none; width: auto; margin: 0; padding: 0; font-weight: 400; }}
{_SCOPE} .grids {{ overflow-y: hidden; padding-bottom: 2px; }}
{_SCOPE} section {{ margin-top: 1.25rem; }}
{_SCOPE} header progress {{ margin: 0; }}
{_SCOPE} .score strong {{ font-size: 1.6rem; }}
{_SCOPE} footer {{ margin-top: 1.25rem; padding-top: 0.6rem; }}
{_SCOPE} .details > * + * {{ margin-top: 0.6rem; }}
"""  # noqa: E501


def render(verdict: Verdict, *, part: bool = False, number: int = 1) -> str:
    """The report as one element.

    Args:
        verdict: what was found.
        part: whether there are visible checks that did not run.
        number: of the report in its notebook, where several have elements to name.
    """
    verdict = for_student(verdict)
    found = fixes(verdict)
    context = PageContext(
        verdict=verdict,
        anchors={
            check.id: f"autograder-{number}-{place}"
            for place, check in enumerate(verdict.checks, start=1)
        },
        first=found[0].start.id if found and len(verdict.checks) > 1 else None,
        repeat=repeat_call,
    )
    places = enumerate(verdict.exercises().items(), start=1)
    body = [
        _header(verdict),
        _notes(verdict),
        _next(verdict, part),
        *(
            exercise_section(number * 1000 + place, name, checks, context)
            for place, (name, checks) in places
        ),
        page_footer(verdict),
    ]
    return _element("\n".join(filter(None, body)))


def message(text: str) -> str:
    """A sentence in place of a report."""
    return _element(f'<div class="notes"><p>{escape(text)}</p></div>')


def _element(body: str) -> str:
    body = re.sub(r"<(h[23])\b", r'<div class="\1" role="heading" aria-level="3"', body)
    body = re.sub(r"</h[23]>", "</div>", body)  # no text holds one: all is escaped
    return f'<div class="{_CLASS}">\n<style>{_style()}</style>\n{body}\n</div>'


def _header(verdict: Verdict) -> str:
    points, most = points_text(verdict.points), points_text(verdict.max_points)
    label = f"{points} of {most} points"
    return f"""<header>
<h2>{escape(one_line(verdict.heading))}</h2>
<p class="score"><strong>{points}</strong> of {points_of(verdict.max_points)}</p>
{meter(verdict.points, verdict.max_points, label)}
</header>"""


def _notes(verdict: Verdict) -> str:
    if not verdict.notes:
        return ""
    notes = "\n".join(
        f"<p>{escape(cut(note.text, lines=12))}</p>" for note in verdict.notes
    )
    return f'<section class="notes" aria-label="Notes">\n{notes}\n</section>'


def _next(verdict: Verdict, part: bool) -> str:
    steps = "\n".join(
        f"<li>{escape(step)}</li>"
        for step in next_steps(verdict, part=part, every=EVERY_CALL)
    )
    return f"""<section class="next" aria-label="What to do next">
<p class="lead">{escape(score_line(verdict, part=part))}</p>
<ul>
{steps}
</ul>
</section>"""


@functools.cache
def _style() -> str:
    """The page's style, held below the element."""
    style = re.sub(r"@media print \{.*", "", STYLE, flags=re.DOTALL)
    dark = re.search(
        r"@media \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}\s*\}",
        style,
        re.DOTALL,
    )
    assert dark is not None
    style = style.replace(dark[0], "").replace("@media (max-", "@container (max-")
    style = re.sub(r"\bh([1-3])\b", r".h\1", style)
    style = re.sub(r"([^{}]+)\{", _below, style)
    style = style.replace("color-scheme: light dark", "color-scheme: light")
    dark_scope = ", ".join(f"{mark} {_SCOPE}" for mark in _DARK)
    rule = f"{dark_scope} {{ color-scheme: dark; {dark[1]} }}"
    return f"{style}\n{rule}\n{_OWN}"


def _below(found: re.Match[str]) -> str:
    """The selectors of a rule, each below the element; or the head of a condition."""
    head = found[1]
    if "@" in head:
        return found[0]
    lead = head[: len(head) - len(head.lstrip())]
    selectors = []
    for selector in head.strip().split(","):
        name = selector.strip()
        own = name in (":root", "body")
        selectors.append(_SCOPE if own else f"{_SCOPE} {name}")
    return f"{lead}{', '.join(selectors)} {{"
