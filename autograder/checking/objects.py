"""How the objects in a call were made, and what was done to them before it.

What is told can be typed, one line after the other; what cannot, such as weights that
the check gave, is named as left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from autograder.checking.case import Event
from autograder.checking.facts import describe

_FLUENT = ("requires_grad_", "eval", "train", "to", "double", "float", "apply")
_ASKING = (
    *("forward", "named_parameters", "parameter_shapes", "parameters", "calls"),
    *("state_dict", "named_buffers", "buffers", "get_parameter", "extra_repr"),
)  # methods that change nothing
_LONG = 60  # characters of a call that prepares an object; of a longer one its name
_SCRIPTED = "a network of the check's, which answers from a table of logits"


@dataclass
class Made:
    """An object: the call that made it, and what was done to it since."""

    kind: str
    event: Event
    steps: list[tuple[str, Event]] = field(default_factory=list)
    given: dict[str, int] = field(default_factory=dict)  # to functions, how often


class Objects:
    """The objects that some calls made, by the number of their handle."""

    def __init__(self, before: Iterable[Event]) -> None:
        self._made: dict[int, Made] = {}
        self._alias: dict[int, int] = {}
        self._names: dict[int, str] = {}
        for event in before:
            self._take(event)

    def _take(self, event: Event) -> None:
        target, value = event.target, event.answer.value
        number = value.get("handle") if isinstance(value, dict) else None
        if target[:1] == ["method"] and target[2] not in _ASKING:
            owner = self._owner(target[1])
            if owner in self._made:
                self._made[owner].steps.append((target[2], event))
            if type(number) is int and target[2] in _FLUENT:
                self._alias[number] = owner
                return
        if type(number) is int and number not in self._made:
            self._made[number] = Made(event.function, event)
        elif type(number) is not int and target[:1] == ["function"]:
            for owner in {self._owner(n) for _, n in _handles(event.args)}:
                if owner in self._made:
                    given = self._made[owner].given
                    given[event.function] = given.get(event.function, 0) + 1

    def _owner(self, number: int) -> int:
        seen = set()
        while number in self._alias and number not in seen:
            seen.add(number)
            number = self._alias[number]
        return number

    def told(self, text: str, event: Event) -> tuple[str, dict[str, str]]:
        """The call with a variable for each object in it, and how each was made."""
        direct = self._in(event)
        self._name(direct)
        values: dict[str, str] = {}
        text = self._with_names(text, event, values)
        return text, values

    def _in(self, event: Event) -> list[int]:
        """The objects of a call: that which is called, and those given to it."""
        called = event.target[1:2] if event.target[:1] != ["function"] else []
        numbers = [n for n in called if type(n) is int]
        numbers += [n for _, n in _handles(event.args)]
        return [n for n in map(self._owner, numbers) if n in self._made]

    def _name(self, direct: list[int]) -> None:
        """Give a variable to each object that cannot stand where it is used."""
        uses: dict[int, int] = {}
        waiting, seen = list(direct), set()
        while waiting:
            number = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            made = self._made[number]
            for event in (made.event, *(e for _, e in made.steps)):
                for inner in self._in(event):
                    if inner != number:
                        uses[inner] = uses.get(inner, 0) + 1
                        waiting.append(inner)
        asked = {
            self._owner(inner)
            for event in self._events(seen)
            for what, inner in _handles(event.args)
            if what == "parameters"
        }
        named = [
            number
            for number in sorted(seen)
            if number in {*direct, *asked}
            or uses[number] > 1
            or self._made[number].steps
            or self._made[number].given
        ]
        for number in named:
            kind = self._made[number].kind
            alike = [n for n in named if self._made[n].kind == kind]
            name = variable_of(kind)
            if len(alike) > 1:
                name += f"_{alike.index(number) + 1}"
            self._names[number] = name

    def _events(self, numbers: Iterable[int]) -> Iterator[Event]:
        for number in numbers:
            yield self._made[number].event
            yield from (event for _, event in self._made[number].steps)

    def _with_names(self, text: str, event: Event, values: dict[str, str]) -> str:
        """The text of a call with its objects as variables, or as they were made."""
        place = 0
        if event.target[:1] in (["handle"], ["method"]):
            owner = self._owner(event.target[1])
            if owner in self._made:
                name = self._shown(owner, values)
                head = text.partition("(")[0]
                method = head.rpartition(".")[2] if "." in head else "forward"
                new = name if method == "forward" else f"{name}.{method}"
                text, place = new + text[len(head) :], len(new)
        for what, number in _handles(event.args):
            owner = self._owner(number)
            if owner not in self._made:
                continue
            kind = self._made[owner].kind
            pattern = r"(?<![\w.'\"])parameters\(\)"
            if what == "handle":
                pattern = rf"(?<![\w.'\"]){re.escape(kind)}(?![\w'\"(.])"
            found = re.compile(pattern).search(text, place)
            if found is None:
                continue
            new = self._shown(owner, values)
            new += ".parameters()" if what == "parameters" else ""
            text = text[: found.start()] + new + text[found.end() :]
            place = found.start() + len(new)
        return text

    def _shown(self, number: int, values: dict[str, str]) -> str:
        """The variable of an object, told once; or how it was made."""
        name = self._names.get(number)
        if name is None:
            return self._how(number, values)
        if name not in values:
            values[name] = ""  # its own steps name it
            told = self._how(number, values)
            del values[name]
            values[name] = told  # behind what it is made of
        return name

    def _how(self, number: int, values: dict[str, str]) -> str:
        made = self._made[number]
        if made.kind == "scripted":
            return _SCRIPTED
        parts = [self._with_names(self._text(made.event), made.event, values)]
        for method, event in made.steps:
            text = self._with_names(self._text(event), event, values)
            if len(text) > _LONG:
                text = f"{self._names[number]}.{method}(...), as the check has it"
            parts.append(f"then {text}")
        for function, times in made.given.items():
            often = "" if times == 1 else f" {times} times"
            parts.append(f"then given to {function}{often}")
        return ", ".join(parts)

    def _text(self, event: Event) -> str:
        """The call, with its tensors by shape: they have no names here."""
        text, names = event.written
        named = zip(names, event.inputs)
        for name, tensor in sorted(named, key=lambda pair: -len(pair[0])):
            if name:
                alone = rf"(?<![\w.'\"]){re.escape(name)}(?![\w'\"=])"
                text = re.sub(alone, describe(tensor), text)
        return text


def variable_of(kind: str) -> str:
    """``conv_net`` for an object of ConvNet, ``lstm_cell`` for one of LSTMCell."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", kind)
    return words.lower()


def _handles(tree: Any) -> Iterator[tuple[str, int]]:
    """The objects in the arguments of a call, in the order in which they are written.

    Each is a ``handle``, or the ``parameters`` of one.
    """
    if isinstance(tree, dict):
        for kind in ("handle", "parameters"):
            if type(tree.get(kind)) is int:
                yield kind, tree[kind]
                return
        tree = list(tree.values())
    if isinstance(tree, (list, tuple)):
        for part in tree:
            yield from _handles(part)
