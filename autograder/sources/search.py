"""Names followed through the modules of a submission, to those that rules are about."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from types import ModuleType

from autograder.sources.mentions import ATTRIBUTE, Reading
from autograder.sources.statements import ANY, PERHAPS, SPELT, VALUE, WHOLE
from autograder.sources.torch_names import (
    counts_by_last_part,
    door_in,
    is_forbidden_object,
    is_private_space,
    operator_names,
)

# Namespaces of the same operators, which may be handed on as values.
BACK_DOORS = (
    "torch.ops",
    "torch._C",
    "torch._VF",
    "torch.nn.modules",
    "torch.backends",
)
LONGEST = 30  # parts of a name; only aliases that go in circles grow beyond


class Search:
    """Follows names through the modules of a submission."""

    def __init__(self, readings: dict[str, Reading], rules: list[str]) -> None:
        self.readings = readings
        self._rules = rules
        self._spaces = {
            ".".join(parts[:n])
            for parts in (rule.split(".") for rule in [*rules, *BACK_DOORS])
            for n in range(1, len(parts) + (".".join(parts) in BACK_DOORS))
        }

    def names(self, module: str) -> set[str]:
        """What the module may have at its top, also through ``import *``."""
        names: set[str] = set()
        waiting, seen = [module], set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            reading = self.readings.get(name)
            if reading is None:
                names.update(vars(sys.modules[name]) if name in sys.modules else ())
            else:
                names |= reading.names
                waiting += reading.stars
        return names - {ANY, PERHAPS}

    def reached_by(self, kind: str) -> set[tuple[str, bool]]:
        """What the names reach that no module says it binds; see ``Reading``."""
        return self.reached([(name, kind) for name in self.readings])

    def reached(self, start: list[tuple[str, str]]) -> set[tuple[str, bool]]:
        """The forbidden names among all that some names of the modules reach.

        With each: whether the source leads to it by imports and dots alone, or whether
        it is one of several that an attribute or a text may mean.
        """
        waiting = [(module, name, "", False) for module, name in start]
        seen: set[tuple[str, str, str, bool]] = set()
        met: set[str] = set()  # dotted names of other people's, and own modules
        written: set[str] = set()  # those that no guess was needed for
        tails: set[str] = set()  # attributes of values that nobody knows
        spelt: set[str] = set()
        tried: set[str] = set()

        def meet(dotted: str, sure: bool = True) -> None:
            dotted = _canonical(dotted)
            module, rest = self._own(dotted)
            if rest:
                name, _, tail = rest.partition(".")
                waiting.append((module, name, tail, True))
            else:
                met.add(dotted)
                written.update([dotted] if sure else [])

        while waiting:
            while waiting:
                step = waiting.pop()
                if step in seen or step[2].count(".") > LONGEST:
                    continue
                seen.add(step)
                module, name, tail, outside = step
                tails.update(_ends(tail))
                reading = self.readings[module]
                for dotted in reading.imported(name, outside):
                    meet(_joined(dotted, tail))
                for root, first in reading.aliases.get(name, ()):
                    waiting.append((module, root, _joined(first, tail), False))
                for root, rest in reading.uses.get(name, ()):
                    if root == WHOLE:
                        meet(rest)
                    elif root == VALUE:
                        tails.update(_ends(rest))
                    elif root == SPELT:
                        spelt.add(rest)
                    else:
                        waiting.append((module, root, rest, False))
            # A namespace that is handed on as a value, and an attribute of some value.
            imports = any(name in met for name in _IMPORTS) or any(
                name == "__import__" for _, name, _, _ in seen
            )
            for text in spelt - tried if imports else ():
                tried.add(text)
                if self._forbidden(_canonical(text)):
                    meet(text, sure=False)
            # An attribute that some statement sets on a value that nobody knows.
            parts = {
                part for name in (*met, *tails, *spelt) for part in name.split(".")
            }
            for name, reading in self.readings.items():
                waiting += [
                    (name, ATTRIBUTE + part, "", False)
                    for part in parts
                    if ATTRIBUTE + part in reading.uses
                    and (name, ATTRIBUTE + part, "", False) not in seen
                ]
            for space in [*met, *(spelt if imports else ())]:
                space = space.partition(".__")[0]
                if (
                    space in self._spaces
                    or space in self.readings
                    or is_private_space(space)
                ):
                    for tail in (tails | spelt) - {""}:
                        dotted = f"{space}.{tail}"
                        if dotted not in tried:
                            tried.add(dotted)
                            if self._matters(_canonical(dotted)):
                                meet(dotted, sure=False)
        tensor_rules = [r for r in self._rules if r.startswith("torch.Tensor.")]
        for part in {part for tail in tails for part in tail.split(".")}:
            attribute = f"torch.Tensor.{part}"
            if any(fnmatchcase(attribute, rule) for rule in tensor_rules):
                met.add(attribute)
        sure = {name: name in written for name in met}
        return {(self._forbidden(*one), one[1]) for one in sure.items()} - _NOTHING

    def _own(self, dotted: str) -> tuple[str, str]:
        """A dotted name as the submission's module that it begins with, and the rest.

        An attribute of a package may be a module of its own, so the longest one.
        """
        parts = dotted.split(".")
        for count in range(len(parts), 0, -1):
            module = ".".join(parts[:count])
            if module in self.readings:
                return module, ".".join(parts[count:])
        return "", ""

    def _matters(self, dotted: str) -> bool:
        return (
            dotted in self._spaces
            or bool(self._own(dotted)[0])
            or bool(self._forbidden(dotted))
        )

    def _forbidden(self, use: str, written: bool = False) -> str:
        """The part of a dotted name that a rule is about; empty where none is."""
        parts = use.split(".")
        lasts = {rule.rpartition(".")[2] for rule in self._rules} - {"*"}
        for count in range(1, len(parts)):
            start, part = ".".join(parts[: count + 1]), parts[count]
            if any(fnmatchcase(start, rule) for rule in self._rules):
                return start
            if part == ANY and any(r.startswith(start[:-1]) for r in self._rules):
                return start
            if counts_by_last_part(start, written) and any(
                fnmatchcase(name, last)
                for last in lasts
                for name in operator_names(part)
            ):
                return start
            if is_forbidden_object(start, tuple(self._rules)):
                return start
        return door_in(use)


_NOTHING = {("", True), ("", False)}
_IMPORTS = (
    *("sys.modules", "importlib.import_module", "pkgutil.resolve_name"),
    "pydoc.locate",
)


def _joined(first: str, second: str) -> str:
    return f"{first}.{second}" if first and second else first or second


def _ends(tail: str) -> list[str]:
    """``F.conv2d`` and ``conv2d``: whose attribute F is, nobody knows."""
    parts = tail.split(".")
    return [".".join(parts[n:]) for n in range(len(parts))]


def _canonical(dotted: str) -> str:
    """``torch.nn.functional.torch.conv2d`` is ``torch.conv2d``, where it is loaded."""
    first, *parts = dotted.split(".")
    value: object = sys.modules.get(first)
    for count, part in enumerate(parts):
        if not isinstance(value, ModuleType):
            break
        value = vars(value).get(part)
        if isinstance(value, ModuleType) and value.__name__ in sys.modules:
            dotted = ".".join([value.__name__, *parts[count + 1 :]])
    return dotted
