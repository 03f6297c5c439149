"""The files handed in beside the code that it may want to read."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.submissions.data_files import (
    DataFile,
    choose,
    is_data,
    too_much,
)
from autograder.submissions.limits import DATA_BYTES, DATA_FILE_BYTES

# As for code: no link is followed, and no pipe keeps us waiting.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_FLAGS |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@dataclass
class Data:
    """Data files by their paths in the submission; of large ones the size alone."""

    content: dict[str, bytes] = field(default_factory=dict)
    large: dict[str, int] = field(default_factory=dict)

    def add_file(self, path: Path, name: str) -> None:
        """Read a file of a folder, if it is data; one that cannot be read is none."""
        if not is_data(name):
            return
        try:
            with os.fdopen(os.open(path, _FLAGS), "rb") as file:
                state = os.fstat(file.fileno())
                if stat.S_ISREG(state.st_mode):
                    self._add(name, file, state.st_size)
        except OSError:
            return

    def add(self, name: str, content: bytes | None, size: int) -> None:
        """Keep a file of an archive, if it is data; None for one that is too large."""
        if is_data(name):
            data = content or b""
            self._add(name, io.BytesIO(data), size if content is None else len(data))

    def take(self, other: Data, under: str) -> None:
        """Put another's files below a folder to these."""
        for name, content in other.content.items():
            self._add(under + name, io.BytesIO(content), len(content))
        self.large |= {under + name: size for name, size in other.large.items()}

    def _add(self, name: str, file: io.IOBase, size: int) -> None:
        held = sum(map(len, self.content.values()))
        if size > min(DATA_FILE_BYTES, DATA_BYTES - held):
            self.large[name] = size
        else:
            self.content[name] = file.read(DATA_FILE_BYTES)


def beside(
    data: Data, code: Mapping[str, str], paths: Collection[str]
) -> tuple[dict[str, bytes], list[str]]:
    """What lies beside the code when it runs, by the paths by which it is read.

    Args:
        data: what was handed in.
        code: source of each module; a file that is too much is told of only where
            some source names it.
        paths: where these sources lie in the submission.

    Returns:
        The files, and notes on those that are left out.
    """
    roots = {path.rpartition("/")[0] for path in paths}
    known = {name: len(content) for name, content in data.content.items()} | data.large
    below: dict[str, str] = {}
    for name in sorted(known):
        inside = _below(name, roots)
        if inside is not None:
            below.setdefault(inside, name)
    given, left_out = choose(DataFile(n, known[below[n]]) for n in below)
    named = [
        name
        for name in left_out
        if any(name.rpartition("/")[2] in text for text in code.values())
    ]
    files = {name: data.content[below[name]] for name in given}
    return files, [too_much(named)] if named else []


def _below(name: str, roots: Collection[str]) -> str | None:
    """The path of a file as seen from the innermost folder of code that holds it."""
    holding = [root for root in roots if not root or name.startswith(f"{root}/")]
    if not holding:
        return None
    return name[len(max(holding, key=len)) :].lstrip("/")
