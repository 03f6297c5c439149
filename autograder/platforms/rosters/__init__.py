"""Rosters: the results of a class, joined with the list that a platform exports.

``sheet`` reads a platform's CSV, ``rosters`` finds the students in it, ``classes`` the
submissions in folders of results, ``matching`` who is who, ``columns`` which column is
which assignment's; ``tables`` makes the file that the platform imports, and ``summary``
says what was matched and what was not::

    autograder export results/cnn --format canvas --roster grades.csv --out import.csv
"""
