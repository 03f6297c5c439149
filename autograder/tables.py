"""Tables of TOML, read with rules: unknown keys and wrong types are CourseErrors."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from autograder.errors import CourseError

# tomli is the same parser, for Pythons before 3.11.
_toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")


def nearest(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'cnn'?`` where a known name is close, else a full stop."""
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else "."


def listed(names: Iterable[str]) -> str:
    """``a, b, c`` for a message, ``none`` for no names."""
    return ", ".join(names) or "none"


def counted(number: int, thing: str) -> str:
    """``1 check``, ``2 checks``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


@dataclass(frozen=True)
class Table:
    """A table of a TOML file, which knows where it stands for its error messages."""

    file: Path
    values: Mapping[str, Any]
    name: str = ""  # "limits"; empty for the whole file

    def fail(self, key: str, rule: str, remedy: str = "") -> CourseError:
        """The error for one key: file, key, rule, and what to do."""
        where = f"{self.name}.{key}" if self.name else key
        stop = "" if rule.endswith((".", "?")) else "."  # as ``nearest`` ends
        end = f" {remedy}" if remedy else ""
        return CourseError(f"{self.file}: '{where}' {rule}{stop}{end}")

    def allow(self, *known: str) -> None:
        """Refuse keys that mean nothing here, since they are slips of spelling."""
        for key in self.values:
            if key not in known:
                rule = f"is not a key of this table{nearest(key, known)}"
                raise self.fail(key, rule, f"Known keys: {listed(known)}.")

    def text(self, key: str) -> str:
        """A string that is not empty."""
        return str(self._take(key, "must be a text, not empty", _is_text))

    def integer(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """A whole number of at least ``least``."""
        rule = f"must be a whole number, {least} or more"
        return int(
            self._take(key, rule, lambda v: type(v) is int and v >= least, default)
        )

    def number(self, key: str, default: float | None = None) -> float:
        """A finite number above zero (or zero, where ``default`` is zero)."""
        least = "0 or more" if default == 0 else "above 0"

        def fits(value: Any) -> bool:
            if type(value) not in (int, float) or value == float("inf"):
                return False
            return bool(value >= 0 if default == 0 else value > 0)

        return float(self._take(key, f"must be a number, {least}", fits, default))

    def flag(self, key: str) -> bool:
        """True or false; false where it is missing."""
        rule = "must be true or false"
        return bool(self._take(key, rule, lambda v: isinstance(v, bool), False))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, at least one, none twice."""
        rule = "must be a list of texts, at least one, none empty and none twice"

        def fits(value: Any) -> bool:
            if not isinstance(value, list) or not value:
                return False
            return all(map(_is_text, value)) and len(set(value)) == len(value)

        return tuple(self._take(key, rule, fits))

    def table(self, key: str) -> Table:
        """The table below this one; an empty one where it is missing."""
        rule = "must be a table"
        values = self._take(key, rule, lambda value: isinstance(value, dict), {})
        name = f"{self.name}.{key}" if self.name else key
        return Table(self.file, values, name)

    def _take(
        self,
        key: str,
        rule: str,
        fits: Callable[[Any], bool],
        default: Any = None,
    ) -> Any:
        if key not in self.values:
            if default is None:
                raise self.fail(key, f"is missing; it {rule}", "Add it.")
            return default
        value = self.values[key]
        if not fits(value):
            raise self.fail(key, f"{rule}; it is {value!r}")
        return value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def read_table(file: Path) -> Table:
    """Read a TOML file as one table.

    Raises:
        CourseError: the file is missing or is not TOML.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CourseError(f"{file}: there is no such file. Create it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{file}: cannot be read as UTF-8 text: {error}") from None
    try:
        return Table(file, _toml.loads(text))
    except _toml.TOMLDecodeError as error:
        raise CourseError(f"{file}: is not valid TOML: {error}") from None
