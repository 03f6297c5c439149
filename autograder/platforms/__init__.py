"""Where courses live: ``gradescope``, ``classroom50`` and ``autolab``.

Each platform is a package that makes its files from an assignment, most of all from a
sealed one (``authoring.sealing``), and what runs there: it grades in one call and
writes the platform's results. Where a class is graded here, a format will do::

    from autograder.grading.run import Order, run
    from autograder.reports import FORMATS

    order = Order(cnn, Path("submissions"), Path("results"), jobs=1)
    for verdict in run(order).verdicts:
        text = FORMATS["gradescope"].render(verdict)
        Path(f"{verdict.student}.json").write_text(text, encoding="utf-8")
"""
