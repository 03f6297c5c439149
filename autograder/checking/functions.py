"""Functions and objects of the student's, as a check calls them.

Autograd passes through: a call whose inputs require gradients is one node of the
grader's graph, and its backward is one more message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from autograder.checking.boundary import Graph, as_exception, through
from autograder.checking.callers import Caller, Misfit, Missing, Stopped
from autograder.checking.case import Event, current
from autograder.checking.crossing import packed_call, packed_weights
from autograder.checking.difference import Differs
from autograder.checking.facts import call_text
from autograder.executor.devices import SIM_BY_DEFAULT
from autograder.protocol.calls import Answer, Request, with_other
from autograder.protocol.dtypes import dtype_name
from autograder.protocol.values import Packer, Parameters, Tree, unpack
from autograder.verdict import Mismatch, Outcome

__tracebackhide__ = True  # for pytest: from the check to the student's line


@dataclass(frozen=True)
class Answered:
    """A value, and what came with it where gradients were followed."""

    value: Any
    followed: set[int]  # ids of the tensors in it that depend on tracked inputs
    gradients: dict[int, torch.Tensor | None] | None  # by id of the check's tensor


class Function:
    """Something of the student's that can be called."""

    def __init__(
        self,
        caller: Caller,
        device: str,
        target: list[Any],
        name: str,
        keep: bool = False,
        weights: dict[str, torch.Tensor] | None = None,
    ) -> None:
        self._caller = caller
        self._device = device
        self._target = target
        self._name = name
        self._keep = keep
        self._weights = weights

    def __repr__(self) -> str:
        return f"student.{self._name}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it where it lives; exceptions come out as their nearest built-in."""
        request = self._request(args, kwargs)
        tensors = request.tensors
        tracked = [
            index
            for index, tensor in enumerate(tensors)
            if tensor.requires_grad and torch.is_grad_enabled()
        ]
        request = with_other(request, tracked=tracked)
        answer = self._ask(request, args, kwargs)
        return self._result(answer, [tensors[index] for index in tracked])

    def many(self, packed: Callable[[str], list[list[Tree]]]) -> list[Any]:
        """Call it with each of many lists of plain arguments, in one message.

        Args:
            packed: gives them as trees, when it is told this function's name.

        Returns:
            What each call gave; ``Raising`` where it raised.
        """
        calls = packed(self._name)
        request = Request(self._target, calls, {"dict": []}, [], name=self._name)
        answer = self._ask(with_other(request, many=True), (), {})
        found: list[Any] = self._result(answer, [])
        return found

    def twice(
        self,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        cotangents: list[torch.Tensor | None] | None,
    ) -> tuple[Answered, Callable[[], Answered]]:
        """Call it twice in one message; the second time following gradients.

        What came of the second call is given when it is asked for.

        Args:
            args: of the call.
            kwargs: of the call.
            cotangents: for each tensor of the value, None for those that gradients do
                not start from; None to follow no gradients at all.
        """
        request = self._followed(args, kwargs, cotangents, twice=True)
        tensors = request.tensors
        answer = self._ask(request, args, kwargs)

        def second() -> Answered:
            if answer.again is None:
                raise Stopped(Outcome.CRASHED, f"{self._name}: no second answer")
            self._note(request, args, kwargs, answer.again)
            return self._answered(answer.again, [tensors[i] for i in request.tracked])

        return self._answered(answer, []), second

    def once(
        self,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        cotangents: list[torch.Tensor | None] | None,
    ) -> tuple[Answered, Callable[[], Answered]]:
        """The same of one call, which stands for both of them."""
        request = self._followed(args, kwargs, cotangents, twice=False)
        answer = self._ask(request, args, kwargs)
        tracked = [request.tensors[index] for index in request.tracked]
        one = self._answered(answer, tracked)
        return one, lambda: one

    def _followed(
        self,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        cotangents: list[torch.Tensor | None] | None,
        twice: bool,
    ) -> Request:
        """The request of a call whose gradients come back with its value."""
        request = self._request(args, kwargs)
        tensors = request.tensors
        tracked = [i for i, t in enumerate(tensors) if t.is_floating_point()]
        numbers: list[int | None] = []
        sent = list(tensors)
        for cotangent in cotangents or ():
            numbers.append(None if cotangent is None else len(sent))
            sent += [] if cotangent is None else [cotangent]
        return with_other(
            request,
            tensors=sent,
            tracked=tracked if cotangents is not None else [],
            twice=twice,
            cotangents=numbers,
        )

    def _request(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Request:
        packer = Packer(_proxied)
        packed, keywords = packed_call(
            self._name, args, kwargs, packer, self._parameter_names
        )
        weights = None
        if self._weights is not None:
            weights = packed_weights(self._name, self._weights, packer)
        dtype = dtype_name(current().setting.dtype)
        return Request(
            self._target,
            packed,
            keywords,
            packer.tensors,
            weights,
            keep=self._keep,
            device=self._device,
            # Whoever names a dtype for what is made means that one.
            dtype=None if "dtype" in kwargs else dtype,
            name=self._name,
        )

    def _parameter_names(self) -> list[str]:
        return self._caller.parameter_names(self._called)

    @property
    def _called(self) -> str:
        """Its name where parameters are named: a call of an object is its forward."""
        return f"{self._name}.forward" if self._target[0] == "handle" else self._name

    def _ask(
        self, request: Request, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Answer:
        try:
            answer = self._caller.call(request)
        except Stopped:
            self._note(request, args, kwargs, Answer())
            raise
        self._note(request, args, kwargs, answer)
        return answer

    def _note(
        self,
        request: Request,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        answer: Answer,
    ) -> None:
        tensors = request.tensors
        weights = self._weights or {}

        def write() -> tuple[str, list[str]]:
            parameters = self._parameter_names()
            text, names = call_text(self._called, args, kwargs, parameters, tensors)
            labels = {id(weight): label for label, weight in weights.items()}
            return text, [
                label or labels.get(id(tensor), "")
                for label, tensor in zip(names, tensors)
            ]

        given = [request.args, request.kwargs]
        parameters = self._parameter_names
        event = Event(
            self._name,
            given,
            tensors,
            answer,
            write,
            parameters,
            request.many,
            self._target,
        )
        current().events.append(event)

    def _answered(self, answer: Answer, tracked: list[torch.Tensor]) -> Answered:
        value = self._result(answer, [])
        followed = {
            id(tensor)
            for tensor, differentiable in zip(answer.tensors, answer.differentiable)
            if differentiable
        }
        gradients = None
        if answer.gradients is not None:
            gradients = dict(zip(map(id, tracked), answer.gradients))
        return Answered(value, followed, gradients)

    def _result(self, answer: Answer, tracked: list[torch.Tensor]) -> Any:
        if answer.thrown is not None:
            raise as_exception(answer.thrown)
        if answer.missing is not None:
            raise Missing(self._name, answer.missing)
        if answer.misfit is not None:
            raise Misfit(self._name.partition(".")[0], *answer.misfit)
        self._on_the_device(answer)
        tensors = answer.tensors
        if answer.graph is not None:
            graph = Graph(self._caller, answer.graph)
            tensors = list(through(graph, answer, tracked))
        return unpack(answer.value, tensors, self._proxy, callables=False)

    def _on_the_device(self, answer: Answer) -> None:
        """Refuse an output that is somewhere else than the inputs were."""
        if self._device == SIM_BY_DEFAULT:
            return
        for number, device in enumerate(answer.devices):
            if device != self._device:
                one = len(answer.devices) == 1
                of = "the output" if one else f"tensor {number + 1} of the output"
                raise Differs(Mismatch("device", of, self._device, device))

    def _proxy(self, kind: str, number: int) -> Any:
        if kind != "handle":
            raise ValueError(f"a worker cannot send {kind}")
        owner = self._name.partition(".")[0]
        return Object(self._caller, self._device, number, owner)


class Object(Function):
    """An object that lives where the student's code runs: a model, an optimizer."""

    def __init__(
        self,
        caller: Caller,
        device: str,
        number: int,
        name: str,
        weights: dict[str, torch.Tensor] | None = None,
    ) -> None:
        super().__init__(caller, device, ["handle", number], name, weights=weights)
        self._number = number

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(
            self._caller,
            self._device,
            ["method", self._number, name],
            f"{self._name}.{name}",
            weights=self._weights,
        )

    def with_weights(self, weights: dict[str, torch.Tensor]) -> Object:
        """The same object with these parameters, by name, for the calls to come.

        Gradients come back to these tensors. Names and shapes must be those of the
        student's class.
        """
        return Object(self._caller, self._device, self._number, self._name, weights)

    def parameters(self) -> Parameters:
        """Its parameters, to be given to ``student.build(torch.optim.SGD, ...)``."""
        return Parameters(self._number)

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each parameter by name; the values stay in the worker."""
        shapes: dict[str, tuple[int, ...]] = Function(
            self._caller,
            self._device,
            ["shapes", self._number],
            f"{self._name}.named_parameters",
        )()
        return shapes


def _proxied(value: Any) -> Tree | None:
    if type(value) is Object:
        if value._weights is not None:
            raise TypeError(
                f"{value!r} has weights for its own calls only; give an object after "
                "model.load_state_dict(weights)"
            )
        return {"handle": value._number}
    if isinstance(value, Function):
        raise TypeError(
            f"{value!r} is a function of the student's; only its objects can be given"
        )
    return None
