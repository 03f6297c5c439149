"""Who runs a student's code for a check, and how that can end."""

from __future__ import annotations

from typing import Protocol

import torch

from autograder.protocol.calls import Answer, Request
from autograder.protocol.exceptions import Thrown
from autograder.verdict import Outcome


class Caller(Protocol):
    """Who runs the calls: ``local.py`` here, or ``grading/remote.py`` in a worker."""

    def call(self, request: Request) -> Answer:
        """Run one call."""

    def backward(
        self, graph: int, cotangents: list[torch.Tensor | None]
    ) -> list[torch.Tensor | None] | Thrown:
        """Run one backward through a call made before."""

    def release(self, graphs: list[int]) -> None:
        """Forget the graphs of calls."""

    def forget(self) -> None:
        """Forget all objects and graphs, and draw random numbers from the start."""

    def parameter_names(self, function: str) -> list[str]:
        """Names of a function's parameters, for the text of a call."""

    def output_names(self, function: str) -> list[str]:
        """Names of the parts of what a function returns, where it has several."""


class Stopped(BaseException):
    """The worker cannot go on: it died, hung, or broke the protocol.

    Not an Exception, so that neither ``pytest.raises`` nor Hypothesis takes it for an
    answer of the student's.
    """

    def __init__(
        self, outcome: Outcome, detail: str, look_at: str | None = None
    ) -> None:
        super().__init__(detail)
        self.again = False  # who calls may begin the case once more
        self.outcome = outcome
        self.detail = detail
        self.look_at = look_at  # the loop that ran, "pooling.py:12", where it is known


class Missing(Exception):
    """The student's module lacks a name that the check calls."""

    def __init__(self, name: str, present: list[str]) -> None:
        super().__init__(name)
        self.name, self.present = name, present


class Misfit(Exception):
    """The check's weights do not fit the student's module: [expected, got]."""

    def __init__(self, owner: str, expected: str, got: str) -> None:
        super().__init__(f"parameters of {owner}: expected {expected}, got {got}")
        self.owner, self.expected, self.got = owner, expected, got
