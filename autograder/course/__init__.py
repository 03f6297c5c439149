"""A course on disk: what instructors write and what students get of it.

Usage::

    from autograder.course.assignment import load_course

    cnn = load_course(Path("solutions")).assignment("cnn")
    print(cnn.title, cnn.exercises)
"""
