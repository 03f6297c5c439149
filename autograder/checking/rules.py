"""The rules under which values are compared, and what is seen while they are."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from autograder.checking.tolerance import Change
from autograder.verdict import Remark


@dataclass
class Rules:
    """How strict a comparison is; what it has seen is kept beside that."""

    dtype: torch.dtype
    equal_nan: bool = False
    exact: bool = False  # not even rounding is allowed
    # Whether dtypes, types and the digits beyond float32 count. Where they do not,
    # what is accepted all the same is remembered in ``remarks``.
    strict: bool = True
    changes: Callable[[torch.dtype, int], list[float]] | None = None
    position: int = 0  # of the tensor compared among those of ``changes``
    floor: float = 0.0  # the largest scale of several tensors that count as one
    saw_floats: bool = False
    saw_types: bool = False  # values whose type counts only where ``strict``
    remarks: list[Remark] = field(default_factory=list)
    _known: tuple[Any, dict[tuple[torch.dtype, int], list[float]]] | None = None

    def change(self, dtype: torch.dtype) -> Change | None:
        """What computes the truth's own change; None where its inputs are unknown."""
        if self.changes is None:
            return None
        return functools.partial(self._change, dtype)

    def _change(self, dtype: torch.dtype, perturbations: int) -> float:
        """The truth's own change for the tensor at ``position``."""
        assert self.changes is not None
        if self._known is None or self._known[0] is not self.changes:
            self._known = (self.changes, {})
        known = self._known[1]
        if (dtype, perturbations) not in known:
            known[dtype, perturbations] = self.changes(dtype, perturbations)
        return known[dtype, perturbations][self.position]

    def accept(self, kind: str, of: str, expected: str, got: str) -> None:
        """Remember what only a strict check would refuse."""
        remark = Remark(kind, of, expected, got)
        if remark not in self.remarks:
            self.remarks.append(remark)


EXACT = Rules(torch.float64, exact=True)
