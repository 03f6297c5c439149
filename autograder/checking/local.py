"""A caller that runs student code in this process: at home, and for our own code.

Nothing is contained here. The grader uses it for solutions and mistakes only.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType

import torch

from autograder.checking.output_parts import output_names
from autograder.executor.answering import Answering
from autograder.protocol.calls import Answer, Request, with_other
from autograder.protocol.exceptions import Thrown
from autograder.protocol.frames import private_copy

__tracebackhide__ = True  # for pytest: from the check to the student's line


class LocalCaller:
    """Calls a module that is imported here.

    Args:
        module: the module, or a stand-in with the same names.
        sources: file names of the student's, see ``Answering``.
        around: made anew around each call, such as ``ModuleSet.visible``.
        capture: keep printed text out of the terminal.
    """

    def __init__(
        self,
        module: ModuleType,
        sources: dict[str, str],
        around: Callable[[], AbstractContextManager[None]] = nullcontext,
        capture: bool = True,
    ) -> None:
        self.module = module
        self._answering = Answering(module, sources, capture)
        self._around = around
        self._names: dict[str, list[str]] = {}
        self._parts: dict[str, list[str]] = {}

    @property
    def spent(self) -> bool:
        """Whether an error has left this process unable to run any other call."""
        return self._answering.spent

    def call(self, request: Request) -> Answer:
        """Run one call on copies of its tensors."""
        copies = [private_copy(tensor) for tensor in request.tensors]
        with self._around():
            return self._answering.call(with_other(request, tensors=copies))

    def backward(
        self, graph: int, cotangents: list[torch.Tensor | None]
    ) -> list[torch.Tensor | None] | Thrown:
        """Run one backward through a call made before."""
        return self._answering.backward(graph, cotangents)

    def release(self, graphs: list[int]) -> None:
        """Forget the graphs of calls."""
        self._answering.release(graphs)

    def forget(self) -> None:
        """Forget all objects and graphs."""
        self._answering.forget()

    def parameter_names(self, function: str) -> list[str]:
        """Names of a function's parameters, as its signature has them."""
        if function not in self._names:
            self._names[function] = parameter_names(self.module, function)
        return self._names[function]

    def output_names(self, function: str) -> list[str]:
        """Names of the parts of what a function returns, as its docstring has them."""
        if function not in self._parts:
            self._parts[function] = output_names(self.module, function)
        return self._parts[function]


_MANY = 16  # arguments of a call that have a name where ``*masks`` takes any number


def parameter_names(module: ModuleType, function: str) -> list[str]:
    """Names of the parameters of ``conv2d``, ``ConvNet`` or ``ConvNet.fit``.

    For ``*masks`` there is a name for each: ``masks[0]``, ``masks[1]`` and so on.
    """
    found: object = module
    for part in function.split("."):
        found = getattr(found, part, None)
    try:
        parameters = inspect.signature(found).parameters  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return []
    names: list[str] = []
    for name, parameter in parameters.items():
        many = parameter.kind is inspect.Parameter.VAR_POSITIONAL
        names += [f"{name}[{i}]" for i in range(_MANY)] if many else [name]
    return names[1:] if "." in function else names
