"""What checks are made of: the vocabulary, the student's proxy, truth and tolerance.

Usage::

    from autograder.checking.solution import Solution

    solution = Solution(assignment)
    for exercise, checks in solution.checks.items():
        print(exercise, [check.promise for check in checks])
"""
