"""What students run on their own machines: the visible checks, and the watch.

Usage::

    from autograder.home.command import check_at_home

    check_at_home(
        Path("assignments/cnn"), ["shapes"], only="", watch=False, colour=False
    )
"""
