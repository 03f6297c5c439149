"""``draw``: seeded inputs for checks, on the CPU, in the dtype of the setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
            return self._round(self._normal(*shape))
        return self._round(low + (high - low) * self._unit(*shape))

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

    def weights(self, shapes: Mapping[str, Sequence[int]]) -> dict[str, torch.Tensor]:
        """Weights by name, scaled so that no layer blows up; no bias is zero.

        What has two axes or more is normal, divided by the square root of its fan in:
        the numbers that one output is a sum of, all axes but the first. What has one
        axis (a bias, the scale of a norm) has either sign and lies between 0.2 and 1.
        Give the shapes that are right, not those that a student's class has: a class
        with others is told so by ``with_weights``. ::

            weights = draw.weights({"weight": (4, 3), "bias": (4,)})
            linear = student.build(nn.Linear, 3, 4).with_weights(weights)
            close(linear(draw.values([[0, 0, 0]])), weights["bias"].double()[None])
        """
        if not isinstance(shapes, Mapping):
            raise TypeError(
                "draw.weights takes shapes by name, such as "
                f'{{"weight": (4, 3), "bias": (4,)}}, and was given {shapes!r}'
            )
        return {name: self._weight(name, shape) for name, shape in shapes.items()}

    def _weight(self, name: str, shape: Any) -> torch.Tensor:
        if not isinstance(shape, Sequence) or not all(type(n) is int for n in shape):
            raise TypeError(
                f"draw.weights: the shape of {name!r} is {shape!r}; a shape is a tuple "
                "of whole numbers, such as (4, 3) or (4,)"
            )
        if len(shape) > 1:
            fan_in = max(torch.Size(shape[1:]).numel(), 1)
            return self._round(self._normal(*shape) / fan_in**0.5)
        sign = torch.where(self.booleans(*shape), 1.0, -1.0).to(torch.float64)
        return self._round(sign * (0.2 + 0.8 * self._unit(*shape)))

    def mask(
        self,
        queries: int,
        keys: int,
        empty_rows: int = 0,
        batch: int | None = None,
        heads: int | None = None,
    ) -> torch.Tensor:
        """A boolean mask, True where a query may attend; never True everywhere.

        So many rows as ``empty_rows`` says, at random places of each matrix, have
        nothing to attend, and no other row is empty. The shape is
        ``(queries, keys)``, with ``batch`` and ``heads`` before it where they are
        given (1 to broadcast). ::

            mask = draw.mask(5, 7, empty_rows=1, batch=2)
            q, k, v = draw(2, 5, 4), draw(2, 7, 4), draw(2, 7, 3)
            output, weights = student.attention(q, k, v, mask)
            equal(weights.sum(-1) != 0, mask.any(-1))

        Args:
            queries: L, the rows.
            keys: S, the columns.
            empty_rows: of each matrix.
            batch: how many matrices; None for a single one.
            heads: the same for a second leading axis.
        """
        if not 0 <= empty_rows <= queries:
            raise ValueError(
                f"draw.mask: {empty_rows} empty rows of {queries}; ask for 0 to "
                f"{queries}"
            )
        if empty_rows < queries and keys < (1 if empty_rows else 2):
            raise ValueError(
                f"draw.mask: with {keys} key(s) and {empty_rows} empty row(s) a mask "
                "is empty or True everywhere; give it more keys"
            )
        leading = [size for size in (batch, heads) if size is not None]
        order = self._ranks(*leading, queries, keys)
        # The first of the rows that are not empty has a False; any may have more.
        most = torch.full((*leading, queries), keys)
        most[..., 0] = keys if empty_rows else keys - 1
        kept = 1 + (self._unit(*leading, queries) * most).floor().to(torch.int64)
        mask = order < torch.minimum(kept, most)[..., None]
        mask[..., queries - empty_rows :, :] = False
        places = self._ranks(*leading, queries)[..., None].expand_as(mask)
        return mask.gather(-2, places)

    def transposed(self, *shape: int) -> torch.Tensor:
        """A tensor of that shape whose last two axes lie swapped in memory."""
        return self(*shape[:-2], shape[-1], shape[-2]).transpose(-1, -2)

    def sliced(self, *shape: int) -> torch.Tensor:
        """A tensor of that shape that is every second column of a wider one."""
        return self(*shape[:-1], 2 * shape[-1])[..., ::2]

    def expanded(self, *shape: int) -> torch.Tensor:
        """A tensor of that shape whose first axis repeats one slice (stride 0)."""
        return self(1, *shape[1:]).expand(*shape)

    def _normal(self, *shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=self._case.generator, dtype=torch.float64)

    def _unit(self, *shape: int) -> torch.Tensor:
        return torch.rand(shape, generator=self._case.generator, dtype=torch.float64)

    def _ranks(self, *shape: int) -> torch.Tensor:
        """The numbers from 0 in random order along the last axis."""
        return self._unit(*shape).argsort(-1)

    def _round(self, values: torch.Tensor) -> torch.Tensor:
        return values.to(self._case.setting.dtype)
