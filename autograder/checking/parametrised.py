"""The cases of a check: those of its ``pytest.mark.parametrize`` marks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from autograder.checking.case import case_label


@dataclass(frozen=True)
class Case:
    """One set of parametrised arguments."""

    id: str
    arguments: dict[str, Any] = field(hash=False)


def cases_of(body: Any) -> list[Case]:
    """The product of a function's ``pytest.mark.parametrize`` marks, as pytest's."""
    axes: list[list[Case]] = []
    for mark in getattr(body, "pytestmark", []):
        if mark.name != "parametrize":
            continue
        names, values = mark.args[:2]
        ids = mark.kwargs.get("ids")
        if isinstance(names, str):
            names = [n.strip() for n in names.split(",")]
            if len(names) == 1:  # only then pytest takes each value as it is
                values = [v if _is_param(v) else (v,) for v in values]
        axes.append([_case(list(names), v, i, ids) for i, v in enumerate(values)])
    cases = []
    for combination in itertools.product(*axes):
        arguments: dict[str, Any] = {}
        for part in combination:
            arguments.update(part.arguments)
        cases.append(Case("-".join(part.id for part in combination), arguments))
    return cases


def case_id(body: Any, arguments: dict[str, Any]) -> str:
    """The id of the case with these parametrised arguments."""
    for case in cases_of(body):
        if case.arguments.keys() == arguments.keys() and all(
            case.arguments[name] is value or case.arguments[name] == value
            for name, value in arguments.items()
        ):
            return case.id
    return ""


def _case(names: list[str], value: Any, index: int, ids: Any) -> Case:
    label = None
    if _is_param(value):
        label, value = value.id, value.values
    arguments = dict(zip(names, value))
    if label is None and ids is not None:
        label = "-".join(map(str, map(ids, value))) if callable(ids) else ids[index]
    if label is None:
        label = case_label({name: arguments[name] for name in names})
    return Case(str(label), arguments)


def _is_param(value: Any) -> bool:
    """Whether it is a ``pytest.param``; some tensors and tables have one of the two."""
    return hasattr(value, "marks") and hasattr(value, "values")
