"""What Python says of names, calls and types that do not fit, in a student's words.

Each sentence is true wherever its message comes from, and says what to look for.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from autograder.tables import counted

Write = Callable[[re.Match[str], str], str]


def _needs(found: re.Match[str], place: str) -> str:
    function, name, wanted, came = found.groups()
    return (
        f"{function}{place} needs a value of type {wanted} for `{name}`, and one of "
        f"type {came} came"
    )


def _operands(found: re.Match[str], place: str) -> str:
    operator, left, right = found.groups()
    text = f"`{operator}`{place} is not defined between type {left} and type {right}"
    if {left, right} & {"list", "tuple"}:
        text += "; torch.tensor makes a tensor of a list of numbers"
    return text


def _joined(found: re.Match[str], place: str) -> str:
    left, right = found.groups()
    text = f"`+`{place} joins a {left} to another {left} only, and type {right} came"
    if left == "tuple":
        text += "; max along an axis, for one, returns a tuple"
    return text


def _whole(found: re.Match[str], place: str) -> str:
    text = (
        f"something of type {found[1]} stands{place} where a whole number is needed, a "
        "size or an end of range"
    )
    if found[1] == "float":
        text += ": `/` gives a float even where nothing is left over, `//` none"
    return text


def _too_few(found: re.Match[str], place: str) -> str:
    values = counted(int(found[2]), "value")
    return f"there are {found[1]} names to the left{place} and only {values} for them"


def _attribute(found: re.Match[str], place: str) -> str:
    owner, name = found.groups()
    if owner in _NO_TENSORS:
        return f"what is asked for .{name}{place} is of type {owner}, and no tensor"
    text = f"something of type {owner} is asked for .{name}{place} and has none"
    if owner in ("Tensor", "Parameter"):
        return text
    return f"{text}: is it set in __init__, and spelt so?"


_NO_TENSORS = ("list", "tuple", "int", "float", "bool", "str", "dict", "numpy.ndarray")
_WITH_INDICES = "max|min|median|nanmedian|mode|kthvalue|sort|topk|cummax|cummin"

# Matched against type and message: {1} is the first group, {place} is where.
PYTHON: tuple[tuple[str, str | Write], ...] = (
    (
        rf"torch\.return_types\.({_WITH_INDICES})\b",
        "{1} along an axis gives two tensors{place}, values and indices: take .values, "
        "or the first of the two",
    ),
    (
        r"'NoneType' object has no attribute '(\w+)'",
        "what is asked for .{1}{place} is None: which argument may be None, which "
        "function returned nothing, or what was not set yet?",
    ),
    (
        r"'NoneType'|not NoneType\b",
        "something{place} is None where a value is needed: which argument may be None, "
        "which function returned nothing, or what was not set yet?",
    ),
    (
        r"^KeyError: ((?!.* empty\b).+)$",
        "nothing is stored under the key {1} where it is looked up{place}: compare the "
        "spelling of the keys that there are; if the key may be missing, "
        "`.get(key, default)` answers all the same",
    ),
    (
        r"^TypeError: ([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'",
        "{1} is called with {2}=...{place} and takes nothing of this name: compare the "
        "call with the line that defines it",
    ),
    (
        r"^TypeError: ([\w.<>]+)\(\) missing \d+ required (?:positional|keyword-only) "
        r"arguments?: (.+)$",
        "{1} is called{place} without a value for {2}: compare the call with the line "
        "that defines it",
    ),
    (
        r"^TypeError: (\w+)\(\) received an invalid combination of arguments - got "
        r"\((.*?)\), but expected",
        "{1} is called{place} with ({2}), and takes other arguments: compare their "
        "names, order and types with those in the message",
    ),
    (
        r"^TypeError: (\w+)\(\): argument '(\w+)'(?: \(position \d+\))? must be (.+?), "
        r"not (\S+)$",
        _needs,
    ),
    (
        r"^TypeError: unhashable type: '([\w.]+)'",
        "something of type {1} stands{place} where a key is needed, of a dict or in a "
        "set; keys must never change, as a tuple of numbers never does",
    ),
    (
        r"^TypeError: can't multiply sequence by non-int of type '([\w.]+)'",
        "a list, tuple or text is multiplied by type {1}{place}; that repeats it, by a "
        "whole number only. torch.tensor makes a tensor of a list of numbers",
    ),
    (
        r"^TypeError: can only concatenate (\w+) \(not \"([\w.]+)\"\) to \w+",
        _joined,
    ),
    (
        r"^TypeError: unsupported operand type\(s\) for ([^:]+): '([\w.]+)' and "
        r"'([\w.]+)'",
        _operands,
    ),
    (
        r"^TypeError: '([\w.]+)' object cannot be interpreted as an integer",
        _whole,
    ),
    (
        r"^TypeError: '([\w.]+)' object is not callable",
        "something of type {1} is called as a function is{place}: are square brackets "
        "meant, or is a `*` missing?",
    ),
    (
        r"^TypeError: '([\w.]+)' object is not subscriptable",
        "a part is asked for, as x[i] does, of something of type {1}{place}, which has "
        "no parts",
    ),
    (
        r"^ValueError: not enough values to unpack \(expected (?:at least )?(\d+), got "
        r"(\d+)\)",
        _too_few,
    ),
    (
        r"^ValueError: too many values to unpack \(expected (\d+)",
        "there are {1} names to the left{place} and more values than that; x.shape has "
        "one for each axis",
    ),
    (
        r"^AttributeError: '([\w.]+)' object has no attribute '(\w+)'",
        _attribute,
    ),
    (
        r"^IndexError: (list|tuple|string|range object)(?: assignment)? index out of "
        r"range",
        "an index{place} lies beyond the end of a {1}: the last one is its length less "
        "one",
    ),
    (
        r"^RecursionError: ",
        "calls within calls go deeper than Python allows{place}: a function that calls "
        "itself needs a case in which it does not",
    ),
)
