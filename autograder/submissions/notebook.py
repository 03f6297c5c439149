"""The code cells of a notebook; nothing is run, outputs are not looked at.

Read as JSON here, not with nbformat: students check notebooks at home without it, and
its validation is slow on hostile input. Formats 3 and 4 are known, that is every
notebook since 2013.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from autograder.sources.cells import notebook_text
from autograder.sources.magics import plain_cell
from autograder.submissions.handed_in import RefusedError, shown

# Between a question and its answer in words, which may have lines of its own.
ANSWER_BELOW = "*Your answer, below this line:*\n\n---"
_WORKSHEET = "worksheet.toml"
_AGAIN = "Save the notebook again and hand it in, or hand in .py files."


@dataclass
class Notebook:
    """What a notebook holds for grading."""

    code: str  # the code cells in order, as they travel; empty where all are
    written: dict[str, str] = field(default_factory=dict)  # files of %%writefile cells
    left_out: int = 0  # lines and cells that are commands of the notebook


def read_notebook(text: str, path: str) -> Notebook:
    """The code cells of a notebook as one text, see ``sources.cells``.

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
    codes = []
    answers: dict[str, str] = {}  # by question; where a cell was copied, the last one
    for kind, source, question in _cells(document, path):
        if kind != "code":
            if question:
                _, line, below = source.partition(ANSWER_BELOW)
                answer = (below if line else source).strip()
                answers[question] = answer or answers.get(question, "")
            continue
        cell = plain_cell(source)
        found.left_out += cell.left_out
        codes.append(cell.code.rstrip())
        if cell.arguments is not None:
            _write(cell.arguments.split(), cell.body, found)
    sheet = found.written.get(_WORKSHEET, "")
    for question, answer in answers.items():
        if answer or json.dumps(question) not in sheet:  # it may be answered there
            found.written[_WORKSHEET] = found.written.get(_WORKSHEET, "")
            found.written[_WORKSHEET] += _entry(question, answer)
    found.code = notebook_text(codes) if any(codes) else ""
    return found


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


def _entry(question: str, answer: str) -> str:
    """An answer in words, as an entry of the worksheet."""
    # JSON's strings are TOML's, but for the one control character JSON leaves alone.
    texts = [json.dumps(text).replace("\x7f", "\\u007f") for text in (question, answer)]
    head = '\n\n[[question]]\nkind = "written"\n'
    return f"{head}id = {texts[0]}\nanswer = {texts[1]}\n"


def _cells(document: Any, path: str) -> list[tuple[str, str, str]]:
    """Kind, source and, of an answer in words, question of each cell."""
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
    found = []
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            raise _refused(f"{shown(path)} is damaged: its cell {number} is no cell.")
        question = _question(cell)
        kind = "code" if cell.get("cell_type") == "code" else "text"
        if kind == "code" or question:
            found.append((kind, _source(cell, number, path), question))
    return found


def _question(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    ours = metadata.get("autograder") if isinstance(metadata, dict) else None
    name = ours.get("question") if isinstance(ours, dict) else None
    return name if isinstance(name, str) else ""


def _source(cell: dict[str, Any], number: int, path: str) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise _refused(f"{shown(path)} is damaged: its cell {number} holds no text.")
    return source


def _refused(text: str) -> RefusedError:
    return RefusedError("notebook", f"{text} {_AGAIN}")
