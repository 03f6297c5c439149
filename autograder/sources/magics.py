"""Take the commands of a notebook out of its Python: %matplotlib, !pip install, help?.

A line is judged by where it stands. ``%`` may begin a line within brackets, and a
docstring may end with a question mark; both stay. So brackets and strings are
followed, in one pass and without Python's own tokenizer, which stops at the first
command and differs between versions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.sources.scanning import Scanner

# "files = !ls" and "timing = %timeit -o f()"; neither can be Python.
_ASSIGNED = re.compile(r"(\s*[\w.]+(?:\s*,\s*[\w.]+)*\s*=)\s*[%!]")
# What IPython takes for a command without its "%", and Python could not read.
_BARE = re.compile(r"\s*(?:pip3?|conda|mamba)\s+(?:install|uninstall|list|show)\b")
_TIMED = re.compile(r"(\s*)%time[ \t]+(?!-)")  # it runs the statement behind it
# The body of these cells runs in the notebook itself: what it defines stays.
_BODY_COUNTS = {"time", "capture", "prun"}
_WRITES = {"writefile", "file"}
_CELL_MAGIC = re.compile(r"\s*%%(\w+)[^\S\n]*([^\n]*)\n?")
_COMMAND = "# a command of the notebook stood here"


@dataclass(frozen=True)
class PlainCell:
    """What a cell holds beside its commands."""

    code: str  # as many lines as the cell, or empty
    left_out: int = 0  # commands, lines or a whole cell
    arguments: str | None = None  # of a %%writefile cell, ...
    body: str = ""  # ... and what it writes


def plain_cell(source: str) -> PlainCell:
    """The Python of one cell of a notebook."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    magic = _CELL_MAGIC.match(source)
    if magic is None:
        if source.lstrip().startswith("%%"):
            return PlainCell("", 1)
        return PlainCell(*without_magics(source))
    name, arguments = magic.groups()
    if name in _WRITES:
        return PlainCell("", 0, arguments, source[magic.end() :])
    if name not in _BODY_COUNTS:
        return PlainCell("", 1)
    code, left_out = without_magics(source[magic.end() :])
    head = source[: magic.end()].count("\n")  # lines keep their numbers
    return PlainCell("\n" * head + code, left_out)


def without_magics(source: str) -> tuple[str, int]:
    """The cell without its commands, as many lines as before, and how many went."""
    lines = source.split("\n")
    state = Scanner()
    left_out = 0
    goes_on = False  # a command ends in a backslash
    for index, line in enumerate(lines):
        if goes_on:
            lines[index], goes_on = "", line.endswith("\\")
            continue
        begins = state.begins
        if begins and (timed := _TIMED.match(line)):
            line = lines[index] = timed.group(1) + line[timed.end() :]
        code = state.read(line)
        if not begins:
            continue
        plain = _python_for(line, code)
        if plain is not None:
            # The command may itself hold a bracket, so the line is read anew.
            state = Scanner()
            lines[index], goes_on = plain, line.endswith("\\")
            left_out += 1
    return "\n".join(lines), left_out


def _python_for(line: str, code: str) -> str | None:
    """What stands in a command's place; None for a line of Python."""
    indent = line[: len(line) - len(line.lstrip())]
    if assigned := _ASSIGNED.match(line):
        return f"{assigned.group(1)} None  {_COMMAND}"
    asks = code.rstrip(" \t;").endswith("?")
    if asks or _BARE.match(line) or line.lstrip().startswith(("%", "!", "?")):
        # A block may hold nothing else, and must not be empty.
        return f"{indent}pass  {_COMMAND}" if indent else _COMMAND
    return None
