"""Gradescope: the zip that an instructor uploads, and what runs on its machine.

``bundle`` makes the zip of a sealed assignment, ``harness`` grades there, one
submission a call, and writes results.json before, between and after::

    autograder gradescope cnn --out cnn.zip

``metadata`` reads what Gradescope says of a submission; ``attempts`` decides whether it
is graded, and which score counts.
"""
