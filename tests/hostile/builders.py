"""What cannot lie in a repository: archives, endless files, bytes that are no text.

Each function makes what one row hands in, in an empty folder that is called as the
student; an archive takes the folder's place. They are named as the rows.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.hostile.catalogue_files import RIGHT_TENSORS

Content = bytes | str


def zipped(files: Mapping[str, Content], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def _instead(folder: Path, ending: str, content: bytes) -> None:
    folder.rmdir()
    folder.with_name(folder.name + ending).write_bytes(content)


def zip_parent(folder: Path) -> None:
    _instead(folder, ".zip", zipped({"../tensors.py": RIGHT_TENSORS, "labels.py": ""}))


def zip_absolute(folder: Path) -> None:
    name = f"{folder.parent}/forged.txt"
    _instead(folder, ".zip", zipped({name: "99", "tensors.py": RIGHT_TENSORS}))


def zip_link(folder: Path) -> None:
    info = zipfile.ZipInfo("tensors.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(info, "../student_01/tensors.py")
        archive.writestr("labels.py", "")
    _instead(folder, ".zip", content.getvalue())


def tar_hard_link(folder: Path) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        info = tarfile.TarInfo("tensors.py")
        info.type, info.linkname = tarfile.LNKTYPE, "/etc/passwd"
        archive.addfile(info)
    _instead(folder, ".tar", content.getvalue())


def ratio_bomb(folder: Path) -> None:
    small = zipped({"tensors.py": bytes(1 << 22), "labels.py": ""})
    # The same compressed bytes under a hundred names: hundreds of megabytes in all.
    zeros = bytes(1 << 22)
    content = io.BytesIO(small)
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"data_{number}.txt", zeros)
    _instead(folder, ".zip", content.getvalue())


def many_names(folder: Path) -> None:
    """A million entries in the directory of a zip, made of one entry's bytes."""
    one = zipped({"a.txt": ""}, zipfile.ZIP_STORED)
    start = one.index(b"PK\1\2")
    end = one.index(b"PK\5\6")
    count = 1_000_000
    directory = one[start:end] * count
    size = len(directory)
    ending = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, size, start, 0)
    _instead(folder, ".zip", one[:start] + directory + ending)


def large_file(folder: Path) -> None:
    """Two gigabytes that take no room."""
    with open(folder / "tensors.py", "wb") as file:
        file.truncate(2 << 30)


def nested_bomb(folder: Path) -> None:
    inner = zipped({"tensors.py": RIGHT_TENSORS})
    for _ in range(6):
        inner = zipped({f"{number}.zip": inner for number in range(4)})
    _instead(folder, ".zip", inner)


def source_bomb(folder: Path) -> None:
    with open(folder / "tensors.py", "wb") as file:
        file.write(b"import torch\n")
        file.truncate(100 << 20)


def deep_nesting(folder: Path) -> None:
    text = RIGHT_TENSORS + "\nNEST = " + "(" * 100_000 + ")" * 100_000 + "\n"
    (folder / "tensors.py").write_text(text)


def long_line(folder: Path) -> None:
    text = RIGHT_TENSORS + "\nLONG = [" + "1, " * 300_000 + "]\n"
    (folder / "tensors.py").write_text(text)


def nul(folder: Path) -> None:
    (folder / "tensors.py").write_text(RIGHT_TENSORS + "WORD = 'a\0b'\n")


def bidi(folder: Path) -> None:
    line = "# \u202e right to left \u2066 and back\n"
    (folder / "tensors.py").write_text(RIGHT_TENSORS + line, encoding="utf-8")


def macos_meta(folder: Path) -> None:
    """Names that a repository may have been told to ignore."""
    for name in ("__MACOSX/._tensors.py", "._tensors.py", ".DS_Store"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\0\5\26\7Mac OS X")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "tensors.cpython-311.pyc").write_bytes(b"\0")
    (folder / "tensors.py").write_text(RIGHT_TENSORS)


def crlf_bom(folder: Path) -> None:
    text = "\ufeff" + RIGHT_TENSORS.replace("\n", "\r\n")
    (folder / "tensors.py").write_bytes(text.encode())


def non_utf8(folder: Path) -> None:
    (folder / "tensors.py").write_bytes(RIGHT_TENSORS.encode() + b"WORD = 'caf\xe9'\n")


def nothing(folder: Path) -> None:
    """An empty folder, which no repository keeps."""
    os.utime(folder)


BUILDERS = {
    "50a_zip_parent": zip_parent,
    "50b_zip_absolute": zip_absolute,
    "50c_zip_link": zip_link,
    "50d_tar_hard_link": tar_hard_link,
    "51a_ratio_bomb": ratio_bomb,
    "51b_many_names": many_names,
    "51c_large_file": large_file,
    "51d_nested_bomb": nested_bomb,
    "52a_source_bomb": source_bomb,
    "52b_deep_nesting": deep_nesting,
    "52c_long_line": long_line,
    "53b_nul": nul,
    "53c_bidi": bidi,
    "64_macos_meta": macos_meta,
    "65a_crlf_bom": crlf_bom,
    "66_non_utf8": non_utf8,
    "69b_nothing": nothing,
}
