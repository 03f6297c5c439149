"""For authors: proof that checks, mistakes and inputs are what they should be.

Usage::

    from autograder.authoring.verify import verify

    for step in verify(solution, seeds=[7], generated=None):
        print(step.name, step.complaints)
"""
