"""``student``: the module under test, as a check sees it.

Checks cannot tell whether the student's code runs in this process or behind the
sandbox: both are a ``Caller``. Autograd passes through: a call whose inputs require
gradients is one node of the grader's graph, and its backward is one more message.
"""

from __future__ import annotations

import builtins
from typing import Any, Protocol

import torch

from autograder.checking.case import GRADIENT, Event, current
from autograder.checking.facts import call_text
from autograder.protocol.answering import Answer, Request, Thrown
from autograder.protocol.public import public_name
from autograder.protocol.values import Handle, Packer, Parameters, Tree, unpack
from autograder.verdict import Outcome


class Caller(Protocol):
    """Who runs the calls: this process, or a worker behind the sandbox."""

    def call(self, request: Request) -> Answer:
        """Run one call."""

    def backward(
        self, graph: int, cotangents: list[torch.Tensor | None]
    ) -> list[torch.Tensor | None] | Thrown:
        """Run one backward through a call made before."""

    def release(self, graphs: list[int]) -> None:
        """Forget the graphs of calls."""

    def parameter_names(self, function: str) -> list[str]:
        """Names of a function's parameters, for the text of a call."""


class Stopped(BaseException):
    """The worker cannot go on: it died, hung, or broke the protocol.

    Not an Exception, so that neither ``pytest.raises`` nor Hypothesis takes it for an
    answer of the student's.
    """

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


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


class Student:
    """The student's functions and classes, by name."""

    def __init__(self, caller: Caller, device: str = "cpu") -> None:
        self._caller = caller
        self._device = device

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(self._caller, self._device, ["function", name], name)

    def build(self, maker: Any, *args: Any, **kwargs: Any) -> Any:
        """Make an object of torch's own where the student's code runs.

        ``maker`` is a public class or function of torch, torch.nn,
        torch.nn.functional or torch.optim.
        """
        name = public_name(maker)
        if name is None:
            raise TypeError(f"{maker!r} is no public name of torch, torch.nn or optim")
        label = name.rpartition(".")[2]
        return Function(self._caller, self._device, ["public", name], label, keep=True)(
            *args, **kwargs
        )


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
        packer = Packer(_proxied)
        packed = packer.pack(tuple(args))
        keywords = packer.pack(kwargs)
        weights = None
        if self._weights is not None:
            weights = {
                name: packer.pack(weight)["tensor"]
                for name, weight in self._weights.items()
            }
        tensors = packer.tensors
        tracked = [
            index
            for index, tensor in enumerate(tensors)
            if tensor.requires_grad and torch.is_grad_enabled()
        ]
        request = Request(
            self._target,
            packed,
            keywords,
            tensors,
            weights,
            tracked,
            self._keep,
            self._device,
            self._name,
        )
        try:
            answer = self._caller.call(request)
        except Stopped:
            self._note(args, kwargs, packed, keywords, tensors, Answer())
            raise
        self._note(args, kwargs, packed, keywords, tensors, answer)
        return self._result(answer, [tensors[index] for index in tracked])

    def _note(
        self,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        packed: Tree,
        keywords: Tree,
        tensors: list[torch.Tensor],
        answer: Answer,
    ) -> None:
        weights = self._weights or {}

        def write() -> tuple[str, list[str]]:
            parameters = self._caller.parameter_names(self._name)
            text, names = call_text(self._name, args, kwargs, parameters, tensors)
            labels = {id(weight): name for name, weight in weights.items()}
            return text, [
                name or labels.get(id(tensor), "")
                for name, tensor in zip(names, tensors)
            ]

        event = Event(self._name, [packed, keywords], tensors, answer, write)
        current().events.append(event)

    def _result(self, answer: Answer, tracked: list[torch.Tensor]) -> Any:
        if answer.thrown is not None:
            raise _as_exception(answer.thrown)
        if answer.missing is not None:
            raise Missing(self._name, answer.missing)
        if answer.misfit is not None:
            raise Misfit(self._name.partition(".")[0], *answer.misfit)
        tensors = answer.tensors
        if answer.graph is not None:
            graph = _Graph(self._caller, answer.graph)
            tensors = list(_through(graph, answer, tracked))
        return unpack(answer.value, tensors, self._proxy)

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


