"""``draw``: seeded inputs for checks, on the CPU, in the dtype of the setting."""

from __future__ import annotations

from typing import Any

import torch

from autograder.checking.case import CaseRun


class Draw:
    """Makes inputs. Every method gives the same tensors for the same seed.

    Values are drawn in float64 and rounded, so that all dtypes see the same case.
    """

    def __init__(self, case: CaseRun) -> None:
        self._case = case

    def __call__(
        self, *shape: int, low: float | None = None, high: float | None = None
    ) -> torch.Tensor:
        """Standard normal values, or uniform ones from ``low`` to ``high``."""
        if (low is None) != (high is None):
            raise TypeError("draw takes both low and high, or neither")
        if low is None or high is None:
            return self._round(
                torch.randn(shape, generator=self._case.generator, dtype=torch.float64)
            )
        unit = torch.rand(shape, generator=self._case.generator, dtype=torch.float64)
        return self._round(low + (high - low) * unit)

    def distinct(self, *shape: int) -> torch.Tensor:
        """Values without ties, evenly spaced over (-2, 2), in random order."""
        count = torch.Size(shape).numel()
        order = torch.randperm(count, generator=self._case.generator)
        spaced = (order.to(torch.float64) + 0.5) * (4.0 / max(count, 1)) - 2.0
        return self._round(spaced.reshape(shape))

    def integers(self, low: int, high: int, *shape: int) -> torch.Tensor:
        """int64 values from ``low`` up to but without ``high``."""
        return torch.randint(low, high, shape, generator=self._case.generator)

    def booleans(self, *shape: int, p: float = 0.5) -> torch.Tensor:
        """True with probability ``p``."""
        return torch.rand(shape, generator=self._case.generator) < p

    def values(self, numbers: Any) -> torch.Tensor:
        """These numbers (nested lists) in the dtype of the setting."""
        return torch.tensor(numbers, dtype=self._case.setting.dtype)

    def transposed(self, *shape: int) -> torch.Tensor:
        """A tensor of that shape whose last two axes lie swapped in memory."""
        return self(*shape[:-2], shape[-1], shape[-2]).transpose(-1, -2)

    def sliced(self, *shape: int) -> torch.Tensor:
        """A tensor of that shape that is every second column of a wider one."""
        return self(*shape[:-1], 2 * shape[-1])[..., ::2]

    def expanded(self, *shape: int) -> torch.Tensor:
        """A tensor of that shape whose first axis repeats one slice (stride 0)."""
        return self(1, *shape[1:]).expand(*shape)

    def _round(self, values: torch.Tensor) -> torch.Tensor:
        return values.to(self._case.setting.dtype)
