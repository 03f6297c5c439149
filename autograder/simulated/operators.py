"""What is known of each operator, from its schema, once for all of its calls."""

from __future__ import annotations

from typing import Any

import torch

# Operators that give memory, or another name to it, and launch nothing.
_NO_KERNEL = {
    "_linalg_check_errors",
    "_local_scalar_dense",
    "_pin_memory",
    "detach",
    "detach_",
    "empty",
    "empty_like",
    "empty_strided",
    "equal",
    "lift_fresh",
    "new_empty",
    "new_empty_strided",
    "requires_grad_",
}
# Where the host cannot go on before it has read something from the device: as
# torch.cuda.set_sync_debug_mode has them.
_WAITS = {
    "_linalg_check_errors": "an error check of torch.linalg",
    "_linalg_eigh": "an error check of torch.linalg",
    "_linalg_svd": "an error check of torch.linalg",
    "_local_scalar_dense": ".item() or bool()",
    "_unique2": ".unique()",
    "bincount": ".bincount()",
    "equal": "torch.equal()",
    "masked_select": ".masked_select()",
    "nonzero": ".nonzero()",
    "repeat_interleave": ".repeat_interleave()",
    "unique_consecutive": ".unique_consecutive()",
    "unique_dim": ".unique()",
}
# Whose result lies in the memory of the argument, though the schema does not say so.
_SHARES = {"_unsafe_view", "detach", "detach_", "lift_fresh", "requires_grad_"}
# Whose kernels and waits depend on what their arguments are.
_COUNT_BY_ARGUMENTS = ("_index_put", "copy_", "fill_", "index", "masked_fill")
# Which CUDA has for numbers with a point only, by the name that its message gives them.
_NO_INTEGERS = {
    "addbmm": "addmm_cuda",
    "addmm": "addmm_cuda",
    "addmv": "addmv_impl_cuda",
    "baddbmm": "baddbmm_cuda",
    "bmm": "baddbmm_cuda",
    "dot": "dot",
    "mm": "addmm_cuda",
    "mv": "addmv_impl_cuda",
    "vdot": "vdot",
}
_RESHAPES = {"resize_", "resize_as_", "set_"}


class Operator:
    """One overload of one operator."""

    __slots__ = (
        "allocates",
        "arguments",
        "counts_alone",
        "launches",
        "name",
        "no_integers",
        "pointwise",
        "reshapes",
        "returned",
        "wait",
        "written",
    )

    def __init__(self, func: Any) -> None:
        schema = func._schema
        self.name = schema.name.removeprefix("aten::")
        self.arguments = [argument.name for argument in schema.arguments]
        self.written = [
            (number, argument.name)
            for number, argument in enumerate(schema.arguments)
            if argument.alias_info is not None and argument.alias_info.is_write
        ]
        self.returned = [_written_as(output, schema) for output in schema.returns]
        packet = func.overloadpacket
        self.pointwise = any(
            torch.Tag.pointwise in getattr(packet, overload).tags
            for overload in packet.overloads()
        )
        view = not self.written and any(
            r.alias_info is not None for r in schema.returns
        )
        reshapes = torch.Tag.inplace_view in func.tags or self.name in _RESHAPES
        # Their outputs take the shape of the result; in-place operators keep theirs.
        outputs = self.written and not self.name.endswith("_")
        self.reshapes = reshapes or bool(outputs)
        self.launches = not (view or reshapes or self.name in _NO_KERNEL)
        # A view gives memory another name; an in-place operator returns its argument.
        self.allocates = not (view or reshapes or self.name in _SHARES)
        self.wait = _WAITS.get(self.name)
        asks = self.wait is not None or self.name.startswith(_COUNT_BY_ARGUMENTS)
        self.counts_alone = not asks
        self.no_integers = _NO_INTEGERS.get(self.name.removesuffix("_"))


def _written_as(output: Any, schema: Any) -> tuple[int, str] | None:
    """The argument that an output is, where the operator writes into it."""
    if output.alias_info is None or not output.alias_info.is_write:
        return None
    names = output.alias_info.before_set
    for number, argument in enumerate(schema.arguments):
        if argument.alias_info is not None and argument.alias_info.before_set & names:
            return number, argument.name
    return None


_KNOWN: dict[Any, Operator] = {}


def known(func: Any) -> Operator:
    """The operator, looked at once."""
    found = _KNOWN.get(func)
    if found is None:
        found = _KNOWN[func] = Operator(func)
    return found
