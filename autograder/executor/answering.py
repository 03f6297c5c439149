"""Answers calls into a student's module: the same code in the worker and at home.

Values come and go as trees and tensors (values.py). Objects that the module makes (a
model, an optimizer) stay here and are spoken of by number. A call with tensors that
require gradients keeps its graph under a number until it is released, so that
``backward`` can be asked for later.
"""

from __future__ import annotations

import contextlib
from types import ModuleType
from typing import Any

import torch

from autograder.executor.arguments import Arguments, same_bits
from autograder.executor.branching import branch
from autograder.executor.devices import (
    Counted,
    Device,
    device_of,
    on_host,
    plain_tensor,
)
from autograder.executor.drawing import draw_from_the_start
from autograder.executor.extra_calls import ExtraCalls
from autograder.executor.graphs import Graphs
from autograder.executor.held import Held
from autograder.executor.overwriting import BEFORE, WHAT, LastAnswer, can_change
from autograder.executor.printing import captured
from autograder.executor.targets import Given, Interrupted, Targets
from autograder.executor.weights import WeightsMisfit
from autograder.protocol.calls import Answer, Request, with_other
from autograder.protocol.exceptions import Thrown, place_text, thrown_facts
from autograder.protocol.frames import private_copy
from autograder.protocol.values import Packer, kinds_in, tensor_numbers, unpack

__tracebackhide__ = True  # for pytest: from the check to the student's line


