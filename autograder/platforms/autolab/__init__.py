"""Autolab: a tar to import, with a Makefile, and scores as the last line printed.

``bundle`` makes the tar of a sealed assignment, ``run`` grades what was handed in, in
Autolab's container::

    autograder autolab cnn --out cnn.tar
"""
