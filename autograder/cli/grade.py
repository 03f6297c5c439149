"""``autograder grade``: from an order to a graded class and a summary."""

from __future__ import annotations

import sys

from autograder.cli.afresh import STOPPED, begin_afresh, can_begin_afresh, take
from autograder.cli.long_runs import progress_bar
from autograder.grading.order import Order
from autograder.grading.run import News, Prepared


def grade_command(order: Order) -> None:
    """Grade the class and print the summary."""
    try:
        _grade(order)
    except KeyboardInterrupt:
        # Not left to typer, which leaves without a word.
        print(
            f"\n{STOPPED}",
            file=sys.stderr,
            flush=True,
        )
        raise


def _grade(order: Order) -> None:
    prepared = Prepared(order)
    settings = prepared.settings
    if settings is not None and can_begin_afresh():
        begin_afresh(settings)
    from autograder.reports import class_summary

    with _Bar(len(prepared.entries)) as bar:
        graded = prepared.run(bar.update, take())
    print(class_summary.render(graded.verdicts, colour=sys.stdout.isatty()))
    grades = graded.results.folder / "grades.csv"
    print(f"Verdicts, reports and {grades} are written.")


class _Bar:
    """A progress bar with the names at work and the time left.

    It is shown with the first news: nothing that it starts may be there before a fork.
    """

    def __init__(self, total: int) -> None:
        from rich.progress import TextColumn

        names = TextColumn("{task.fields[names]}", markup=False)
        self._progress = progress_bar("grading", names)
        self._task = self._progress.add_task("", total=total, names="")
        self._names: list[str] = []
        self._started = False

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *error: object) -> None:
        if self._started:
            self._progress.update(self._task, names="")
            self._progress.stop()

    def update(self, news: News) -> None:
        """Show who is being graded, or print a line above the bar."""
        if not self._started:
            self._started = True
            self._progress.start()
        if news.kind == "said":
            self._progress.console.print(news.text, markup=False)
            return
        if news.kind == "started":
            self._names.append(news.student)
        else:
            if news.student in self._names:
                self._names.remove(news.student)
            self._progress.advance(self._task)
        names = ", ".join(self._names)
        self._progress.update(self._task, names=names[:40])
