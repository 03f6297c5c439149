"""Classroom 50: a bundle that everybody may read, and result.json.

``bundle`` makes ``autograders/SLUG/`` of the visible checks, ``entrypoint`` is its
autograder.py, which the runner calls in a student's checkout, and ``result`` writes
what the runner reads::

    autograder classroom50 cnn --out classroom

The hidden checks stay with the instructor, who grades clones with ``autograder grade``.
"""
