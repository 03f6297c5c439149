"""Reports are light: they load neither torch nor numpy."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autograder.reports import FORMATS

REPORTS = ("terminal", "class_summary", "html", "gradescope", "table")


def loaded(script: str) -> list[str]:
    """Which heavy modules a fresh Python has loaded after the script."""
    tell = "; print(*(m for m in ('torch', 'numpy', 'pytest') if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {script}{tell}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_loads_no_torch(name: str) -> None:
    """Importing a report and using it costs no import of torch."""
    use = "from autograder.verdict import Verdict; v = Verdict('a', 's', 1, [])"
    render = {"class_summary": "r.render([v])", "table": "r.exercises_of([v])"}

    script = f"{use}; import autograder.reports.{name} as r; "

    assert loaded(script + render.get(name, "r.render(v)")) == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_loads_no_torch(name: str) -> None:
    """Nor does a format, whichever module makes it."""
    use = "from autograder.verdict import Verdict; v = Verdict('a', 's', 1, [])"
    script = f"{use}; from autograder.reports import FORMATS; "

    assert loaded(f"{script}FORMATS[{name!r}].render(v)") == []


def test_the_test_of_imports_can_fail() -> None:
    """A script that does load one of them is found out."""
    assert loaded("import numpy") == ["numpy"]
