"""The one error that reading and writing a course raises."""

from __future__ import annotations


class CourseError(Exception):
    """A course's files break a rule; the text names file, rule, value and remedy."""
