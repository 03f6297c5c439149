"""Lines that students must not get, and where they stand nevertheless.

A secret is a line of a solution, a hidden check, a mistake or a worksheet's answers
that nothing public holds. Lines are compared with their white space collapsed, and
short ones, or ones such as ``with torch.no_grad():``, say too little to be a secret.
"""

from __future__ import annotations

import ast
import builtins
import codecs
import io
import keyword
import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course.assignment import (
    KERNELS,
    MISTAKES,
    STAND_INS,
    WORKSHEET,
    Assignment,
)
from autograder.course.generate import student_files
from autograder.course.source import first_line, last_line, parse, read_text, split
from autograder.worksheet import load

_SHORTEST = 20
# Which modules a solution uses says little, and other files use them too.
_IMPORT = re.compile(r"(from [\w.]+ )?import \w")
_LIBRARY = re.compile(r"\b(torch|nn|F|math|pytest)(\.\w+)+")
_COMMON = {*keyword.kwlist, *dir(builtins), "self"}
_DEEPEST = 5  # archives in archives; we make them, so this only ends accidents


@dataclass(frozen=True)
class Leak:
    """A secret line and where it was found."""

    file: str  # "cnn.zip/cnn/softmarks-0.1.0-py3-none-any.whl/autograder/cli.py"
    line: int
    text: str


def secret_lines(assignment: Assignment) -> set[str]:
    """The lines of an assignment that students must not get.

    Raises:
        CourseError: a file of the assignment breaks a rule.
    """
    secret: set[str] = set()
    prompts: list[str] = []
    for exercise in assignment.exercises:
        for file in (assignment.module(exercise), assignment.checks(exercise)):
            secret |= _code_lines(file)
    for file in _mistakes(assignment.folder):
        secret |= _mistake_lines(file)
    if assignment.has_worksheet:
        worksheet = assignment.folder / WORKSHEET
        prompts = [question.prompt for question in load(worksheet).questions]
        text = read_text(worksheet)
        for prompt in prompts:  # students get them, in another form
            text = text.replace(prompt, "")
        secret |= _lines(text)
    files = student_files(assignment, None, {})
    texts = [*files.values(), *(prompt.encode() for prompt in prompts)]
    public = "\n".join(line for text in texts for line in _decoded_lines(text))
    return {line for line in secret if line not in public}


def solution_lines(assignment: Assignment) -> set[str]:
    """The lines of solutions and mistakes that no check, stub or stand-in has.

    Grading elsewhere needs all but these, hidden checks among them.

    Raises:
        CourseError: a file of the assignment breaks a rule.
    """
    secret: set[str] = set()
    for exercise in assignment.exercises:
        secret |= _code_lines(assignment.module(exercise))
    for file in _mistakes(assignment.folder):
        secret |= _mistake_lines(file)
    known = [*student_files(assignment, None, {}).values()]
    known += [assignment.checks(e).read_bytes() for e in assignment.exercises]
    for part in (STAND_INS, KERNELS):
        files = sorted((assignment.folder / part).glob("*.py"))
        known += [file.read_bytes() for file in files]
    text = "\n".join(line for each in known for line in _decoded_lines(each))
    return {line for line in secret if line not in text}


def scan(path: Path, secrets: Iterable[str]) -> list[Leak]:
    """Every secret in a file, a folder, a zip or a tar, and in those inside them."""
    secrets = sorted(secrets)
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    found: list[Leak] = []
    for file in files:
        if file.is_file():
            name = file.name if file == path else file.relative_to(path).as_posix()
            for inside, content in _contents(name, file.read_bytes()):
                found += _leaks(inside, content, secrets)
    return found


def _mistakes(folder: Path) -> list[Path]:
    return sorted((folder / MISTAKES).rglob("*.py"))


def _code_lines(file: Path) -> set[str]:
    found = _lines(read_text(file))
    return {line for line in found if not _IMPORT.match(line)}


def _mistake_lines(file: Path) -> set[str]:
    """The code of mistakes; sentence and question are told to who makes them."""
    text = read_text(file)
    told: set[int] = set()
    for node in parse(text, str(file)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.decorator_list:
            told |= set(range(first_line(node), node.lineno))
            if ast.get_docstring(node) is not None:
                docstring = node.body[0]
                told |= set(range(docstring.lineno, last_line(docstring) + 1))
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            for keyword in _keywords_of_statements(node):
                end = keyword.value.end_lineno or keyword.value.lineno
                told |= set(range(keyword.value.lineno, end + 1))
    lines = [line for n, line in enumerate(split(text), 1) if n not in told]
    return {line for line in _lines("".join(lines)) if not _IMPORT.match(line)}


def _keywords_of_statements(node: ast.stmt) -> Iterator[ast.keyword]:
    """Of ``changed(..., like="...", ask="...")``, a mistake, in a loop or not."""
    for inside in ast.walk(node):
        if isinstance(inside, ast.Expr) and isinstance(inside.value, ast.Call):
            for keyword in inside.value.keywords:
                if keyword.arg in ("like", "ask"):
                    yield keyword


def _lines(text: str) -> set[str]:
    lines = (_plain(line) for line in text.splitlines())
    return {line for line in lines if len(line) >= _SHORTEST and _says_something(line)}


def _says_something(line: str) -> bool:
    """Whether three of its words and numbers are not Python's or a library's."""
    words = set(re.findall(r"[^\W_]+", _LIBRARY.sub("", line)))
    return len(words - _COMMON) >= 3


def _contents(name: str, content: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """The file itself, or all files in it if it is a zip (a wheel is one) or a tar."""
    inside = _files_of(content) if depth < _DEEPEST else None
    if inside is None:
        yield name, content
        return
    for path, below in sorted(inside.items()):
        yield from _contents(f"{name}/{path}", below, depth + 1)


def _files_of(content: bytes) -> dict[str, bytes] | None:
    """The files in an archive; None where it is none."""
    # A tar that ends with a zip would pass for one.
    if tarfile.is_tarfile(io.BytesIO(content)):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            found = {one.name: archive.extractfile(one) for one in archive}
            return {name: file.read() for name, file in found.items() if file}
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            names = [name for name in opened.namelist() if not name.endswith("/")]
            return {name: opened.read(name) for name in names}
    return None


def _leaks(name: str, content: bytes, secrets: list[str]) -> list[Leak]:
    lines = _decoded_lines(content)
    text = "\n".join(lines)
    present = [secret for secret in secrets if secret in text]
    return [
        Leak(name, number, secret)
        for number, line in enumerate(lines, 1)
        for secret in present
        if secret in line
    ]


def _decoded_lines(content: bytes) -> list[str]:
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16" if is_utf16 else "utf-8", errors="replace")
    lines = []
    for line in text.split("\n"):
        # Notebooks and JSON hold code as strings: there it stands with escapes.
        variants = [line, _unescaped(line)] if "\\" in line else [line]
        lines.append(" \n".join(map(_plain, variants)))
    return lines


def _unescaped(line: str) -> str:
    line = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), line)
    for escape, plain in (("\\n", " "), ("\\t", " "), ('\\"', '"'), ("\\\\", "\\")):
        line = line.replace(escape, plain)
    return line


def _plain(line: str) -> str:
    return " ".join(line.split())
