"""Bytes of a source file as text, as Python reads them, and exact about where not."""

from __future__ import annotations

import codecs
import re

from autograder.sources.scanning import Scanner
from autograder.sources.shown_names import shown

# PEP 263: the declaration stands in a comment of the first or second line.
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
# Encodings that people save files in. Others (utf-7, unicode_escape, hz) spell
# characters in ASCII: what an editor shows is then not what runs.
_SAVED = re.compile(
    r"ascii|cp\d+|iso8859-\d+|koi8-[rtu]|mac-\w+|gbk|gb2312|gb18030|big5(hkscs)?"
    r"|shift_jis\w*|euc_\w+|johab|tis-620|ptcp154|kz1048|hp-roman8"
)
_ASCII = bytes([9, 10, *range(32, 92), *range(93, 126)])  # shift_jis: other \ and ~
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Characters that change the order in which an editor shows a line, or show nothing.
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_ESCAPED = re.compile("[\udc80-\udcff]")  # a byte that is no UTF-8, as Python keeps it
_SAVE = "Save it as UTF-8 and hand it in again."


class SourceError(Exception):
    """A file that is no text of its kind; says where, why and what to do."""


def source_text(data: bytes, path: str) -> str:
    """The text of a Python source, with ``\\n`` at the ends of its lines.

    UTF-8, with or without a byte order mark, or the encoding that the file declares.
    Bytes that are no UTF-8 are accepted in comments of a file that declares nothing,
    since Python runs such a file; they are read as Latin-1.

    Raises:
        SourceError: it is not such text; the message has line and column.
    """
    if data.startswith(_WIDE):
        raise SourceError(f"{shown(path)} is UTF-16 text. {_SAVE}")
    marked = data.startswith(codecs.BOM_UTF8)
    data = data.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")
    data = data.replace(b"\r", b"\n")
    if (nul := data.find(0)) >= 0:
        line, column = _place(data, nul)
        raise SourceError(
            f"{shown(path)} holds a NUL byte in line {line}, column {column}, so it "
            f"is damaged or no text. {_SAVE}",
        )
    declared = _declared(data)
    encoding = _accepted(declared, path) if declared else "utf-8"
    if marked and encoding != "utf-8":
        raise SourceError(
            f"{shown(path)} declares {encoding} and begins with the mark of UTF-8. "
            "Take out the declaration and hand it in again.",
        )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if not declared and (text := _with_bytes_in_comments(data)) is not None:
            return text
        line, column = _place(data, error.start)
        raise SourceError(
            f"{shown(path)} is not {encoding.upper()} text: byte "
            f"0x{data[error.start]:02x} in line {line}, column {column}. {_SAVE}",
        ) from None


def answers_text(data: bytes) -> str:
    """The text of a worksheet, whatever it was saved as.

    UTF-8, UTF-16 with its mark, or else Windows' Western encoding: numbers and choices
    are the same in all of them, and no answer is lost over an accent.
    """
    if data.startswith(_WIDE):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def unseen_characters(text: str) -> str | None:
    """Where a text holds characters that nobody sees, as ``U+202E in line 4``."""
    found = _UNSEEN.search(text)
    if not found:
        return None
    line = text.count("\n", 0, found.start()) + 1
    return f"U+{ord(found.group()):04X} in line {line}"


def stray_bytes(data: bytes) -> str | None:
    """Where a source that could be read holds bytes that are no UTF-8: ``line 4``."""
    if data.startswith(_WIDE) or _declared(data):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        plain = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return f"line {plain.count(10) + 1}"
    return None


def _with_bytes_in_comments(data: bytes) -> str | None:
    """The text, where all that is no UTF-8 stands in comments."""
    text = data.decode("utf-8", "surrogateescape")
    scanner = Scanner()
    for line in text.split("\n"):
        scanner.read(line)
        strays = [found.start() for found in _ESCAPED.finditer(line)]
        if strays and (scanner.comment is None or strays[0] < scanner.comment):
            return None
    return _ESCAPED.sub(lambda found: chr(ord(found.group()) - 0xDC00), text)


def _declared(data: bytes) -> str:
    """The encoding that a source declares; empty where it declares none."""
    data = data.removeprefix(codecs.BOM_UTF8)
    for line in data.replace(b"\r", b"\n").split(b"\n", 2)[:2]:
        if cookie := _COOKIE.match(line):
            return cookie.group(1).decode("ascii", "replace")
        if not _BLANK.match(line):
            break
    return ""


def _accepted(declared: str, path: str) -> str:
    try:
        name = codecs.lookup(declared.replace("_", "-")).name
    except LookupError:
        name = ""
    if name in ("utf-8", "utf-8-sig"):
        return "utf-8"
    if _SAVED.fullmatch(name) and _ASCII.decode(name, "replace") == _ASCII.decode():
        return name
    raise SourceError(
        f"{shown(path)} declares the encoding {declared[:40]}, which is not accepted. "
        f"{_SAVE}",
    )


def _place(data: bytes, index: int) -> tuple[int, int]:
    """Line and column of a byte, counted from 1; columns in characters."""
    start = data.rfind(b"\n", 0, index) + 1
    line = data.count(b"\n", 0, index) + 1
    return line, len(data[start:index].decode("utf-8", "replace")) + 1
