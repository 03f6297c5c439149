"""Stubs: what is left of a solution for students."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

from autograder.course.stubs import make_stub
from autograder.errors import CourseError


def stub_of(source: str) -> str:
    """The stub of an indented source."""
    return make_stub(dedent(source).lstrip("\n"), "exercise.py")


class TestMakeStub:
    """make_stub."""

    def test_functions_methods_and_helpers(self, course_folder):
        """Regions in functions raise, others vanish, imports follow, the rest stays."""
        source = (course_folder / "numbers" / "sums.py").read_text()

        expected = '''"""Adding up."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def total(x: Tensor) -> Tensor:
    """The sum of all values of x."""
    # Two halves err less than one long sum.
    raise NotImplementedError("total is not written yet")


class Counter:
    """Counts what it is shown."""

    def show(self, thing: Any) -> int:
        """Show one thing."""
        raise NotImplementedError("Counter.show is not written yet")
'''
        assert make_stub(source) == expected

    def test_is_formatted_and_has_no_fault(self, course_folder, tmp_path):
        """ruff finds nothing but imports that are kept for students to use."""
        file = tmp_path / "sums.py"
        file.write_text(make_stub((course_folder / "numbers" / "sums.py").read_text()))
        ruff = [sys.executable, "-m", "ruff"]
        rules = ["--isolated", "--no-cache", "--select=E,F,I,W", "--ignore=F401"]
        checked = subprocess.run([*ruff, "check", *rules, file], capture_output=True)
        formatted = subprocess.run(
            [*ruff, "format", "--isolated", "--no-cache", "--check", file],
            capture_output=True,
        )

        assert checked.returncode == 0, checked.stdout
        assert formatted.returncode == 0, formatted.stderr

    def test_odd_formatting_outside_stays(self):
        """Nothing outside of regions changes, be it formatted well or not."""
        source = 'x = {1:2,  3:4}   # why\n\n\n\n\ntext = """\n\n# END SOLUTION\n"""\n'
        region = "def f( a,b ):\n\t# BEGIN SOLUTION\n\treturn a\n\t# END SOLUTION\n"
        raised = '\traise NotImplementedError("f is not written yet")\n'

        assert make_stub(source + region) == source + "def f( a,b ):\n" + raised

    def test_inside_a_branch(self):
        """A region in a branch is replaced in the branch, at its indentation."""
        stub = stub_of("""
            def f(x):
                if x:
                    # BEGIN SOLUTION
                    y = x
                    return y
                    # END SOLUTION
                else:
                    return 0
            """)

        raised = '        raise NotImplementedError("f is not written yet")\n'
        assert stub == f"def f(x):\n    if x:\n{raised}    else:\n        return 0\n"

    def test_helper_methods_vanish(self):
        """A region in a class, around a method, leaves nothing."""
        stub = stub_of('''
            class A:
                """A."""

                # BEGIN SOLUTION
                def _help(self):
                    return 1

                # END SOLUTION

                def f(self):
                    """Given."""
            ''')

        given = '    def f(self):\n        """Given."""\n'
        assert stub == f'class A:\n    """A."""\n\n{given}'

    def test_part_of_an_import(self):
        """Of an import that is used in part, the part that is used stays."""
        stub = stub_of("""
            from itertools import chain, product  # both
            from collections import (
                OrderedDict,
                deque,
            )
            import os, sys

            def f(x: OrderedDict = chain, path=os):
                # BEGIN SOLUTION
                return product(deque(x), sys.path)
                # END SOLUTION
            """)

        assert stub.startswith(
            "from itertools import chain  # both\n"
            "from collections import OrderedDict\n"
            "import os\n\ndef f"
        )

    def test_imports_for_students_stay(self):
        """torch, nn, F and typing stay although only the solution used them."""
        imports = (
            "from typing import cast\n\n"
            "import torch\n"
            "import torch.nn.functional as F\n"
            "from torch import nn\n"
        )
        used = "    return cast(torch.Tensor, F.relu(nn.Linear(1, 1)(x)))\n"
        marked = f"    # BEGIN SOLUTION\n{used}    # END SOLUTION\n"
        stub = make_stub(f"{imports}\n\ndef f(x):\n{marked}")

        assert stub.startswith(imports + "\n\ndef f")

    def test_names_in_quotes_count_as_used(self):
        """An import that a quoted annotation needs stays."""
        stub = stub_of("""
            from decimal import Decimal
            from fractions import Fraction
            def f(x: "Decimal", y) -> "list[Fraction]":
                # BEGIN SOLUTION
                return [Fraction(x), Decimal(y)]
                # END SOLUTION
            """)

        assert "Decimal\nfrom fractions import Fraction\n" in stub

    def test_a_local_name_is_no_use_of_an_import(self):
        """A parameter named as an import does not keep the import."""
        stub = stub_of("""
            import copy


            def given(copy):
                return copy
            def f(x):
                # BEGIN SOLUTION
                return copy.copy(x)
                # END SOLUTION
            """)

        assert stub.startswith("def given(copy)")


class TestMarks:
    """The marks around regions."""

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("x = 1\n", "exercise.py: has no solution region"),
            (
                "def f():\n    # BEGIN SOLUTION\n    return 1\n",
                "exercise.py:2: '# BEGIN SOLUTION' is never closed",
            ),
            (
                "def f():\n    return 1\n    # END SOLUTION\n",
                "exercise.py:3: '# END SOLUTION' ends no region",
            ),
            (
                "# BEGIN SOLUTION\nx = 1\n# BEGIN SOLUTION\ny = 1\n# END SOLUTION\n",
                "exercise.py:3: .*line 1 begins; regions do not nest",
            ),
            (
                "def f():\n    # BEGIN SOLUTION\n    # only words\n    # END SOLUTION\n"
                "    return 1\n",
                "exercise.py:2: the region up to line 4 holds no code",
            ),
            (
                "if x:\n    # BEGIN SOLUTION\n    a = 1\nelse:\n    a = 2\n"
                "    # END SOLUTION\n",
                "exercise.py:2: the region up to line 6 splits a statement",
            ),
            (
                "def f(x):\n    if x:\n        a = 1\n    # BEGIN SOLUTION\n"
                "    elif not x:\n        a = 2\n    # END SOLUTION\n    return a\n",
                "exercise.py:4: the region up to line 7 splits a statement",
            ),
            (
                "# BEGIN SOLUTION\nif x:\n    a = 1\n# END SOLUTION\n"
                "else:\n    a = 2\n",
                "exercise.py:1: the marks are indented by 0 columns",
            ),
            (
                "x = [\n    # BEGIN SOLUTION\n    1,\n    # END SOLUTION\n]\n",
                "exercise.py:2: the region up to line 4 splits a statement",
            ),
            (
                "def f():\n    # BEGIN SOLUTION\n    return 1\n# END SOLUTION\n",
                "exercise.py:4: .*indented by 0 columns, but .*line 2 by 4",
            ),
            (
                "def f():\n# BEGIN SOLUTION\n    return 1\n# END SOLUTION\n",
                "exercise.py:2: the marks are indented by 0 columns, .* by 4",
            ),
            (
                "# begin solution\nx = 1\n# END SOLUTION\n",
                "exercise.py:1: '# begin solution' is nearly a mark",
            ),
            (
                "x = 1  # BEGIN SOLUTION\n# END SOLUTION\n",
                "exercise.py:1: .* is nearly a mark",
            ),
            (
                "class A:\n    # BEGIN SOLUTION\n    x = 1\n    # END SOLUTION\n",
                "exercise.py: without its solution regions it is no valid Python",
            ),
            ("def f(:\n", "exercise.py:1: is not valid Python"),
        ],
    )
    def test_errors_say_file_and_line(self, source, message):
        """Wrong marks are refused with file, line and what is wrong."""
        with pytest.raises(CourseError, match=message):
            make_stub(source, "exercise.py")
