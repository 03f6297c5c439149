"""The worker on machines that lack a layer of the sandbox, one function for each.

A zygote calls ``warm_up`` before it finds out what its machine allows. So modules of
this kind say which layer there is not; see test_isolation.py, which writes them.
"""

from __future__ import annotations

import sys
from typing import Any

from autograder.sandbox import identity, landlock
from autograder.worker import child

serve = child.serve


def without_seccomp() -> None:
    """As where pyseccomp is not installed."""
    hidden: Any = None
    sys.modules["pyseccomp"] = hidden
    child.warm_up()


def without_landlock() -> None:
    """As on a kernel that has none."""
    vars(landlock)["version"] = lambda: 0
    child.warm_up()


def without_users() -> None:
    """As for somebody who is not root."""
    vars(identity)["is_root"] = lambda: False
    child.warm_up()