def weights_of(function: Any) -> dict[str, torch.Tensor] | None:
    """The weights that were given to an object by ``with_weights``."""
    return getattr(function, "_weights", None)


def with_other_weights(function: Any, weights: dict[str, torch.Tensor]) -> Any:
    """The same object with other tensors for its weights."""
    return function.with_weights(weights)


def _note_gradients(
    cotangents: list[torch.Tensor | None], found: list[torch.Tensor | None] | Thrown
) -> None:
    if isinstance(found, Thrown):
        answer = Answer(thrown=found)
    else:
        there = [gradient is not None for gradient in found]
        gradients = [gradient for gradient in found if gradient is not None]
        answer = Answer(value=there, tensors=gradients)
    given = [cotangent for cotangent in cotangents if cotangent is not None]
    current().events.append(Event(GRADIENT, None, given, answer))


def _through(
    graph: _Graph, answer: Answer, tracked: list[torch.Tensor]
) -> tuple[torch.Tensor, ...]:
    apply: Any = _Boundary.apply
    outputs: tuple[torch.Tensor, ...] = apply(graph, answer, *tracked)
    return outputs


class _Graph:
    """A worker's graph; forgotten there once nobody here can ask for it."""

    def __init__(self, caller: Caller, number: int) -> None:
        self.caller = caller
        self.number = number

    def __del__(self) -> None:
        self.caller.release([self.number])


class _Boundary(torch.autograd.Function):
    """One call into student code as one node of the graph."""

    @staticmethod
    def forward(
        ctx: Any, graph: _Graph, answer: Answer, *tracked: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        ctx.set_materialize_grads(False)
        ctx.graph = graph
        ctx.inputs = [(tensor.shape, tensor.dtype) for tensor in tracked]
        ctx.differentiable = answer.differentiable
        # The case keeps the answer; through its own tensors it would keep the graph.
        outputs = tuple(tensor.detach() for tensor in answer.tensors)
        constant = [
            output for output, keep in zip(outputs, answer.differentiable) if not keep
        ]
        ctx.mark_non_differentiable(*constant)
        return outputs

    @staticmethod
    def backward(ctx: Any, *cotangents: torch.Tensor | None) -> Any:
        if torch.is_grad_enabled():  # create_graph; torch's own mark lets some pass
            raise RuntimeError(
                "a gradient through student code cannot be differentiated again; "
                "leave create_graph out"
            )
        wanted = [c for c, keep in zip(cotangents, ctx.differentiable) if keep]
        found = ctx.graph.caller.backward(ctx.graph.number, wanted)
        _note_gradients(wanted, found)
        if isinstance(found, Thrown):
            raise _as_exception(found)
        fits = [g is None or (g.shape, g.dtype) == i for g, i in zip(found, ctx.inputs)]
        if len(found) != len(ctx.inputs) or not all(fits):
            # Only a worker that lies gets here; torch checks an honest one's.
            raise Stopped(Outcome.CRASHED, "gradients that do not fit their inputs")
        return (None, None, *found)


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


def _as_exception(thrown: Thrown) -> BaseException:
    """The exception of the nearest built-in type, with the facts attached."""
    error: Any = thrown.original
    if not isinstance(error, Exception):
        kind = getattr(builtins, thrown.nearest, Exception)
        if not issubclass(kind, Exception):
            kind = RuntimeError
        error = _made(kind, thrown.message)
    error.student_thrown = thrown
    raised: BaseException = error
    return raised


def _made(kind: type[Exception], message: str) -> Exception:
    """An exception of that type, or of the nearest base that takes one text."""
    for base in kind.__mro__:
        try:
            made = base(message)
        except TypeError:
            continue  # UnicodeDecodeError wants five arguments
        if isinstance(made, Exception):
            return made
    return Exception(message)


def thrown_by_student(error: BaseException) -> Thrown | None:
    """The facts of an exception that came out of student code, else None."""
    return getattr(error, "student_thrown", None)


__all__ = [
    "Caller",
    "Function",
    "Handle",
    "Misfit",
    "Missing",
    "Object",
    "Stopped",
    "Student",
]
