"""The stand-in on a machine where pyseccomp is not installed."""

from __future__ import annotations

import sys

from standin import serve

__all__ = ["serve", "warm_up"]


def warm_up() -> None:
    """Hide pyseccomp from the zygote that calls this before it prepares."""
    sys.modules["pyseccomp"] = None  # type: ignore[assignment]
