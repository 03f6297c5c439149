"""A tensor on the simulated device: torch sees ``sim:0``, the values are the CPU's."""

from __future__ import annotations

import copy
from typing import Any

import torch

from autograder.simulated.counting import COUNTS, Memory
from autograder.simulated.placement import not_numpy

__tracebackhide__ = True  # pytest ends at the student's line; its debugger, below


class SimTensor(torch.Tensor):
    """A view of the device's memory, laid out as ``sim_values`` is."""

    sim_values: torch.Tensor
    sim_memory: Memory | None = None  # None: not taken while anybody counted

    # Nothing is changed on the way to the dispatcher: subclass or not must not show.
    __torch_function__: Any = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, values: torch.Tensor) -> SimTensor:
        """Wrap a plain CPU tensor, which then belongs to the device."""
        make: Any = torch.Tensor._make_wrapper_subclass
        made: SimTensor = make(
            cls,
            values.size(),
            strides=values.stride(),
            storage_offset=values.storage_offset(),
            dtype=values.dtype,
            device=_device(),
        )
        made.sim_values = values
        return made

    def __init__(self, values: torch.Tensor) -> None:
        """Nothing is left to do."""

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Every operator with such a tensor among its arguments comes here."""
        __tracebackhide__ = True
        return _dispatch()(func, args, kwargs or {})

    # nn.Module.to exchanges the contents of a parameter that has these two, so that an
    # optimizer, or a second module, keeps it; as `.data =` does it on CUDA.
    def __tensor_flatten__(self) -> tuple[list[str], None]:
        """The parts of this tensor."""
        return ["sim_values"], None

    @staticmethod
    def __tensor_unflatten__(
        parts: dict[str, torch.Tensor], meta: Any, size: Any, stride: Any
    ) -> SimTensor:
        """The tensor of these parts."""
        return SimTensor(parts["sim_values"])

    @property
    def data(self) -> Any:
        """The values without their history."""
        return torch.Tensor.data.__get__(self)  # type: ignore[attr-defined]

    @data.setter
    def data(self, new: torch.Tensor) -> None:
        set_data(self, new)

    def numpy(self, *, force: bool = False) -> Any:
        """Refused, as on CUDA; the values where the device is taken for the host."""
        __tracebackhide__ = True
        if force and COUNTS.is_host:
            return self.sim_values.detach().numpy()
        if force:
            return self.detach().cpu().numpy()
        if self.requires_grad:
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. Use "
                "tensor.detach().numpy() instead."
            )
        if COUNTS.is_host:
            return self.sim_values.numpy()
        raise TypeError(not_numpy(self.device))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def tolist(self) -> Any:
        """The values as Python's numbers; the host waits for them."""
        COUNTS.wait(".tolist()")
        return self.sim_values.tolist()

    def __format__(self, form: str) -> str:
        if self.dim() == 0:
            return format(self.item(), form)
        return object.__format__(self, form)

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        COUNTS.wait("print()")
        text = repr(self.sim_values.detach())
        end = f", device='{self.device}'"
        if self.grad_fn is not None:
            end += f", grad_fn=<{self.grad_fn.name()}>"
        elif self.requires_grad:
            end += ", requires_grad=True"
        text = text[:-1] + end + ")"
        if isinstance(self, torch.nn.Parameter):
            return f"Parameter containing:\n{text}"
        return text

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """A copy of the memory, which views of it in the same copy share."""
        if id(self) in memo:
            return memo[id(self)]
        if not self.is_leaf:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support "
                "the deepcopy protocol at the moment."
            )
        state = dict(self.__dict__)
        made = SimTensor(copy.deepcopy(state.pop("sim_values").detach(), memo))
        if state.pop("sim_memory", None) is not None:
            made.sim_memory = Memory(made.sim_values.untyped_storage().nbytes())
        memo[id(self)] = made
        made.__dict__.update(copy.deepcopy(state, memo))
        made.requires_grad_(self.requires_grad)
        if self.grad is not None:
            made.grad = copy.deepcopy(self.grad, memo)
        return made

    def __reduce_ex__(self, protocol: Any) -> Any:
        state = dict(self.__dict__)
        values = state.pop("sim_values")
        state.pop("sim_memory", None)
        return restored, (values, self.requires_grad, state)


def restored(values: torch.Tensor, requires_grad: bool, state: dict[str, Any]) -> Any:
    """The tensor that was saved."""
    made = SimTensor(values)
    made.requires_grad_(requires_grad)
    made.__dict__.update(state)
    return made


def mark(tensor: SimTensor) -> None:
    """Take over what says that the memory of a view holds values of the other sign.

    torch reads these marks before it calls an operator: of complex values turned
    around, and of their imaginary parts.
    """
    if tensor.sim_values.is_conj():
        torch._C._set_conj(tensor, True)
    if tensor.sim_values.is_neg():
        torch._C._set_neg(tensor, True)


def refit(tensor: SimTensor) -> None:
    """Give a tensor the shape that its values have come to have."""
    values = tensor.sim_values
    if tensor.shape != values.shape or tensor.stride() != values.stride():
        torch.Tensor.data.__set__(tensor, SimTensor(values))  # type: ignore[attr-defined]


def set_data(tensor: torch.Tensor, new: torch.Tensor) -> None:
    """``tensor.data = new``, wherever the two of them are."""
    if isinstance(tensor, SimTensor) and isinstance(new, SimTensor):
        torch.Tensor.data.__set__(tensor, new)  # type: ignore[attr-defined]
        tensor.sim_values, tensor.sim_memory = new.sim_values, new.sim_memory
        return
    become(tensor, new)


def become(tensor: torch.Tensor, new: torch.Tensor) -> None:
    """Exchange a tensor's contents for those of another one on another device."""
    made = new.detach()
    if isinstance(tensor, torch.nn.Parameter):
        made = torch.nn.Parameter(made, requires_grad=tensor.requires_grad)
    else:
        made.requires_grad_(tensor.requires_grad)
    swap: Any = torch.utils.swap_tensors
    swap(tensor, made)


_LATE: list[Any] = []


def _dispatch() -> Any:
    """``dispatching.dispatch``, which needs this module."""
    if not _LATE:
        from autograder.simulated.dispatching import dispatch

        _LATE.append(dispatch)
    return _LATE[0]


_DEVICES: list[torch.device] = []


def _device() -> torch.device:
    """``sim:0``, a name that torch knows only once it is registered."""
    if not _DEVICES:
        _DEVICES.append(torch.device("sim:0"))
    return _DEVICES[0]
