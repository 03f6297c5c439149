"""Where courses live: Gradescope, nbgrader, otter-grader, exports for an LMS.

``gradescope`` is there; the others are to follow. Each platform gets a module that
makes its files from an assignment, and a harness that grades in one call and writes the
platform's results::

    from autograder.grading.run import Order, run
    from autograder.reports import FORMATS

    order = Order(cnn, Path("submissions"), Path("results"), jobs=1)
    for verdict in run(order).verdicts:
        text = FORMATS["gradescope"].render(verdict)
        Path(f"{verdict.student}.json").write_text(text, encoding="utf-8")
"""
