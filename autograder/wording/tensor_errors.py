"""What torch says of indices, gradients and devices, in a student's words.

Each sentence is true wherever its message comes from, and says what to look for.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from autograder.wording.device_sentences import place_of

Write = Callable[[re.Match[str], str], str]

LEFT_BEHIND = "a tensor made on the way may need device=x.device"


def _index(found: re.Match[str], place: str) -> str:
    index, axis, size = found.groups()
    places = _places(int(size))
    return f"the index {index} is asked for{place}, and axis {axis} {places}"


def _selected(found: re.Match[str], place: str) -> str:
    places = _places(int(found[2]))
    return f"the index {found[1]} is asked for{place}, and the axis {places}"


def _places(size: int) -> str:
    if size == 0:
        return "has no place at all"
    if size == 1:
        return "has 1 place, which is 0"
    return f"has {size} places, 0 to {size - 1}"


def _two_devices(found: re.Match[str], place: str) -> str:
    one, other = sorted(map(place_of, found.groups()[:2]), reverse=True)
    where = f", in {found[3]}" if found[3] else ""
    return f"tensors on {one} and on {other} meet{place}{where}: {LEFT_BEHIND}"


def _one_number(found: re.Match[str], place: str) -> str:
    held = found[1] if found.re.groups else None
    many = f"{held} numbers" if held else "not exactly one"
    return (
        f"one number is asked of a tensor{place} that holds {many}: .item(), int() and "
        "float() need a tensor of one"
    )


# {1} is the first group, {place} is where.
TENSORS: tuple[tuple[str, str | Write], ...] = (
    (
        r"found at least two devices, ([\w:]+) and ([\w:]+)!?"
        r"(?: \(when checking argument for argument \w+ in method (\w+)\))?",
        _two_devices,
    ),
    (
        r"indices should be either on cpu or on the same device as the indexed tensor "
        r"\(cpu\)",
        "a tensor on the CPU is indexed{place} by one that is on the GPU: "
        f"{LEFT_BEHIND}",
    ),
    (
        r"can't convert (?:sim|cuda):\d+ device type tensor to numpy",
        "numpy is asked to take a tensor{place} that is on the GPU, and it knows the "
        "CPU only: torch's own functions run where the tensor is",
    ),
    (
        r"Boolean value of Tensor with more than one value is ambiguous",
        "one yes or no is needed{place}, as `if`, `and`, `in` and Python's own max do, "
        "and a tensor of several came: .any() or .all() make one of them, torch.where "
        "chooses place by place. To ask whether an argument was given: `if bias is not "
        "None`",
    ),
    (
        r"only integer tensors of a single element can be converted to an index",
        "a tensor{place} stands where Python needs one whole number, such as an index "
        "of a list or an end of range, and it holds several numbers or none that is "
        "whole: .tolist() gives its numbers",
    ),
    (r"a Tensor with (\d+) elements cannot be converted to Scalar", _one_number),
    (r"only one element tensors can be converted to Python scalars", _one_number),
    (
        r"a leaf Variable that requires grad is being used in an in-place operation",
        "what is changed in place{place} (+=, x[i] = ..., a name that ends in _) is a "
        "parameter or an input whose gradient is asked for, or a part of one: compute "
        "a new tensor, or change a .clone()",
    ),
    (
        r"modified by an inplace operation: \[[\w.]+ \[([\d, ]*)\]\]",
        "a tensor of [{1}] that the backward needs was changed in place after it had "
        "been used (+=, x[i] = ..., a name that ends in _): compute a new one instead",
    ),
    (
        r"Trying to backward through the graph a second time",
        "a backward{place} comes to a graph that an earlier one used up: each needs a "
        "forward of its own. Is something kept from an earlier step?",
    ),
    (
        r"element 0 of tensors does not require grad",
        "what the backward begins with{place} depends on nothing whose gradient is "
        "asked for: was it detached, made anew by torch.tensor, or computed under "
        "no_grad?",
    ),
    (
        r"grad can be implicitly created only for scalar outputs",
        "the backward begins{place} with a tensor that is not one number: take the sum "
        "or the mean first, or give a gradient of its shape",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "numpy is asked to take a tensor{place} whose gradient is asked for, and "
        "nothing flows back through numpy: compute it with torch",
    ),
    (
        r"index (-?\d+) is out of bounds for (?:dimension|axis) (\d+) with size (\d+)",
        _index,
    ),
    (r"INDICES element is out of DATA bounds, id=(-?\d+) axis_dim=(\d+)", _selected),
    (
        r"tried to access index (-?\d+) on a tensor of (\d+) elements",
        "the index {1} is asked for{place}, and the tensor holds {2} numbers",
    ),
    (
        r"^Index tensor must have the same number of dimensions as ",
        "the index tensor{place} must have as many axes as the tensor that it is used "
        "on: gather and scatter add none",
    ),
    (
        r"Size does not match at dimension \d+ expected index \[([\d, ]*)\] to be no "
        r"larger than self \[([\d, ]*)\] apart from dimension (\d+)",
        "the index tensor{place} is [{1}], and on each axis but {3} it may be no "
        "larger than [{2}]",
    ),
    (
        r"(\w+)\(\): Expected dtype int(?:32/int)?64 for index",
        "the index of {1}{place} must hold whole numbers: .long() makes them int64",
    ),
    (
        r"tensors used as indices must be long",
        "a tensor{place} is used as an index and holds neither whole numbers nor "
        "booleans",
    ),
    (
        r"too many indices for tensor of dimension (\d+)",
        "a tensor{place} is given more indices than its number of axes, which is {1}",
    ),
    (
        r"^Target (-?\d+) is out of bounds",
        "a target{place} is class {1}, for which there is no logit: C classes are "
        "numbered from 0 to C - 1",
    ),
    (
        r"view size is not compatible with input tensor's size and stride",
        "view{place} cannot give this shape without moving numbers in memory: "
        ".reshape moves them where it must",
    ),
)
