"""Where courses live: Gradescope, nbgrader, otter-grader, Classroom 50, Autolab.

Each platform has a module that makes its files from an assignment, and one that grades
there with a sealed assignment. ``notebooks`` is what nbgrader and otter share;
``rosters`` joins results with the lists of students that Canvas, Moodle and Gradescope
export. All of them do in their own ways what is done here::

    from autograder.grading.run import Order, run
    from autograder.reports import FORMATS

    order = Order(cnn, Path("submissions"), Path("results"), jobs=1)
    for verdict in run(order).verdicts:
        text = FORMATS["gradescope"].render(verdict)
        Path(f"{verdict.student}.json").write_text(text, encoding="utf-8")
"""
