"""What an export says on the terminal: who was matched, and who was not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from autograder.platforms.rosters.classes import Class, Work, works_of
from autograder.platforms.rosters.columns import Column
from autograder.platforms.rosters.limits import LINE_CHARACTERS, NAME_CHARACTERS
from autograder.platforms.rosters.matching import Joined
from autograder.platforms.rosters.rosters import Roster
from autograder.platforms.rosters.tables import is_excused
from autograder.reports.blocks import to_text
from autograder.tables import counted
from autograder.verdict import points_text
from autograder.wording import one_line

_LABELS = 19


def render_joined(
    roster: Roster,
    joined: Sequence[Joined],
    columns: Mapping[str, Column],
    *,
    width: int = 80,
    colour: bool = False,
) -> str:
    """Each assignment, with all that a person has to look at."""
    blocks: list[RenderableType] = []
    for one in joined:
        number = counted(len(roster.students), "student")
        whole = one.assignment
        head = (
            f"{whole.name}, of {points_text(whole.most)} points: {len(one.matched)} of "
            f"{number} of {roster.sheet.file.name}{_by_key(one)}."
        )
        blocks += [Text(head, style="bold"), _rows(_pairs(roster, one, columns))]
        blocks.append(Text())
    return to_text(Group(*blocks), width=width, colour=colour)


def render_plain(
    classes: Sequence[Class], *, width: int = 80, colour: bool = False
) -> str:
    """What is exported where there is no roster."""
    blocks: list[RenderableType] = []
    for one in classes:
        works = works_of(one.verdicts)
        some = counted(len(one.verdicts), "submission")
        people = counted(len(works), "student")
        head = f"{one.name}, of {points_text(one.most)} points: {some} of {people}."
        blocks += [Text(head, style="bold"), _rows(_open_pairs(works)), Text()]
    return to_text(Group(*blocks), width=width, colour=colour)


def is_complete(joined: Sequence[Joined]) -> bool:
    """Whether each student has a submission, each submission a student, and points."""
    return not any(
        one.unmatched
        or one.twice
        or one.absent
        or any(m.work.is_open for m in one.matched)
        for one in joined
    )


def _by_key(one: Joined) -> str:
    keys = Counter(matched.key for matched in one.matched)
    return "".join(f", {count} by {key}" for key, count in keys.items())


def _pairs(
    roster: Roster, one: Joined, columns: Mapping[str, Column]
) -> list[tuple[str, list[str]]]:
    twice = [
        f"{student.shown}: {' and '.join(work.shown for work in works)}; no points are "
        "written, take one away"
        for student, works in one.twice
    ]
    excused = [
        m.student.shown for m in one.matched if is_excused(m.student, one, columns)
    ]
    return [
        ("no submission", _names([student.shown for student in one.absent])),
        ("not on the roster", [f"{u.work.shown}: {u.why}" for u in one.unmatched]),
        ("submitted twice", twice),
        ("excused", [f"{name}: keeps EX" for name in excused]),
        *_open_pairs([matched.work for matched in one.matched]),
        ("another maximum", _other_maximum(roster, one, columns)),
    ]


def _names(names: list[str]) -> list[str]:
    return (
        ["; ".join(one_line(name, NAME_CHARACTERS) for name in names)] if names else []
    )


def _open_pairs(works: Sequence[Work]) -> list[tuple[str, list[str]]]:
    ours = sorted({work.verdict.student for work in works if work.is_open})
    waiting = [work for work in works if work.ungraded]
    answers = sum(work.ungraded for work in waiting)
    written = (
        f"still to be graded: {counted(answers, 'answer')} of "
        f"{counted(len(waiting), 'student')}; not in the points"
    )
    open_points = [f"{', '.join(ours)}: our fault; no points are written"]
    return [
        ("points are open", open_points if ours else []),
        ("written answers", [written] if waiting else []),
    ]


def _other_maximum(
    roster: Roster, one: Joined, columns: Mapping[str, Column]
) -> list[str]:
    place = columns[one.assignment.name].place
    there = ""
    if roster.maxima is not None and place is not None:
        there = roster.maxima.cells[place]
    elif roster.is_worksheet and roster.students:
        there = roster.sheet.cell(roster.students[0].row, "Maximum Grade")
    try:
        most = float(there.strip().replace(",", "."))
    except ValueError:
        return []
    if most == one.assignment.most:
        return []
    told = f"{points_text(most)} there, {points_text(one.assignment.most)} here"
    return [f"{told}; points are written as they are"]


def _rows(pairs: Sequence[tuple[str, list[str]]]) -> Table:
    grid = Table.grid(expand=True)
    grid.add_column(width=_LABELS + 2, no_wrap=True, style="dim")
    grid.add_column(ratio=1, overflow="fold")
    for label, lines in pairs:
        for number, line in enumerate(lines):
            grid.add_row(
                Text("" if number else f"  {label}"),
                Text(one_line(line, LINE_CHARACTERS)),
            )
    return grid
