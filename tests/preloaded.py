"""What the fork server of ``tests.commands`` imports; nothing of it may run torch."""

import autograder.authoring.mutant_run
import autograder.authoring.numerics
import autograder.authoring.verify_run
import autograder.cli.app
import autograder.cli.grade
import autograder.grading.class_run
import autograder.reports  # noqa: F401
