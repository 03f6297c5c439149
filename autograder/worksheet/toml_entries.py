"""Read a worksheet that is no TOML any more, entry by entry.

A word processor turns quotes into curly ones, a quote or a bracket gets lost, a line is
pasted twice. A TOML parser then gives up on the whole file; here such a slip costs the
answer that it is in, and often not even that.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# tomli is the same parser, for Pythons before 3.11.
_toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

_HEADER = re.compile(r"\s*\[{1,2}\s*questions?\s*\]{1,2}\s*(?:#.*)?")
_KEY = re.compile(r"\s*([A-Za-z_]\w*)\s*=[ \t]*(.*)")
_DOUBLE = '\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"'
_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u00b4'`"
_QUOTES = _DOUBLE + _SINGLE
_LONG = re.compile(f"[{_DOUBLE}]{{3}}|[{_SINGLE}]{{3}}")
_COMMENT = re.compile(r"\s#.*")


@dataclass
class TomlEntry:
    """One question of a student's file: what stands behind ``id`` and ``answer``."""

    id: str | None = None
    answers: list[object] = field(default_factory=list)


def entries(text: str, is_harmless: Callable[[str], bool]) -> list[TomlEntry]:
    """The entries of a worksheet, in order.

    Args:
        text: the file.
        is_harmless: whether a piece of it may be given to a TOML parser.
    """
    found: list[TomlEntry] = []
    for block in _blocks(text):
        entry = TomlEntry()
        for key, raw in _values(block):
            if key == "id":
                if entry.id is not None or entry.answers:  # a lost [[question]]
                    found.append(entry)
                    entry = TomlEntry()
                entry.id = _COMMENT.sub("", raw).strip().strip(_QUOTES).strip()
            elif key == "answer":
                entry.answers.append(_value(raw, is_harmless))
        found.append(entry)
    return found


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines behind each [[question]]."""
    block: list[str] | None = None
    for line in text.split("\n"):
        if _HEADER.fullmatch(line):
            if block is not None:
                yield block
            block = []
        elif block is not None:
            block.append(line)
    if block is not None:
        yield block


def _values(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each key of an entry with the text behind it, which may have several lines."""
    key = ""
    raw: list[str] = []
    is_open = False  # within a text of several lines
    for line in lines:
        found = None if is_open else _KEY.fullmatch(line)
        if found:
            if key:
                yield key, "\n".join(raw)
            key, value = found.groups()
            raw = [value]
            is_open = bool(_LONG.match(value)) and len(_LONG.findall(value)) == 1
        else:
            raw.append(line)
            is_open = is_open and not _LONG.search(line)
    if key:
        yield key, "\n".join(raw)


def _value(raw: str, is_harmless: Callable[[str], bool]) -> object:
    """What was answered; a text where it is no value of TOML."""
    raw = raw.strip()
    first, _, rest = raw.partition("\n")
    first = first.strip()
    wanted = [raw, first]
    if not _LONG.match(raw):
        wanted = [raw, _straight(raw), first, _straight(first)]
    for text in wanted:
        if is_harmless(text) and "\n[" not in text:
            try:
                document = _toml.loads(f"answer = {text}\n")
            except (ValueError, RecursionError):
                continue
            if document.keys() == {"answer"}:
                return document["answer"]
    if long := _LONG.match(raw):
        inner = raw[long.end() :]
        ends = list(_LONG.finditer(inner))
        return inner[: ends[-1].start()] if ends else inner
    if first[:1] in _QUOTES and first[:1]:
        inner = raw[1:]
        end = max((inner.rfind(quote) for quote in _QUOTES), default=-1)
        return inner[:end] if end >= 0 else inner.strip()
    plain = _COMMENT.sub("", first).strip()
    more = rest.strip()
    return f"{plain}\n{more}" if more and not more.startswith("#") else plain


def _straight(text: str) -> str:
    """The text with straight quotes for curly ones."""
    text = re.sub(f"[{_DOUBLE}]", '"', text)
    return re.sub(f"[{_SINGLE}]", "'", text)
