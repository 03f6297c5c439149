"""Names followed through the modules of a submission, to those that rules are about."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import ModuleType

from autograder.sources.doubts import BESIDE, IMPORTED, TAKEN, USED, of_builtin
from autograder.sources.given_texts import (
    MADE,
    imports,
    is_made,
    operators_in,
    read_by_text,
    told,
)
from autograder.sources.mentions import ATTRIBUTE, Reading
from autograder.sources.statements import ANY, PERHAPS, SPELT, VALUE, WHOLE
from autograder.sources.torch_names import (
    BACK_DOORS,
    counts_by_last_part,
    door_of_texts,
    gives_anything,
    is_forbidden_object,
    is_of_engine,
    is_on_autograd,
    is_private_space,
    operator_names,
)

LONGEST = 30  # parts of a name; only aliases that go in circles grow beyond


@dataclass(frozen=True)
class Reached:
    """What names lead to.

    Attributes:
        uses: forbidden names. With each: whether the source leads to it by imports and
            dots alone, or whether it is one of several that an attribute may mean.
        unclear: what is done on the way of which reading cannot tell where it leads, in
            words that follow a name: "uses torch._VF".
    """

    uses: set[tuple[str, bool]]
    unclear: set[str]


class Search:
    """Follows names through the modules of a submission."""

    def __init__(self, readings: dict[str, Reading], rules: list[str]) -> None:
        self.readings = readings
        self._rules = rules
        self._asked: set[str] = set()  # own modules that are being gone through
        self._any: dict[str, bool] = {}  # what came of others, as far as is known
        self._is_on_autograd = is_on_autograd(rules)
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

    def reached_by(self, kind: str) -> Reached:
        """What the names reach that no module says it binds; see ``Reading``."""
        return self.reached([(name, kind) for name in self.readings])

    def reached(self, start: list[tuple[str, str]]) -> Reached:
        """What some names of the modules reach, of all that the rules are about."""
        waiting = [(module, name, "", False) for module, name in start]
        seen: set[tuple[str, str, str, bool]] = set()
        met: set[str] = set()  # dotted names of other people's, and own modules
        written: set[str] = set()  # those that no guess was needed for
        tails: set[str] = set()  # attributes of values that nobody knows
        spelt: set[str] = set()
        tried: set[str] = set()
        unclear: set[str] = set()

        def meet(dotted: str, sure: bool = True) -> None:
            while by_text := read_by_text(dotted):
                dotted = by_text
            dotted = _canonical(dotted)
            module, rest = self._own(dotted)
            if rest:
                name, _, tail = rest.partition(".")
                waiting.append((module, name, tail, True))
                if name == MADE and self._any_of(module):
                    unclear.add(TAKEN.format(module))
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
                if name not in reading.names:
                    unclear |= of_builtin(name, tail)
                    if name == "__import__" and (text := told(tail)[1]):
                        meet(text)
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
            # A namespace that is handed on as a value, and an attribute of some value.
            for space in map(_handed_on, list(met)):
                if not self._is_space(space):
                    continue
                for tail in tails - {""}:
                    dotted = f"{space}.{tail}"
                    if dotted not in tried:
                        tried.add(dotted)
                        if self._matters(_canonical(dotted)):
                            meet(dotted, sure=False)
                unclear |= {
                    BESIDE.format(space, text)
                    for text in spelt
                    if self._forbidden(_canonical(f"{space}.{text}"))
                }
        tensor_rules = [r for r in self._rules if r.startswith("torch.Tensor.")]
        for part in {part for tail in tails for part in tail.split(".")}:
            attribute = f"torch.Tensor.{part}"
            if any(fnmatchcase(attribute, rule) for rule in tensor_rules):
                met.add(attribute)
        sure = {name: name in written for name in met}
        uses = {(self._forbidden(*one), one[1]) for one in sure.items()} - _NOTHING
        for dotted in met:
            unclear |= self._doubts(dotted)
        return Reached(uses, unclear)

    def _any_of(self, module: str) -> bool:
        """Whether some name of an own module reaches what is forbidden."""
        if module in self._any or module in self._asked:
            return self._any.get(module, False)
        self._asked.add(module)
        names = self.readings[module].names
        found = bool(self.reached([(module, name) for name in names]).uses)
        self._asked.discard(module)
        if found:  # it was taken for one that reaches nothing while it was gone through
            self._any = {name: any_ for name, any_ in self._any.items() if any_}
        self._any[module] = found
        return found

    def _doubts(self, dotted: str) -> set[str]:
        """What reading cannot tell of a dotted name that is reached, in words."""
        dotted, text = told(dotted)
        if is_made(dotted):
            space = _canonical(dotted.partition(f".{MADE}")[0])
            if imports(space):
                return {IMPORTED.format(space)}
            return {TAKEN.format(space)} if self._is_space(space) else set()
        if text is None and imports(dotted) and dotted != "sys.modules":
            return {IMPORTED.format(dotted)}
        door = gives_anything(dotted) or (door_of_texts(dotted) if not text else "")
        return {USED.format(door)} if door else set()

    def _is_space(self, dotted: str) -> bool:
        """Whether what is forbidden may be an attribute of it."""
        return (
            dotted in self._spaces
            or dotted in self.readings
            or is_private_space(dotted)
            or gives_anything(dotted) == dotted
        )

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
        use, text = told(use)
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
        if self._is_on_autograd and (engine := is_of_engine(use)):
            return engine
        door = door_of_texts(use) if text else ""
        for spelt, dotted in operators_in(text or "") if door else ():
            if self._forbidden(_canonical(dotted), written=True):
                return f'{door}("{spelt}")'
        return ""


_NOTHING = {("", True), ("", False)}


def _handed_on(dotted: str) -> str:
    """The namespace that a value is: ``F`` of ``F.__dict__``, and of ``F``."""
    return told(dotted)[0].partition(".__")[0].removesuffix(f".{MADE}")


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
