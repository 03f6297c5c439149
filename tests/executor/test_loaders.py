"""Loaders with workers, in code that may start no process."""

from __future__ import annotations

from typing import Any

import pytest

SOURCE = """
import torch
from torch.utils.data import DataLoader, TensorDataset

def batches(workers):
    torch.manual_seed(1)
    data = TensorDataset(torch.arange(10).float())
    options = {}
    if workers:
        options = {"timeout": 5, "prefetch_factor": 4}
    loader = DataLoader(data, 3, shuffle=True, num_workers=workers, **options)
    found = [batch for _ in range(2) for (batch,) in loader]
    return found, len(loader)
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_loader_with_workers_does_without(open_remote: Any, workers: int) -> None:
    """It gives the same batches in the same order."""
    from autograder.checking.student import Student

    student = Student(open_remote(SOURCE))
    expected, count = student.batches(0)

    found, length = student.batches(workers)
    assert [batch.tolist() for batch in found] == [b.tolist() for b in expected]
    assert length == count


def test_deterministic_algorithms_cost_nothing(open_remote: Any) -> None:
    """They are switched on as torch does it, without an import of its compiler."""
    from autograder.checking.student import Student

    source = """
import sys, time, torch
def switch():
    torch.use_deterministic_algorithms(True, warn_only=True)
    here = torch.are_deterministic_algorithms_enabled()
    warns = torch.is_deterministic_algorithms_warn_only_enabled()
    return here, warns, "torch._inductor.config" in sys.modules
"""
    assert Student(open_remote(source)).switch() == (True, True, False)
