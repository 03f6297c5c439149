"""Bytes of a source file as text: strict, and exact about where it fails."""

from __future__ import annotations

import codecs
import re

from autograder.grading.handed_in import RefusedError, shown

# PEP 263: the declaration stands in a comment of the first or second line.
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
# One byte is one character there, so that a declaration cannot hide code. Codecs such
# as utf-7 and unicode_escape can: what an editor shows is then not what runs.
_PLAIN = {"ascii", "cp1252", "iso8859-1", "iso8859-15"}
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Characters that change the order in which an editor shows a line, or show nothing.
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_SAVE = "Save it as UTF-8 and hand it in again."


def source_text(data: bytes, path: str) -> str:
    """The text of a source file, with ``\\n`` at the ends of its lines.

    UTF-8, with or without a byte order mark, or the single-byte encoding that the
    file declares.

    Raises:
        RefusedError: it is not such text; the message has line and column.
    """
    if data.startswith(_WIDE):
        raise RefusedError("encoding", f"{shown(path)} is UTF-16 text. {_SAVE}")
    marked = data.startswith(codecs.BOM_UTF8)
    data = data.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")
    data = data.replace(b"\r", b"\n")
    if (nul := data.find(0)) >= 0:
        line, column = _place(data, nul)
        raise RefusedError(
            "encoding",
            f"{shown(path)} holds a NUL byte in line {line}, column {column}, so it "
            f"is damaged or no text. {_SAVE}",
        )
    encoding = _declared(data, path)
    if marked and encoding != "utf-8":
        raise RefusedError(
            "encoding",
            f"{shown(path)} declares {encoding} and begins with the mark of UTF-8. "
            "Take out the declaration and hand it in again.",
        )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line, column = _place(data, error.start)
        raise RefusedError(
            "encoding",
            f"{shown(path)} is not {encoding.upper()} text: byte "
            f"0x{data[error.start]:02x} in line {line}, column {column}. {_SAVE}",
        ) from None


def unseen_characters(text: str) -> str | None:
    """Where a text holds characters that nobody sees, as ``U+202E in line 4``."""
    found = _UNSEEN.search(text)
    if not found:
        return None
    line = text.count("\n", 0, found.start()) + 1
    return f"U+{ord(found.group()):04X} in line {line}"


def _declared(data: bytes, path: str) -> str:
    for line in data.split(b"\n", 2)[:2]:
        if cookie := _COOKIE.match(line):
            return _accepted(cookie.group(1).decode("ascii", "replace"), path)
        if not _BLANK.match(line):
            break
    return "utf-8"


def _accepted(declared: str, path: str) -> str:
    try:
        name = codecs.lookup(declared.replace("_", "-")).name
    except LookupError:
        name = ""
    if name in ("utf-8", "utf-8-sig"):
        return "utf-8"
    if name in _PLAIN:
        return name
    raise RefusedError(
        "encoding",
        f"{shown(path)} declares the encoding {declared[:40]}, which is not accepted. "
        f"{_SAVE}",
    )


def _place(data: bytes, index: int) -> tuple[int, int]:
    """Line and column of a byte, counted from 1; columns in characters."""
    start = data.rfind(b"\n", 0, index) + 1
    line = data.count(b"\n", 0, index) + 1
    return line, len(data[start:index].decode("utf-8", "replace")) + 1