class Answering:
    """A student's module, ready to be called.

    Args:
        module: the imported module.
        sources: name of each source file of the student as it stands in tracebacks,
            and the name to show for it.
        capture: keep what the student prints out of the terminal (not under a
            debugger, which prints too).
    """

    def __init__(
        self, module: ModuleType, sources: dict[str, str], capture: bool = True
    ) -> None:
        self.sources = sources
        self.capture = capture
        self.used: list[str] = []
        self.one_dnn = False  # whether its float32 calls should run with oneDNN
        self.extra: ExtraCalls | None = None
        self.spent = False  # the device does not answer any more: no call can be run
        self._held = Held(module.__name__)
        self._graphs = Graphs()
        self._targets = Targets(module, self._held, self._graphs)
        self._device = Device("cpu")  # of the last call
        self._last: LastAnswer | None = None

    def call(self, request: Request) -> Answer:
        """Run one call on tensors that are this object's to keep and change."""
        if not request.twice and not request.cotangents:
            return self._once(request)
        # Cotangents come last, and are nothing that a call is given.
        given = request.tensors
        starts = sum(number is not None for number in request.cotangents)
        given = given[: len(given) - starts]
        if not request.twice:
            # What is tracked is called with as a copy.
            before = [
                tensor if number in request.tracked else tensor.clone()
                for number, tensor in enumerate(given)
            ]
            return self._with_gradients(request, before)
        copies = [private_copy(tensor) for tensor in given]
        if self.extra is not None:
            self.extra.begin()
        first = self._once(with_other(request, tracked=[], tensors=copies), given)
        if first.thrown is not None or first.misfit is not None or first.missing:
            return first
        self._call_once_more(request, given)
        return with_other(first, again=self._with_gradients(request))

    def _call_once_more(self, request: Request, given: list[torch.Tensor]) -> None:
        kind, *names = request.target
        if self.extra is None or request.device != "cpu":
            return
        if kind == "handle":
            names = [type(self._targets.object(kind, names[0], self._device)).__name__]
        elif kind != "function":
            return

        def call() -> None:
            tensors = [private_copy(tensor) for tensor in given]
            theirs = Given(tensors, [], self._device)
            with captured(self.capture):
                theirs.args = unpack(request.args, tensors, self._object)
                theirs.kwargs = unpack(request.kwargs, tensors, self._object)
                self._targets.run(with_other(request, tracked=[]), theirs)

        self.extra.make(names[0], call)

    def _with_gradients(
        self, request: Request, before: list[torch.Tensor] | None = None
    ) -> Answer:
        answer = self._once(request, before)
        if answer.graph is None:
            return answer
        kept = with_other(answer, graph=None)
        numbers = tensor_numbers(answer.value)
        if len(numbers) != len(request.cotangents):
            return kept
        wanted: dict[int, torch.Tensor] = {}
        for number, cotangent in zip(numbers, request.cotangents):
            # What is no function of the inputs has no gradient: the grader decides.
            if cotangent is not None and answer.differentiable[number]:
                given = request.tensors[cotangent]
                same = number in wanted
                wanted[number] = wanted[number] + given if same else given
        fits = all(answer.tensors[n].shape == c.shape for n, c in wanted.items())
        if not fits or not wanted:
            return kept
        starts = [
            wanted.get(number)
            for number, differentiable in enumerate(answer.differentiable)
            if differentiable
        ]
        found = self.backward(answer.graph, starts)
        self.release([answer.graph])
        if isinstance(found, Thrown):
            return with_other(kept, thrown=found, spent=self.spent)
        return with_other(kept, gradients=found)

    def _once(
        self, request: Request, before: list[torch.Tensor] | None = None
    ) -> Answer:
        """Run one call; ``before`` are copies of its tensors, where there are some."""
        if self._targets.is_missing(request):
            return Answer(missing=self._targets.own_names())
        device = self._use(request.device)
        if before is None:
            before = [] if request.tracked else [t.clone() for t in request.tensors]
        tensors = [device.put(tensor) for tensor in request.tensors]
        leaves = [tensors[index].requires_grad_() for index in request.tracked]
        for index, leaf in zip(request.tracked, leaves):
            tensors[index] = branch(leaf, device)
        given, arguments = Given(tensors, leaves, device), None
        with captured(self.capture) as printed, device.around() as seen:
            try:
                if not request.many:
                    given.args = unpack(request.args, tensors, self._object)
                given.kwargs = unpack(request.kwargs, tensors, self._object)
                arguments = Arguments(given.args, given.kwargs, self._claimed)
                result = self._targets.run(request, given)
            except WeightsMisfit as misfit:
                return Answer(misfit=misfit.facts)
            except (KeyboardInterrupt, Interrupted):
                raise
            except BaseException as error:
                answer = self._failed(error, device, printed.text())
                if arguments is None or self.spent:
                    return answer
                with contextlib.suppress(RuntimeError):  # an earlier one of the device
                    changed, altered = _differences(before, tensors, arguments)
                    answer = with_other(answer, changed=changed, altered=altered)
                return answer
        try:
            changed, altered = _differences(before, tensors, arguments)
            altered += self._overwritten(request, result)
        except RuntimeError as error:  # an earlier one, which was swallowed
            return self._failed(error, device, printed.text())
        answer = self._answer(request, result, leaves, changed, printed.text())
        return with_other(
            answer,
            altered=altered,
            kernels=seen.kernels,
            peak=seen.peak,
            waited=seen.waited,
            waits=self._places(seen),
        )

    def _overwritten(self, request: Request, result: Any) -> list[list[str]]:
        """Whether a function has changed what it gave to the call before.

        On a device nothing is kept: its memory is counted. An object that is given may
        be meant to change, and with it what was told of it.
        """
        kind, *names = request.target
        last, self._last = self._last, None
        if (
            kind != "function"
            or request.many
            or self._device.name != "cpu"
            or not can_change(result)
            or "handle" in kinds_in([request.args, request.kwargs])
        ):
            return []
        self._last = LastAnswer(names[0], result)
        if last is None or last.name != names[0] or not last.is_overwritten():
            return []
        return [[BEFORE, WHAT]]

    def _failed(self, error: BaseException, device: Device, printed: str) -> Answer:
        facts = thrown_facts(error, self.sources)
        self.spent = device.is_spent()
        return Answer(
            thrown=facts, printed=printed, used=self._seen(), spent=self.spent
        )

    def _use(self, name: str) -> Device:
        if self._device.name != name:
            self._device = device_of(name)
        return self._device

    def _places(self, seen: Counted) -> list[str]:
        """``.item() at pooling.py:12`` for each wait in the student's own lines."""
        found = []
        for what, lines in seen.waits:
            own = [(self.sources[f], n) for f, n in lines if f in self.sources]
            found.append(f"{what} at {place_text(*own[0])}" if own else what)
        return found

    def backward(
        self, graph: int, cotangents: list[torch.Tensor | None]
    ) -> list[torch.Tensor | None] | Thrown:
        """Gradients of a call's tracked inputs; None where it does not depend on one.

        The cotangents are those of the differentiable outputs, in order.
        """
        kept = self._graphs[graph]
        device = self._use(kept.outputs[0].device.type)
        with captured(self.capture), device.around():
            try:
                found = kept.gradients(cotangents)
            except (Exception, SystemExit) as error:
                self.spent = device.is_spent()
                return thrown_facts(error, self.sources)
        return [None if g is None else plain_tensor(g) for g in found]

    def release(self, graphs: list[int]) -> None:
        """Forget graphs that nobody will ask for again."""
        self._graphs.release(graphs)

    def forget(self) -> None:
        """Forget every object and graph: a new check begins.

        What code draws at random begins anew, so that a check finds the same again,
        and what it set for all of torch is undone, so that no check pays for another.
        """
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)
        draw_from_the_start()
        self._last = None
        self._held.clear()
        self._graphs.clear()

    def _claimed(self, value: Any) -> Any:
        return self._held.handle(value, keep=False)

    def _object(self, kind: str, number: int) -> Any:
        return self._targets.object(kind, number, self._device)

    def _answer(
        self,
        request: Request,
        result: Any,
        leaves: list[torch.Tensor],
        changed: list[int],
        printed: str,
    ) -> Answer:
        keep = request.keep or self._targets.makes_an_object(request)
        packer = Packer(lambda value: self._held.handle(value, keep))
        try:
            tree = packer.pack(result)
            outputs = packer.tensors
            differentiable = [
                bool(request.tracked) and output.requires_grad for output in outputs
            ]
            graph = None
            if any(differentiable):
                starts = [o for o, keep in zip(outputs, differentiable) if keep]
                graph = self._graphs.keep(starts, leaves)
            devices = [output.device.type for output in outputs]
            plain = [plain_tensor(output) for output in outputs]
        except (Exception, SystemExit) as error:
            return self._failed(error, self._device, printed)
        return Answer(
            value=tree,
            tensors=plain,
            differentiable=differentiable,
            graph=graph,
            changed=changed,
            devices=devices,
            printed=printed,
            used=self._seen(),
        )

    def _seen(self) -> list[str]:
        seen, self.used[:] = sorted(set(self.used)), []
        return seen


def _differences(
    before: list[torch.Tensor], after: list[torch.Tensor], arguments: Arguments
) -> tuple[list[int], list[list[str]]]:
    """What a call changed: numbers of tensors, and other arguments by place."""
    changed = [
        number
        for number, old in enumerate(before)
        if not same_bits(old, on_host(after[number]))
    ]
    return changed, arguments.altered()
