"""Take the commands of a notebook out of its Python: %matplotlib, !pip install, help?.

A line is judged by where it stands. ``%`` may begin a line within brackets, and a
docstring may end with a question mark; both stay. So brackets and strings are
followed, in one pass and without Python's own tokenizer, which stops at the first
command and differs between versions.
"""

from __future__ import annotations

import re

# What a line can hold that changes how its rest is read. A string may go on in the next
# line behind a backslash; else the end of the line ends it.
_TOKEN = re.compile(
    r"""(?P<comment>\#.*)
      | (?P<triple>\"{3}|'{3})
      | (?P<string>"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)
                  |'[^'\\]*(?:\\.[^'\\]*)*(?:'|\\?$))
      | (?P<open>[(\[{])
      | (?P<close>[)\]}])""",
    re.VERBOSE,
)
_IN_STRING = {quote: re.compile(rf"\\.|{quote}") for quote in ('"', "'", '"""', "'''")}
# "files = !ls" and "timing = %timeit -o f()"; neither can be Python.
_ASSIGNED = re.compile(r"(\s*[\w.]+(?:\s*,\s*[\w.]+)*\s*=)\s*[%!]")
# What IPython takes for a command without its "%", and Python could not read.
_BARE = re.compile(r"\s*(?:pip3?|conda|mamba)\s+(?:install|uninstall|list|show)\b")
_COMMAND = "# a command of the notebook stood here"


def without_magics(source: str) -> tuple[str, int]:
    """The cell without its commands, as many lines as before, and how many went."""
    lines = source.split("\n")
    state = _State()
    left_out = 0
    goes_on = False  # a command ends in a backslash
    for index, line in enumerate(lines):
        if goes_on:
            lines[index], goes_on = "", line.endswith("\\")
            continue
        begins = state.begins
        code = state.read(line)
        if not begins:
            continue
        plain = _python_for(line, code)
        if plain is not None:
            # The command may itself hold a bracket, so the line is read anew.
            state = _State()
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


class _State:
    """Where reading stands: in which string, in how many brackets."""

    def __init__(self) -> None:
        self.depth = 0
        self.quote = ""
        self.continued = False

    @property
    def begins(self) -> bool:
        """Whether the next line begins a statement."""
        return not (self.depth or self.quote or self.continued)

    def read(self, line: str) -> str:
        """Read a line; returns its code, without strings and comments."""
        code = []
        place = 0
        while place < len(line):
            if self.quote:
                place = self._end_of_string(line, place)
                code.append("s")
                continue
            token = _TOKEN.search(line, place)
            if not token:
                code.append(line[place:])
                break
            code.append(line[place : token.start()])
            place = token.end()
            if token["open"]:
                self.depth += 1
            elif token["close"]:
                self.depth = max(0, self.depth - 1)
            elif token["triple"]:
                self.quote = token["triple"]
            if token["open"] or token["close"]:
                code.append(token.group())
            elif token["string"]:
                code.append("s")
                if token.group().endswith("\\"):
                    self.quote = token.group()[0]
        text = "".join(code)
        self.continued = not self.quote and text.endswith("\\")
        return text

    def _end_of_string(self, line: str, place: int) -> int:
        """Where the open string ends in this line, or the line itself."""
        for found in _IN_STRING[self.quote].finditer(line, place):
            if found.group() == self.quote:
                self.quote = ""
                return found.end()
        if len(self.quote) == 1 and not line.endswith("\\"):
            self.quote = ""
        return len(line)
