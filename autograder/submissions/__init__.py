"""What students handed in: read, never run, and sorted into exercises.

Usage::

    from autograder.submissions.entries import find_entries
    from autograder.submissions.intake import read_submission

    for entry in find_entries(Path("submissions"), cnn.exercises):
        print(read_submission(entry, cnn.exercises).files.keys())
"""
