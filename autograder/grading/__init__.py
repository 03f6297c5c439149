"""The trusted side: submissions in, sandboxed children asked, verdicts out.

Usage::

    from autograder.grading.run import Order, run

    graded = run(Order(cnn, Path("submissions"), Path("results")))
    print([len(verdict.checks) for verdict in graded.verdicts])
"""
