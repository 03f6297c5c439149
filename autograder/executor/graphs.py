"""Graphs of calls: what a call computed, kept by number until its gradients came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from autograder.executor.gradients import gradients_under


@dataclass(frozen=True)
class KeptGraph:
    """From a call's differentiable outputs back to its tracked inputs."""

    outputs: list[torch.Tensor]
    inputs: list[torch.Tensor]

    def gradients(
        self, cotangents: Sequence[torch.Tensor | None]
    ) -> tuple[torch.Tensor | None, ...]:
        """The gradient of each input; None where it does not depend on it.

        The cotangents are those of the outputs, in order; None where gradients do not
        start from one.
        """
        starts = [(o, c) for o, c in zip(self.outputs, cotangents) if c is not None]
        if not starts:
            return (None,) * len(self.inputs)
        return gradients_under(
            [output for output, _ in starts],
            self.inputs,
            [cotangent.to(output.device) for output, cotangent in starts],
            retain_graph=True,
        )


class Graphs:
    """The graphs that somebody may still ask for."""

    def __init__(self) -> None:
        self._kept: dict[int, KeptGraph] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, number: int) -> KeptGraph:
        return self._kept[number]

    def keep(self, outputs: list[torch.Tensor], inputs: list[torch.Tensor]) -> int:
        """Keep one; return its number, which is never given again."""
        self._count += 1
        self._kept[self._count] = KeptGraph(outputs, inputs)
        return self._count

    def release(self, numbers: list[int]) -> None:
        """Forget graphs that nobody will ask for again."""
        for number in numbers:
            self._kept.pop(number, None)

    def clear(self) -> None:
        """Forget them all."""
        self._kept.clear()
