"""DataLoaders without workers: those are processes, and code may start none here."""

from __future__ import annotations

import contextlib
import functools
import inspect
from typing import Any

from torch.utils.data import DataLoader

# What only a loader with workers may be given.
_OF_WORKERS = {
    *("num_workers", "prefetch_factor", "persistent_workers", "timeout"),
    *("multiprocessing_context", "worker_init_fn"),
}


def load_without_workers() -> None:
    """From now on every DataLoader loads by itself: the same batches, in order."""
    make = DataLoader.__init__
    if hasattr(make, "__wrapped__"):
        return
    signature = inspect.signature(make)

    @functools.wraps(make)
    def without_workers(*args: Any, **options: Any) -> None:
        with contextlib.suppress(TypeError):  # torch says what is wrong
            bound = signature.bind(*args, **options)
            workers = bound.arguments.get("num_workers")
            if isinstance(workers, int) and workers > 0:
                for name in _OF_WORKERS & bound.arguments.keys():
                    del bound.arguments[name]
                args, options = bound.args, bound.kwargs
        make(*args, **options)

    DataLoader.__init__ = without_workers  # type: ignore[method-assign]
