"""What an exception says, in a student's words; here of sizes and dtypes.

Its own message stays beside these: they say which size was expected and which came,
and where. A message that is not known here gets no words; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from autograder.tables import counted
from autograder.verdict import Raised
from autograder.wording.clean import one_line
from autograder.wording.device_sentences import place_of
from autograder.wording.python_errors import PYTHON
from autograder.wording.tensor_errors import LEFT_BEHIND, TENSORS

Write = Callable[[re.Match[str], str], str]


def in_words(raised: Raised) -> str | None:
    """A sentence without its stop; None where the message is no known one."""
    frame = raised.frames[-1] if raised.frames else None
    place = f" at {one_line(frame.place, 100)}" if frame else ""
    if frame is not None and frame.text.strip().startswith("raise"):
        return None  # the words are the student's own
    message = " ".join(raised.message.split())[:1000]
    if (found := _PRODUCT.search(message)) is not None:
        text = _product(found, place, frame.text if frame else "")
        return one_line(text, 300)
    typed = f"{raised.type}: {message}"
    known = [(typed, PYTHON), (message, TENSORS), (message, _KNOWN)]
    for text, pattern, write in ((t, *entry) for t, table in known for entry in table):
        found = re.search(pattern, text)
        if found is not None:
            if isinstance(write, str):
                return one_line(write.format(*_groups(found), place=place), 300)
            return one_line(write(found, place), 300)
    return None


def _groups(found: re.Match[str]) -> tuple[str, ...]:
    """The match and its groups, by number."""
    return found[0], *found.groups()


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


def _dtypes(found: re.Match[str], place: str) -> str:
    texts = [name.lower() for name in found.groups()[:2]]
    on_a_gpu = [name.startswith(("torch.sim.", "torch.cuda.")) for name in texts]
    if on_a_gpu[0] is not on_a_gpu[1]:
        where = [
            place_of(name.split(".")[1] if gpu else "cpu")
            for name, gpu in zip(texts, on_a_gpu)
        ]
        return f"a tensor on {where[0]} meets one on {where[1]}{place}: {LEFT_BEHIND}"
    plain = [re.sub(r"^torch\.(sim|cuda)\.", "torch.", name) for name in texts]
    names = [_SPELT.get(name, name) for name in plain]
    meeting = f"{names[0]} meets {names[1]}{place}"
    if any(name.startswith(("int", "uint", "bool")) for name in names):
        return f"{meeting}: which of them should have been made or converted otherwise?"
    return f"{meeting}: a tensor made on the way may need dtype=x.dtype"


_SPELT = {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "bfloat16": "bfloat16",
    "long": "int64",
    "int": "int32",
    "torch.floattensor": "float32",
    "torch.doubletensor": "float64",
    "torch.longtensor": "int64",
    "torch.inttensor": "int32",
}

# A message of torch's, and its words: {1} is the first group, {place} is where.
_KNOWN: tuple[tuple[str, str | Write], ...] = (
    (
        r"expected input\[([\d, ]+)\] to have (\d+) channels, but got (\d+) channels",
        _channels,
    ),
    (
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at "
        r"non-singleton dimension (\d+)",
        "two tensors meet{place} that do not fit: along axis {3} one has {1} "
        "places and the other {2}",
    ),
    (
        r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\) "
        r"at non-singleton dimension (\d+)\. Target sizes: \[([\d, ]*)\]\. "
        r"Tensor sizes: \[([\d, ]*)\]",
        "a tensor{place} has {2} places along axis {3}, where {1} are needed: "
        "[{5}] does not fit [{4}]",
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
        "in the batched product{place} the second tensor must begin with "
        "[{1}], and it begins with [{2}]",
    ),
    (
        r"input\.size\(-1\) must be equal to input_size\. Expected (\d+), got (\d+)",
        "the recurrent layer{place} expects {1} features, and {2} came",
    ),
    (
        r"input has inconsistent input_size: got (\d+) expected (\d+)",
        "the cell{place} expects {2} features, and {1} came",
    ),
    (
        r"Expected hidden(?:\[\d\])? size \(([\d, ]+)\), got \[([\d, ]+)\]",
        "the recurrent layer{place} expects a state of [{1}], and [{2}] came",
    ),
    (
        r"expected input with shape \[\*, ([\d, ]+)\], but got input of size ?"
        r"\[([\d, ]+)\]",
        "the normalisation{place} expects inputs that end with [{1}], and [{2}] came",
    ),
    (
        r"running_mean should contain (\d+) elements not (\d+)",
        "the batch normalisation{place} expects {2} channels, and {1} came",
    ),
    (
        r"Calculated padded input size per channel: \(([\dx ]+)\)\. Kernel size: "
        r"\(([\dx ]+)\)",
        "the kernel{place} is {2} and the image with its padding only {1}: "
        "too little of it is left here",
    ),
    (
        r"Given input size: \(([\dx]+)\)\. Calculated output size: \([\dx-]+\)\. "
        r"Output size is too small",
        "the window of the pool{place} does not fit: its input is {1}, channels first",
    ),
    (
        r"^index out of range in self$",
        "a number{place} is used as an index and is not below the number of "
        "rows of the table, or below zero",
    ),
    (
        r"was expecting embedding dimension of (\d+), but got (\d+)",
        "the attention{place} expects {1} features, and {2} came",
    ),
    (
        r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)",
        "the loss{place} sees {1} predictions and {2} targets; there must be "
        "one for each",
    ),
    (
        r"subscript (\w) has size (\d+) for operand \d+ which does not broadcast with "
        r"previously seen size (\d+)",
        "in the einsum{place} the letter {1} stands for {2} places in one "
        "tensor and for {3} in another",
    ),
    (
        r"expected sequence of length (\d+) at dim (\d+) \(got (\d+)\)",
        "the lists given to the tensor{place} have unequal lengths along axis "
        "{2}: {1} and {3}",
    ),
    (
        r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], "
        r"but got (-?\d+)\)",
        "the axis {3} is asked for{place}, and the tensor has axes {1} to {2} only",
    ),
    (r"must have the same dtype, but got:? (\w+) (?:and|!=) (\w+)", _dtypes),
    (r"dtypes match, got (\w+) for the destination and (\w+) for the source", _dtypes),
    (r"to have the same dtype, but got: (\w+) != (\w+)", _dtypes),
    (r"expected scalar type (\w+) but found (\w+)", _dtypes),
    (r"Input type \(([\w.]+)\) and (?:weight|bias) type \(([\w.]+)\)", _dtypes),
)
