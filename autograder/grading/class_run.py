"""A class: every submission graded once, resumable, on all cores."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from autograder import simulated
from autograder.grading.children import Line
from autograder.grading.jobs import Jobs
from autograder.grading.results import Results
from autograder.grading.run import News, Watch
from autograder.grading.submission import (
    Grading,
    faulty_verdict,
    grade_submission,
    read,
)
from autograder.grading.written import carried
from autograder.grading.zygote_client import Zygote
from autograder.submissions.entries import Entry
from autograder.verdict import Verdict


def grade_class(
    grading: Grading,
    entries: list[Entry],
    results: Results,
    zygote: Zygote,
    jobs: int,
    regrade: bool = False,
    watch: Watch = lambda news: None,
) -> list[Verdict]:
    """Grade what is new or changed; return every student's verdict, in order.

    Each verdict is on disk before the next submission of its job begins, so that a run
    that was cut off goes on where it was.
    """
    verdicts: dict[str, Verdict] = {}
    to_do: list[Entry] = []
    for entry in entries:
        kept = None if regrade else results.kept(entry.student)
        if kept is not None:
            digest = read(entry, grading).digest
            current = results.is_current(kept, digest, grading, zygote.layers)
            kept = kept if current else None
        if kept is None:
            to_do.append(entry)
        else:
            told = replace(kept, origin=entry.origin, people=list(entry.people))
            if told == kept:
                results.write_formats(kept)
            else:
                results.write(told)
            verdicts[entry.student] = told
            watch(News("kept", entry.student))
    if to_do:
        _warm_up(grading)
    do = partial(_grade_one, grading=grading, results=results, layers=zygote.layers)
    for event in Jobs(zygote.cleared_line, do).run(to_do, jobs):
        entry = event.work
        if event.kind == "done":
            verdicts[entry.student] = event.result
        elif event.kind == "lost":
            verdict = faulty_verdict(entry, grading, event.result)
            verdict = carried(verdict, results.kept(entry.student))
            results.write(verdict)
            verdicts[entry.student] = verdict
        watch(News(event.kind, entry.student))
    ordered = [verdicts[entry.student] for entry in entries]
    results.write_grades(ordered)
    return ordered


def _warm_up(grading: Grading) -> None:
    """Do once, before the forks, what each job would otherwise do for itself."""
    if "sim" in grading.devices.here:
        simulated.warm_up()


def _grade_one(
    entry: Entry, line: Line, grading: Grading, results: Results, layers: list[str]
) -> Verdict:
    submission = read(entry, grading)
    verdict = grade_submission(submission, grading, line, layers)
    verdict = carried(verdict, results.kept(entry.student))
    results.write(verdict)
    return verdict
