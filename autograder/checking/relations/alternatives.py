"""Relations to other questions: the answer that is right for another argument.

The check's own oracle is asked again with one argument changed. What is said holds in
every call; where the change makes no difference, the answer must be right.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch

from autograder.checking.relations.asked import NO_DEFAULT, parameters_of
from autograder.checking.relations.evidence import Evidence
from autograder.checking.relations.parts import MOST_VALUES, Part
from autograder.checking.truth import replace_tensors
from autograder.verdict import Relation

MOST_CALLS = 120  # of an oracle that makes arrays
MOST_NUMBERS = 20_000  # of calls of one that makes a number
MOST = 1e300  # a larger number has no neighbours that could be told

# ("args", 2), ("kwargs", "stride"); ("both", two of them) for an exchange, ("copy",
# two of them) where the second is given for the first.
Slot = tuple[str, Any]
Change = tuple[Slot, str, Callable[[Any], Any]]
LEFT_OUT = object()


def alternatives(evidence: Evidence) -> Iterator[Relation]:
    """The answer is the right one for stride = 1, or without bias, or for k as q."""
    members = evidence.members
    most = MOST_NUMBERS if evidence.series else MOST_CALLS // 8
    if not evidence.enough() or len(members) > most:
        return
    if any(part.path is None or not _has_oracle(part) for part in members):
        return
    budget = [MOST_CALLS + (2 * len(members) if evidence.series else 0)]
    found: dict[str, Relation] = {}
    for slot, what, change in _changes(members[0]):
        label = _label(members[0], slot)
        if label in found:
            continue
        if all(_answers(part, slot, change, budget) for part in members):
            facts = {"of": evidence.of, "argument": label, "instead": what}
            found[label] = Relation("alternative", facts)
        if len(found) > 1 or budget[0] <= 0:
            break
    # Two that do the same tell nothing, nor does one where not all could be tried.
    if len(found) == 1 and budget[0] > 0:
        yield from found.values()


def _has_oracle(part: Part) -> bool:
    return part.compared is not None and part.compared.oracle is not None


def _changes(part: Part) -> Iterator[Change]:
    """What could be otherwise in this call."""
    assert part.compared is not None
    args, kwargs = part.compared.args, part.compared.kwargs
    slots: list[Slot] = [("kwargs", key) for key in kwargs]
    slots += [("args", index) for index in reversed(range(len(args)))]
    for slot in slots:
        value = _value(part, slot)
        if _is_pair(value):
            yield slot, "reversed", lambda v: type(v)(reversed(v)) if _is_pair(v) else v
            yield slot, "the first", lambda v: _both(v, 0)
            yield slot, "the second", lambda v: _both(v, 1)
        if type(value) is bool:
            yield slot, "turned", lambda v: not v if type(v) is bool else v
        if value is not None and not (slot[0] == "args" and slot[1] == 0):
            yield slot, "left out", lambda v: LEFT_OUT
        if type(value) is int or _is_pair(value):
            yield slot, "0", lambda v: _filled(v, 0)
            yield slot, "1", lambda v: _filled(v, 1)
    if part.truth.ndim == 0:
        numbers = [slot for slot in slots if type(_value(part, slot)) is int]
        for one, other in itertools.permutations(numbers, 2):
            yield ("copy", (one, other)), _label(part, other), lambda v: v
    tensors = [s for s in slots if isinstance(_value(part, s), torch.Tensor)]
    for i, one in enumerate(tensors):
        for other in tensors[i + 1 :]:
            first, second = _value(part, one), _value(part, other)
            if first.shape == second.shape and first.dtype == second.dtype:
                yield ("both", (one, other)), "exchanged", lambda v: v


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, (tuple, list))
        and len(value) == 2
        and all(type(item) is int for item in value)
    )


def _both(value: Any, index: int) -> Any:
    return type(value)([value[index]] * 2) if _is_pair(value) else value


def _filled(value: Any, number: int) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)([number] * len(value))
    return number


def _value(part: Part, slot: Slot) -> Any:
    assert part.compared is not None
    where, key = slot
    if where == "kwargs":
        return part.compared.kwargs.get(key)
    return part.compared.args[key] if key < len(part.compared.args) else None


def _answers(
    part: Part, slot: Slot, change: Callable[[Any], Any], budget: list[int]
) -> bool:
    """Whether this answer is what the oracle gives with the change."""
    assert part.compared is not None
    budget[0] -= 1
    if budget[0] < 0:
        return False
    asked = _asked(part, slot, change)
    if asked is None:
        return False
    args, kwargs = replace_tensors(asked, _copied)
    assert part.compared.oracle is not None
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            value = part.compared.oracle(*args, **kwargs)
        for key in part.path or ():
            value = value[key]
    except Exception:  # the oracle has no answer to that
        return False
    if isinstance(value, torch.Tensor):
        if value.is_complex() or value.numel() > MOST_VALUES:
            return False
        wanted = value.detach().to(torch.float64)
    elif type(value) in (int, float) and part.got.ndim == 0:
        got = float(part.got)
        near = -MOST < value < MOST and abs(got - value) <= part.unit * abs(value)
        return bool(near or got == value)
    else:
        return False
    return part.is_(wanted)


def _asked(
    part: Part, slot: Slot, change: Callable[[Any], Any]
) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    """The arguments with the change; None where there is no such argument."""
    assert part.compared is not None
    args, kwargs = list(part.compared.args), dict(part.compared.kwargs)
    where, key = slot
    if where == "copy":
        (kind, name), other = key
        if kind == "args":
            args[name] = _value(part, other)
        else:
            kwargs[name] = _value(part, other)
        return tuple(args), kwargs
    if where == "both":
        (one, other) = key
        first, second = _value(part, one), _value(part, other)
        for (kind, name), value in ((one, second), (other, first)):
            if kind == "args":
                if name >= len(args):
                    return None
                args[name] = value
            else:
                kwargs[name] = value
        return tuple(args), kwargs
    if where == "kwargs":
        if key in kwargs:
            changed = change(kwargs[key])
            kwargs.pop(key)
            if changed is not LEFT_OUT:
                kwargs[key] = changed
        return tuple(args), kwargs
    if key >= len(args):
        return tuple(args), kwargs
    changed = change(args[key])
    if changed is not LEFT_OUT:
        args[key] = changed
    elif key == len(args) - 1:
        args.pop()
    else:
        assert part.compared.oracle is not None
        parameters = parameters_of(part.compared.oracle)
        default = parameters[key][1] if key < len(parameters) else NO_DEFAULT
        if default is NO_DEFAULT:
            return None
        args[key] = default
    return tuple(args), kwargs


def _copied(tensor: torch.Tensor) -> torch.Tensor:
    plain = tensor.detach()
    return (
        plain.to(torch.float64, copy=True)
        if plain.is_floating_point()
        else plain.clone()
    )


def _label(part: Part, slot: Slot) -> str:
    """The name of what is changed, as the student's function calls it."""
    assert part.compared is not None
    where, key = slot
    if where == "copy":
        return _label(part, key[0])
    if where == "both":
        return " and ".join(_label(part, one) for one in key)
    if where == "kwargs":
        return str(key)
    value = _value(part, slot)
    if isinstance(value, torch.Tensor) and part.asked is not None:
        for name, tensor in part.asked.tensors.items():
            if tensor.data_ptr() == value.data_ptr() and tensor.shape == value.shape:
                return name
    names = part.asked.order if part.asked is not None else ()
    if part.compared.args and isinstance(part.compared.args[0], dict):
        key -= 1  # the weights have names of their own
    return names[key] if key < len(names) else f"argument {key + 1}"
