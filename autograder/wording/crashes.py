"""What torch says of sizes and dtypes that do not fit, in a student's words.

Its own message stays beside these: they say which size was expected and which came,
and where. A message that is not known here gets no words; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from autograder.verdict import Raised
from autograder.wording.clean import one_line
from autograder.wording.counting import counted

Write = Callable[[re.Match[str], str], str]


def in_words(raised: Raised) -> str | None:
    """A sentence without its stop; None where the message is no known one."""
    frame = raised.frames[-1] if raised.frames else None
    place = f" at {one_line(frame.file, 80)}:{frame.line}" if frame else ""
    message = " ".join(raised.message.split())[:1000]
    if (found := _PRODUCT.search(message)) is not None:
        text = _product(found, place, frame.text if frame else "")
        return one_line(text, 300)
    for pattern, write in _KNOWN:
        found = re.search(pattern, message)
        if found is not None:
            return one_line(write(found, place), 300)
    return None


_PRODUCT = re.compile(
    r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)"
)


def _product(found: re.Match[str], place: str, line: str) -> str:
    came, expected = found[2], found[3]
    if re.search(r"@|matmul|\bmm\(|addmm|\bdot\(", line):
        return (
            f"in the product{place} the left matrix has {came} columns and the right "
            f"one {expected} rows; these must be equal"
        )
    return f"the layer{place} expects {expected} features, and {came} came"


def _channels(found: re.Match[str], place: str) -> str:
    size, wanted, came = found[1], found[2], found[3]
    return (
        f"the convolution{place} expects {counted(int(wanted), 'channel')}, and "
        f"{came} came: its input is [{size}]"
    )


def _broadcast(found: re.Match[str], place: str) -> str:
    return (
        f"two tensors meet{place} that do not fit: along axis {found[3]} one has "
        f"{found[1]} places and the other {found[2]}"
    )


def _expanded(found: re.Match[str], place: str) -> str:
    return (
        f"a tensor{place} has {found[2]} places along axis {found[3]}, where "
        f"{found[1]} are needed: [{found[5]}] does not fit [{found[4]}]"
    )


def _reshaped(found: re.Match[str], place: str) -> str:
    sizes = [int(size) for size in re.findall(r"-?\d+", found[1])]
    known = 1
    for size in sizes:
        known *= size if size >= 0 else 1
    count = found[2]
    if -1 in sizes:
        need = f"the shape [{found[1]}] needs a multiple of {known}"
    else:
        need = f"the shape [{found[1]}] needs {known}"
    return f"the tensor that is reshaped{place} holds {count} numbers, and {need}"


def _joined(found: re.Match[str], place: str) -> str:
    return (
        f"the tensors joined{place} must agree on every axis but {found[1]}: the first "
        f"has {found[2]} places there where number {int(found[4]) + 1} has {found[3]}"
    )


def _stacked(found: re.Match[str], place: str) -> str:
    return (
        f"the tensors stacked{place} must have one shape: the first is [{found[1]}], "
        f"and number {int(found[3]) + 1} is [{found[2]}]"
    )


def _batched(found: re.Match[str], place: str) -> str:
    return (
        f"in the batched product{place} the second tensor must begin with "
        f"[{found[1]}], and it begins with [{found[2]}]"
    )


def _recurrent(found: re.Match[str], place: str) -> str:
    return (
        f"the recurrent layer{place} expects {found[1]} features, and {found[2]} came"
    )


def _cell(found: re.Match[str], place: str) -> str:
    return f"the cell{place} expects {found[2]} features, and {found[1]} came"


def _hidden(found: re.Match[str], place: str) -> str:
    return (
        f"the recurrent layer{place} expects a state of [{found[1]}], and [{found[2]}] "
        "came"
    )


def _normalised(found: re.Match[str], place: str) -> str:
    return (
        f"the normalisation{place} expects inputs that end with [{found[1]}], and "
        f"[{found[2]}] came"
    )


def _batch_norm(found: re.Match[str], place: str) -> str:
    return (
        f"the batch normalisation{place} expects {found[2]} channels, and {found[1]} "
        "came"
    )


def _window(found: re.Match[str], place: str) -> str:
    return (
        f"the kernel{place} is {found[2]} and the image with its padding only "
        f"{found[1]}: too little of it is left here"
    )


def _pooled(found: re.Match[str], place: str) -> str:
    return (
        f"the window of the pool{place} does not fit: its input is {found[1]}, "
        "channels first"
    )


def _looked_up(found: re.Match[str], place: str) -> str:
    return (
        f"a number{place} is used as an index and is not below the number of rows of "
        "the table, or below zero"
    )


def _embedded(found: re.Match[str], place: str) -> str:
    return f"the attention{place} expects {found[1]} features, and {found[2]} came"


def _targets(found: re.Match[str], place: str) -> str:
    return (
        f"the loss{place} sees {found[1]} predictions and {found[2]} targets; there "
        "must be one for each"
    )


def _einsum(found: re.Match[str], place: str) -> str:
    return (
        f"in the einsum{place} the letter {found[1]} stands for {found[2]} places in "
        f"one tensor and for {found[3]} in another"
    )


def _ragged(found: re.Match[str], place: str) -> str:
    return (
        f"the lists given to the tensor{place} have unequal lengths along axis "
        f"{found[2]}: {found[1]} and {found[3]}"
    )


def _index(found: re.Match[str], place: str) -> str:
    return (
        f"index {found[1]} is asked for{place}, and axis {found[2]} has {found[3]} "
        "places: the last index is one less"
    )


def _axis(found: re.Match[str], place: str) -> str:
    return (
        f"axis {found[3]} is asked for{place}, and the tensor has axes {found[1]} to "
        f"{found[2]} only"
    )


def _dtypes(found: re.Match[str], place: str) -> str:
    names = [_DTYPES.get(name.lower(), name.lower()) for name in found.groups()[:2]]
    return (
        f"{names[0]} meets {names[1]}{place}: a tensor made on the way may need "
        "dtype=x.dtype"
    )


_DTYPES = {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "bfloat16": "bfloat16",
    "long": "int64",
    "int": "int32",
    "torch.floattensor": "float32",
    "torch.doubletensor": "float64",
}

_KNOWN: tuple[tuple[str, Write], ...] = (
    (
        r"expected input\[([\d, ]+)\] to have (\d+) channels, but got (\d+) channels",
        _channels,
    ),
    (
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at "
        r"non-singleton dimension (\d+)",
        _broadcast,
    ),
    (
        r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\) "
        r"at non-singleton dimension (\d+)\. Target sizes: \[([\d, ]*)\]\. "
        r"Tensor sizes: \[([\d, ]*)\]",
        _expanded,
    ),
    (r"shape '\[([-\d, ]*)\]' is invalid for input of size (\d+)", _reshaped),
    (
        r"must match except in dimension (\d+)\. Expected size (\d+) but got size "
        r"(\d+) for tensor number (\d+)",
        _joined,
    ),
    (
        r"stack expects each tensor to be equal size, but got \[([\d, ]*)\] at entry 0 "
        r"and \[([\d, ]*)\] at entry (\d+)",
        _stacked,
    ),
    (
        r"first two dimensions of batch2 tensor to be: \[([\d, ]+)\] but got: "
        r"\[([\d, ]+)\]",
        _batched,
    ),
    (
        r"input\.size\(-1\) must be equal to input_size\. Expected (\d+), got (\d+)",
        _recurrent,
    ),
    (r"input has inconsistent input_size: got (\d+) expected (\d+)", _cell),
    (r"Expected hidden(?:\[\d\])? size \(([\d, ]+)\), got \[([\d, ]+)\]", _hidden),
    (
        r"expected input with shape \[\*, ([\d, ]+)\], but got input of size ?"
        r"\[([\d, ]+)\]",
        _normalised,
    ),
    (r"running_mean should contain (\d+) elements not (\d+)", _batch_norm),
    (
        r"Calculated padded input size per channel: \(([\dx ]+)\)\. Kernel size: "
        r"\(([\dx ]+)\)",
        _window,
    ),
    (
        r"Given input size: \(([\dx]+)\)\. Calculated output size: \([\dx-]+\)\. "
        r"Output size is too small",
        _pooled,
    ),
    (r"^index out of range in self$", _looked_up),
    (r"was expecting embedding dimension of (\d+), but got (\d+)", _embedded),
    (
        r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)",
        _targets,
    ),
    (
        r"subscript (\w) has size (\d+) for operand \d+ which does not broadcast with "
        r"previously seen size (\d+)",
        _einsum,
    ),
    (r"expected sequence of length (\d+) at dim (\d+) \(got (\d+)\)", _ragged),
    (r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)", _index),
    (
        r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], "
        r"but got (-?\d+)\)",
        _axis,
    ),
    (r"must have the same dtype, but got:? (\w+) (?:and|!=) (\w+)", _dtypes),
    (r"dtypes match, got (\w+) for the destination and (\w+) for the source", _dtypes),
    (r"to have the same dtype, but got: (\w+) != (\w+)", _dtypes),
    (r"expected scalar type (\w+) but found (\w+)", _dtypes),
    (r"Input type \(([\w.]+)\) and (?:weight|bias) type \(([\w.]+)\)", _dtypes),
)
