"""Verdicts for people and platforms: each module is a pure function of verdicts.

``terminal`` one report and ``class_summary`` a whole class, as text; ``html`` a page;
``gradescope`` a results.json; ``table`` a CSV file. What students get leaves out the
seed and shows of a hidden check its promise, outcome and points.

``FORMATS`` are the files that grading writes of each verdict. One that is added there
can be asked for with ``--format``, and is written anew when points are given by hand::

    from autograder.reports import FORMATS

    FORMATS["html"].render(verdict)  # "<!doctype html>..."
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autograder.verdict import Verdict
from autograder.verdict_file import to_json
from autograder.wording import for_student


@dataclass(frozen=True)
class Format:
    """A file that can be written of a verdict.

    Attributes:
        render: its text.
        ending: what follows the student's name.
        folder: where it lies among the results. One of its own: a student may be called
            student_01.results, and verdicts of others would have the same name.
        is_private: whether only whoever grades may read it.
        is_usual: whether it is written unasked.
    """

    render: Callable[[Verdict], str]
    ending: str
    folder: str = ""
    is_private: bool = False
    is_usual: bool = False


def _html(verdict: Verdict) -> str:
    from autograder.reports import html

    return html.render(for_student(verdict))


def _gradescope(verdict: Verdict) -> str:
    from autograder.reports import gradescope

    return gradescope.to_json(verdict)


FORMATS = {
    "html": Format(_html, ".html", is_usual=True),
    "gradescope": Format(_gradescope, ".json", "gradescope", is_private=True),
    "verdict": Format(to_json, ".json", is_private=True, is_usual=True),
}
