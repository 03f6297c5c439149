"""Which functions of a source use a forbidden name, by reading it and running nothing.

Names are followed through imports, every statement at the top of the file that may bind
or fill them, helper functions and the submission's own modules. In doubt a name counts.
It is a reading, not a proof: what is built from strings at run time is seen by the
worker's watch only, which is shown and not scored.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from types import ModuleType

from autograder.sources.mentions import ATTRIBUTE, Reading
from autograder.sources.statements import ANY, SPELT, VALUE, WHOLE

# Back doors to the same operators; a name below them counts by its last part.
BACK_DOORS = (
    "torch.ops",
    "torch._C",
    "torch._VF",
    "torch.nn.modules",
    "torch.backends",
)
UNREADABLE = ""  # the key of the sentences on files that cannot be read
LONGEST = 30  # parts of a name; only aliases that go in circles grow beyond


def forbidden_uses(
    sources: Mapping[str, str], module: str, patterns: Iterable[str]
) -> dict[str, list[str]]:
    """For each top-level name of ``module``: the forbidden names that it reaches.

    Two keys are no names: under ``"*"`` is what any name may reach that the module has
    without saying so; under ``""`` are sentences on files that cannot be read, and then
    nothing else is there. ``why_refused`` reads them all.

    Args:
        sources: text of each module of the submission, by name.
        module: the one that is graded.
        patterns: fnmatch patterns of public names, ``torch.nn.Conv*``; one that begins
            with ``torch.Tensor.`` matches that attribute on any value. What is
            forbidden to one function alone has its name in front:
            ``layer_norm: torch.nn.LayerNorm``.
    """
    rules = rules_by_function(patterns)
    if not rules or module not in sources:
        return {}
    try:
        readings = _readings(sources, module)
    except _Unreadable as unreadable:
        return {UNREADABLE: [str(unreadable)]}
    found: dict[str, set[str]] = {}
    for function, those in rules.items():
        search = _Search(readings, those)
        loose = search.reached([(name, ANY) for name in search.readings])
        if function == ANY:
            found[ANY] = _as_spelt(loose)
        for name in search.names(module) if function == ANY else [function]:
            reached = search.reached([(module, name)])
            uses = _as_spelt([*loose, *reached])
            found[name] = found.get(name, set()) | uses
    return {name: sorted(uses) for name, uses in found.items() if uses}


def _as_spelt(uses: Iterable[tuple[str, bool]]) -> set[str]:
    """The names to tell: one that may only be meant goes where one is written.

    ``F.conv2d(x)`` is ``torch.nn.functional.conv2d``; that its last part could be a
    method of a tensor, too, refuses nothing more and would name a call that nobody
    wrote.
    """
    uses = list(uses)
    last = {name.rpartition(".")[2] for name, written in uses if written}
    return {
        name for name, written in uses if written or name.rpartition(".")[2] not in last
    }


def rules_by_function(patterns: Iterable[str]) -> dict[str, list[str]]:
    """Patterns by the function that they are about; those about all under ``"*"``."""
    rules: dict[str, list[str]] = {}
    for pattern in patterns:
        function, _, rule = pattern.rpartition(": ")
        rules.setdefault(function or ANY, []).append(rule)
    return rules


def why_refused(found: Mapping[str, list[str]], function: str) -> str | None:
    """Why the checks of a function are not run, after ``forbidden_uses``; or None."""
    if found.get(UNREADABLE):
        return found[UNREADABLE][0]
    uses = found.get(function) or found.get(ANY)
    return f"{function} uses {', '.join(uses)}" if uses else None


class _Unreadable(Exception):
    """A file of the submission cannot be read; the message says which and why."""


def _readings(sources: Mapping[str, str], graded: str) -> dict[str, Reading]:
    """The module and those of the submission that it imports, directly or not."""
    readings: dict[str, Reading] = {}
    waiting = [graded]
    while waiting:
        name = waiting.pop()
        if name not in sources or name in readings:
            continue
        is_package = any(other.startswith(f"{name}.") for other in sources)
        try:
            readings[name] = Reading(sources[name], name, is_package, graded)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise _Unreadable(_complaint(name, error)) from None
        for dotted in readings[name].modules:
            parts = dotted.split(".")
            waiting += [".".join(parts[: n + 1]) for n in range(len(parts))]
    return readings


def _complaint(name: str, error: BaseException) -> str:
    file = f"{name.replace('.', '/')}.py"
    reason = "it is nested too deeply"
    if isinstance(error, SyntaxError):
        reason = f"{error.msg} (line {error.lineno or 1})"
    elif isinstance(error, ValueError):
        reason = str(error)
    return f"{file} cannot be read for names that are not allowed: {reason}"


class _Search:
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
        return names - {ANY}

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
            imports = any(name in met for name in ("sys.modules", _IMPORT)) or any(
                name == "__import__" for _, name, _, _ in seen
            )
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
                if space in self._spaces or space in self.readings:
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
        return {(self._forbidden(name), name in written) for name in met} - _NOTHING

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

    def _forbidden(self, use: str) -> str:
        """The part of a dotted name that a rule is about; empty where none is."""
        parts = use.split(".")
        lasts = {rule.rpartition(".")[2] for rule in self._rules} - {"*"}
        for count in range(1, len(parts)):
            start, part = ".".join(parts[: count + 1]), parts[count]
            if any(fnmatchcase(start, rule) for rule in self._rules):
                return start
            if part == ANY and any(r.startswith(start[:-1]) for r in self._rules):
                return start
            if start.startswith(BACK_DOORS) and any(
                fnmatchcase(part, last) for last in lasts
            ):
                return start
        return ""


_NOTHING = {("", True), ("", False)}
_IMPORT = "importlib.import_module"


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
