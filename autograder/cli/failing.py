"""Errors that are the user's to fix: shown as a sentence, without a traceback."""

from __future__ import annotations

from autograder.course.errors import CourseError
from autograder.grading.children import ZygoteError
from autograder.submissions.entries import SubmissionsError

EXPECTED = (CourseError, SubmissionsError, ZygoteError)
