"""Bytes of sources and worksheets as text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sources.decoding import (
    SourceError,
    answers_text,
    source_text,
    stray_bytes,
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("# é\n".encode("latin-1"), "# é\n"),
        ("A = 1  # é\n".encode("latin-1"), "A = 1  # é\n"),
        ("A = '#'  # é\n".encode("latin-1"), "A = '#'  # é\n"),
        ("'''\n#'''  # é\nA = 'ü'\n".encode("latin-1"), None),
        ("A = '# é'\n".encode("latin-1"), None),
        ("'''\n# é\n'''\n".encode("latin-1"), None),
        ("é = 1\n".encode("latin-1"), None),
        (b"# coding: latin-1\nA = '\xe9'\n", "# coding: latin-1\nA = 'é'\n"),
        (b"# coding: gbk\nA = '\xd6\xd0'\n", "# coding: gbk\nA = '中'\n"),
        (b"# coding: shift_jis\nA = '\x95\\'\n", "# coding: shift_jis\nA = '表'\n"),
        (b"# vim: fileencoding=koi8-r\n# \xc4\n", "# vim: fileencoding=koi8-r\n# д\n"),
        ("\ufeffA = 1\n".encode(), "A = 1\n"),
        (b"A = 1\rB = 2\r\n", "A = 1\nB = 2\n"),
        (b"# coding: utf-7\nA = 1\n", None),
        (b"# coding: hz\nA = 1\n", None),
        (b"# coding: rot13\nN = 1\n", None),
        (b"# coding: cp037\nA = 1\n", None),
        (b"# coding: ascii\n# \xe9\n", None),
        ("A = 1\n".encode("utf-16"), None),
    ],
)  # fmt: skip
def test_a_source_is_read_as_python_reads_it(data: bytes, expected: str | None) -> None:
    """Declared encodings that show what runs; else UTF-8, comments aside."""
    if expected is None:
        with pytest.raises(SourceError, match="a.py"):
            source_text(data, "a.py")
    else:
        assert source_text(data, "a.py") == expected
        compile(expected, "a.py", "exec")


@pytest.mark.parametrize("line", [b"# \xe9\n", b"A = 1  # \xe9\n", b"A = '\xe9'\n"])
def test_what_python_imports_is_read(tmp_path: Path, line: bytes) -> None:
    """Some Pythons import a comment that is no UTF-8; none loses a point by it."""
    (tmp_path / "homework.py").write_bytes(line)
    command = [sys.executable, "-c", "import homework"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True)

    if done.returncode == 0:
        assert source_text(line, "homework.py").startswith(line[:1].decode())
    else:
        assert b"Error" in done.stderr


def test_stray_bytes_are_told_of() -> None:
    """With their line; a declared encoding has none."""
    assert stray_bytes(b"A = 1\r\n\r\n# \xe9\n") == "line 3"
    assert stray_bytes("# é\n".encode()) is None
    assert stray_bytes(b"# coding: latin-1\n# \xe9\n") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_worksheet_is_read_in_any_encoding(encoding: str) -> None:
    """No answer is lost over an accent."""
    text = 'answer = "Gr\u00f6\u00dfe \u201cx\u201d"\nanswer = 7\n'

    assert answers_text(text.replace("\n", "\r\n").encode(encoding)) == text
    assert "7" in answers_text(b"\x81\x8d answer = 7")
