"""Changing lines of source."""

from __future__ import annotations

from autograder.course.source import changed


class TestChanged:
    """changed."""

    def test_the_widest_gap_stays(self):
        """Of all gaps that meet where lines are cut, the widest one stays."""
        source = "a\n\n\nb\n\nc\nd\n"

        assert changed(source, {(4, 4): None, (6, 6): None}) == "a\n\n\nd\n"

    def test_no_gap_at_the_ends(self):
        """Where the file's first or last lines are cut, no blank lines stay."""
        assert changed("a\n\nb\n\nc\n", {(1, 1): None, (5, 5): None}) == "b\n"

    def test_other_gaps_stay(self):
        """Blank lines elsewhere stay, at the ends too, with the white space in them."""
        source = "\n\na\n  \n\n\nb\nc\n\n"

        assert changed(source, {(8, 8): "d\ne\n"}) == "\n\na\n  \n\n\nb\nd\ne\n\n"

    def test_lines_are_those_of_python(self):
        """A form feed or another separator inside a line ends no line."""
        assert changed("a = '\u2028\x0c'\nb\n", {(2, 2): "c\n"}) == (
            "a = '\u2028\x0c'\nc\n"
        )
