"""Names of the parts of an answer: ``grad_bias`` rather than ``output[2]``.

They stand in the docstring, which the student's copy has as well: under ``Returns:``,
the tuple with which the text begins, such as ``(grad_x, grad_weight, grad_bias)``.
"""

from __future__ import annotations

import functools
import inspect
import re
from types import ModuleType
from typing import Any

from autograder.checking.case import GRADIENT, CaseRun, current

_SECTION = re.compile(r"^Returns:[ \t]*\n?(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_TUPLE = re.compile(r"(?:(?:a|the) )?(?:tuple )?`+\(([a-zA-Z_]\w*(?:,\s*\w+)+)\)`+")
_SHAPES = ".named_parameters"  # what ``parameter_shapes`` asks


def part_of(of: str, key: Any) -> str:
    """The name of a part of an answer, ``output[2]`` where it has none.

    Args:
        of: what it is a part of, such as ``the output``.
        key: the index or key of the part.
    """
    if of != "the output":
        return f"{of}[{key!r}]"
    run: CaseRun | None
    try:
        run = current()
    except RuntimeError:  # compared outside a check
        run = None
    if isinstance(key, str) and run is not None and _asked_for_shapes(run):
        return f"the shape of {key}"
    if isinstance(key, str) and key.isidentifier():
        return key
    names = names_of_parts(run) if run is not None else []
    if type(key) is int and key < len(names):
        return names[key]
    return f"output[{key!r}]"


def output_names(module: ModuleType, function: str) -> list[str]:
    """The names of the parts of what ``conv2d_backward`` or ``LSTM.forward`` returns.

    Empty where its docstring gives none.
    """
    found: object = module
    for part in function.split("."):
        found = getattr(found, part, None)
    return list(_named_in(inspect.getdoc(found) or ""))


@functools.lru_cache(maxsize=256)
def _named_in(docstring: str) -> tuple[str, ...]:
    section = _SECTION.search(docstring)
    found = _TUPLE.match(section[1].strip()) if section else None
    names = re.split(r",\s*", found[1]) if found else []
    # (N, C) is a shape.
    is_shape = any(len(name) == 1 and name.isupper() for name in names)
    return () if is_shape else tuple(names)


def _asked_for_shapes(run: CaseRun) -> bool:
    return bool(run.events) and run.events[-1].function.endswith(_SHAPES)


def names_of_parts(run: CaseRun) -> list[str]:
    """Of the last call, where as many parts came as there are names."""
    calls = [event for event in run.events if event.function != GRADIENT]
    if not calls or calls[-1].many:
        return []
    value = calls[-1].answer.value
    parts = value.get("tuple") if isinstance(value, dict) else value
    if not isinstance(parts, list):
        return []
    function = calls[-1].function
    names = run.output_names(function) or run.output_names(f"{function}.forward")
    return names if len(parts) == len(names) else []
