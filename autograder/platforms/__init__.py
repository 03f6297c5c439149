"""Where courses live: Gradescope, nbgrader, otter-grader, exports for an LMS.

Empty so far. Each platform gets a module that makes its files from an assignment and
a harness that grades with `autograder.grading` and writes the platform's results.
"""
