"""The check file that students get."""

from __future__ import annotations

from textwrap import dedent

import pytest

from autograder.course.checks import visible_checks
from autograder.errors import CourseError


def visible(source: str) -> str:
    """The visible checks of an indented source."""
    return visible_checks(dedent(source).lstrip("\n"), "test_exercise.py")


class TestVisibleChecks:
    """visible_checks."""

    def test_all_that_serves_hidden_checks_alone_goes(self, course_folder):
        """Hidden checks, their helpers, constants, comments and imports are cut."""
        source = (course_folder / "numbers" / "test_sums.py").read_text()

        expected = '''"""What a correct sums.py does."""

import pytest
import torch

from autograder import agrees, equal, points

SIZES = [1, 2, 5]


@points(2)
@pytest.mark.parametrize("size", SIZES)
def test_total_agrees_with_torch(student, draw, size):
    """total agrees with torch.sum"""
    agrees(student.total, torch.sum, draw(size))


@points(1)
def test_counter_counts(student):
    """a counter counts"""
    equal(student.Counter().show("a"), 1)
'''
        assert visible_checks(source) == expected

    def test_nothing_hidden_changes_nothing(self, course_folder):
        """A file without hidden checks stays as it is, unused imports included."""
        source = "import math\n" + (
            course_folder / "numbers" / "test_signs.py"
        ).read_text().replace("equal(", "equal( ")

        assert visible_checks(source) == source

    def test_helpers_of_helpers(self):
        """A helper stays as long as some visible check reaches it."""
        result = visible("""
            from autograder import hidden
            A = 1
            B = 2
            C = 3
            def both(): return A
            def secret(): return both() + B
            @hidden
            def test_secret(): assert secret() == C
            def test_open(): assert both()
            """)

        assert result == (
            "A = 1\ndef both(): return A\ndef test_open(): assert both()\n"
        )

    def test_unused_helpers_stay_whole(self):
        """A helper that no check uses stays, and with it what it needs."""
        result = visible("""
            from autograder import hidden
            SHARED = 1
            def unused(): return SHARED
            @hidden
            def test_secret(): assert SHARED
            """)

        assert result == "SHARED = 1\ndef unused(): return SHARED\n"

    def test_what_fills_a_table_goes_with_it(self):
        """Statements that only change a hidden check's constant are cut too."""
        result = visible("""
            import autograder
            TABLE = {}
            TABLE["a"] = 4099
            TABLE.update(b=8191)
            for size in (1, 2):
                TABLE[size] = size
            @autograder.hidden
            def test_secret(): assert TABLE
            def test_open(): assert autograder
            """)

        assert result == "import autograder\ndef test_open(): assert autograder\n"

    def test_hidden_by_another_name(self):
        """An alias of hidden hides too."""
        result = visible("""
            from autograder import hidden as secret, points
            @points(1)
            @secret
            def test_secret(): pass
            @points(1)
            def test_open(): pass
            """)

        assert result == (
            "from autograder import points\n@points(1)\ndef test_open(): pass\n"
        )

    def test_a_local_name_keeps_nothing(self):
        """A visible check's local variable does not keep a helper of that name."""
        result = visible("""
            from autograder import hidden
            def sizes(): return [4099]
            @hidden
            def test_secret(): assert sizes()
            def test_open():
                sizes = [1]
                assert sizes
            """)

        assert "4099" not in result

    def test_all_hidden(self):
        """Where all checks are hidden the file's docstring is left."""
        result = visible('''
            """What a correct sums.py does."""

            from autograder import hidden

            @hidden
            def test_secret(): pass
            ''')

        assert result == '"""What a correct sums.py does."""\n'

    def test_visible_after_hidden(self):
        """A visible check that waits for a hidden one is an error naming both."""
        with pytest.raises(
            CourseError,
            match=r"test_exercise.py:2: the hidden test_a is used by test_b, which",
        ):
            visible("""
                from autograder import after, hidden
                @hidden
                def test_a(): pass
                @after(test_a)
                def test_b(): pass
                """)

    def test_hidden_after_visible(self):
        """A hidden check may wait for a visible one, which stays."""
        result = visible("""
            from autograder import after, hidden
            def test_a(): pass
            @hidden
            @after(test_a)
            def test_b(): pass
            """)

        assert result == "def test_a(): pass\n"

    def test_hidden_where_it_cannot_be_cut(self):
        """hidden on a method, which would stay, is an error."""
        with pytest.raises(CourseError, match="'hidden' marks something that is no"):
            visible("""
                from autograder import hidden
                class TestAll:
                    @hidden
                    def test_a(self): pass
                """)
