"""Lines of Python, read one after another: in which string, in how many brackets."""

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


class Scanner:
    """Where reading stands: in which string, in how many brackets."""

    def __init__(self) -> None:
        self.depth = 0
        self.quote = ""
        self.continued = False
        self.comment: int | None = None  # where it begins in the line just read

    @property
    def begins(self) -> bool:
        """Whether the next line begins a statement."""
        return not (self.depth or self.quote or self.continued)

    def read(self, line: str) -> str:
        """Read a line; returns its code, without strings and comments."""
        code = []
        place = 0
        self.comment = None
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
            if token["comment"]:
                self.comment = token.start()
            elif token["open"]:
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
