"""Data loaders with workers, where no code may start a process: they do without."""

from __future__ import annotations

import copy
from typing import Any


def load_in_one_process() -> None:
    """Let every DataLoader read its data itself, in the same order, workers or not.

    What it gives is the same. ``worker_init_fn`` is not called, as there is no worker.
    """
    from torch.utils.data import dataloader

    def iterate(loader: Any) -> Any:
        alone = copy.copy(loader)
        vars(alone).update(num_workers=0, prefetch_factor=None, timeout=0)
        return dataloader._SingleProcessDataLoaderIter(alone)

    vars(dataloader)["_MultiProcessingDataLoaderIter"] = iterate
