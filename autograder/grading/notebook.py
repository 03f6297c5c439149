"""The code of a notebook as Python source; nothing is run, outputs are not looked at.

Read as JSON here, not with nbformat: students check notebooks at home without it, and
its validation is slow on hostile input. Formats 3 and 4 are known, that is every
notebook since 2013.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from autograder.grading.handed_in import RefusedError, shown
from autograder.grading.magics import without_magics

# The body of these cells runs in the notebook itself: what it defines stays.
_BODY_COUNTS = {"time", "capture"}
_WRITES = {"writefile", "file"}
_CELL_MAGIC = re.compile(r"\s*%%(\w+)[^\S\n]*([^\n]*)\n?")
_AGAIN = "Save the notebook again and hand it in, or hand in .py files."


@dataclass
class Notebook:
    """What a notebook holds for grading."""

    code: str  # the code cells in order, each below a comment "# cell 3"
    written: dict[str, str] = field(default_factory=dict)  # files of %%writefile cells
    left_out: int = 0  # lines and cells that are commands of the notebook


def read_notebook(text: str, path: str) -> Notebook:
    """Join the code cells of a notebook.

    Raises:
        RefusedError: it is no notebook, or one in another language.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _refused(f"{shown(path)} is damaged: it is not JSON.") from None
    language = _language(document)
    if language not in ("", "python", "ipython"):
        raise _refused(
            f"{shown(path)} is a notebook in {shown(language)}, not in Python."
        )
    found = Notebook("")
    pieces = []
    for number, source in enumerate(_code_cells(document, path), 1):
        if code := _cell(source, found):
            pieces.append(f"# cell {number}\n{code.rstrip()}\n")
    found.code = "\n".join(pieces)
    return found


def _cell(source: str, found: Notebook) -> str:
    """The Python of one cell; files that it writes go to ``found``."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    magic = _CELL_MAGIC.match(source)
    if magic:
        name, rest = magic.groups()
        body = source[magic.end() :]
        if name in _WRITES:
            _write(rest.split(), body, found)
            return ""
        if name not in _BODY_COUNTS:
            found.left_out += 1
            return ""
        source = body
    elif source.lstrip().startswith("%%"):
        found.left_out += 1
        return ""
    code, left_out = without_magics(source)
    found.left_out += left_out
    return code


def _write(words: list[str], body: str, found: Notebook) -> None:
    names = [word.strip("'\"") for word in words if not word.startswith("-")]
    if not names:
        return
    name = names[-1].replace("\\", "/").rpartition("/")[2]
    before = found.written.get(name, "") if {"-a", "--append"} & {*words} else ""
    found.written[name] = before + body


def _language(document: Any) -> str:
    metadata = document.get("metadata") if isinstance(document, dict) else None
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    name = info.get("name") if isinstance(info, dict) else None
    return name.lower() if isinstance(name, str) else ""


def _code_cells(document: Any, path: str) -> list[str]:
    cells = None
    if isinstance(document, dict):
        cells = document.get("cells")
        if cells is None and isinstance(document.get("worksheets"), list):
            cells = []
            for sheet in document["worksheets"]:
                if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list):
                    cells += sheet["cells"]
    if not isinstance(cells, list):
        raise _refused(f"{shown(path)} is damaged: it has no list of cells.")
    sources = []
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            raise _refused(f"{shown(path)} is damaged: its cell {number} is no cell.")
        if cell.get("cell_type") == "code":
            sources.append(_source(cell, number, path))
    return sources


def _source(cell: dict[str, Any], number: int, path: str) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise _refused(f"{shown(path)} is damaged: its cell {number} holds no text.")
    return source


def _refused(text: str) -> RefusedError:
    return RefusedError("notebook", f"{text} {_AGAIN}")
