"""What checks are made of: the vocabulary, the student's proxy, truth and tolerance.

docs/design.md, "How one check runs", says where to begin to read.

Usage::

    from autograder.checking.solution import Solution

    solution = Solution(assignment)
    for exercise, checks in solution.checks.items():
        print(exercise, [check.promise for check in checks])
"""
