"""Tars, and archives within archives, that students hand in."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from autograder.submissions.intake import (
    Entry,
    IntakeLimits,
    Submission,
    read_submission,
)

SOURCE = b"A = 1\n"


def tar(*members: tuple[str, bytes] | tarfile.TarInfo, mode: str = "w:gz") -> bytes:
    """A tar of these files and members."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as archive:  # type: ignore[call-overload]
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            info.size = len(member[1])
            archive.addfile(info, io.BytesIO(member[1]))
    return data.getvalue()


def zipped(*files: tuple[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member that is no ordinary file."""
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def read(
    tmp_path: Path,
    data: bytes,
    name: str = "student_01.tar.gz",
    limits: IntakeLimits | None = None,
) -> Submission:
    """Read an archive as student_01's."""
    path = tmp_path / name
    path.write_bytes(data)
    return read_submission(Entry("student_01", path), ["convolution"], False, limits)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("student_01.tar.gz", "w:gz"),
        ("student_01.tgz", "w:gz"),
        ("student_01.tar", "w"),
        ("student_01.tar.gz", "w"),  # unpacked by a browser
        ("student_01.TAR", "w"),
    ],
)
def test_a_tar_is_read(tmp_path: Path, name: str, mode: str) -> None:
    """Packed or plain, at any depth, junk and environments left out."""
    data = tar(
        ("hw/convolution.py", SOURCE),
        ("hw/._convolution.py", b"no"),
        ("hw/venv/lib/convolution.py", b"no"),
        ("hw/venv/pyvenv.cfg", b""),
        special("hw/link.py", tarfile.SYMTYPE, "/etc/passwd"),
        mode=mode,
    )

    submission = read(tmp_path, data, name)

    assert submission.files == {"convolution": "A = 1\n"}
    texts = [note.text for note in submission.notes]
    assert any("venv is a virtual environment" in text for text in texts)
    assert any("link.py is a link and was not followed" in text for text in texts)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (tar(("../convolution.py", SOURCE)), "leaves its folder"),
        (tar(("/tmp/convolution.py", SOURCE)), "absolute path"),
        (tar(("C:/convolution.py", SOURCE)), "absolute path"),
        (tar(special("convolution.py", tarfile.CHRTYPE)), "a device or a pipe"),
        (tar(special("convolution.py", tarfile.FIFOTYPE)), "a device or a pipe"),
        (tar(*[(f"{n}.py", b"") for n in range(300)]), "more than 200 files"),
        (tar(*[(f".git/{n}", b"") for n in range(20_100)]), "more than 20000 files"),
        (b"", "damaged"),
        (b"Rar!", "damaged"),
        (b"\x1f\x8b", "damaged"),
        (tar(("convolution.py", SOURCE))[:60], "damaged"),
    ],
    ids=str.split(
        "above root drive device pipe many hidden empty rar short cut",
    ),
)
def test_what_no_honest_tar_does(tmp_path: Path, data: bytes, said: str) -> None:
    """It is refused as a whole, with the reason."""
    submission = read(tmp_path, data)

    assert submission.files == {}
    assert submission.refused is not None
    assert said in submission.refused.text
    assert "Hand in an ordinary" in submission.refused.text


def test_links_of_a_tar_are_never_followed(tmp_path: Path) -> None:
    """Neither out of it nor to another of its files."""
    hard = special("convolution.py", tarfile.LNKTYPE, "other.py")

    files = [("other.py", b"x = 1\n"), ("pooling.py", b"y = 1\n")]
    submission = read(tmp_path, tar(*files, hard))

    assert "convolution" not in submission.files


def test_a_bomb(tmp_path: Path) -> None:
    """Gigabytes of nothing are counted as they come, and no more is unpacked."""
    info = tarfile.TarInfo(".git/zeros")
    info.size = 2**31
    chunk = gzip.compress(bytes(2**24))
    head = gzip.compress(info.tobuf())

    submission = read(tmp_path, head + chunk * 128)

    assert submission.refused is not None
    assert "unpacks to over" in submission.refused.text


def test_every_flipped_byte_is_survived(tmp_path: Path) -> None:
    """A damaged tar is a problem and no error, wherever the damage is."""
    whole = tar(("convolution.py", SOURCE), mode="w")[:1024]

    for place in range(0, 560, 7):
        data = bytearray(whole)
        data[place] ^= 0xFF
        read(tmp_path, bytes(data))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (zipped(("hw.zip", zipped(("convolution.py", SOURCE)))), "a.zip"),
        (zipped(("x/hw.tar.gz", tar(("convolution.py", SOURCE)))), "a.zip"),
        (tar(("hw.zip", zipped(("convolution.py", SOURCE)))), "a.tgz"),
        (
            zipped(
                ("code.zip", zipped(("convolution.py", SOURCE))),
                ("more.zip", zipped(("helpers.py", b"H = 1\n"))),
                ("readme.txt", b""),
            ),
            "a.zip",
        ),
    ],
)
def test_an_archive_in_an_archive_is_opened(
    tmp_path: Path, data: bytes, name: str
) -> None:
    """Where there is nothing else to be graded, its files are the work."""
    submission = read(tmp_path, data, name)

    assert submission.files["convolution"] == "A = 1\n"
    assert not any("was not opened" in note.text for note in submission.notes)


def test_archives_all_the_way_down(tmp_path: Path) -> None:
    """Two deep is enough; nothing endless is followed."""
    data = zipped(("convolution.py", SOURCE))
    for _ in range(5):
        data = zipped(("hw.zip", data))

    submission = read(tmp_path, data, "a.zip")

    assert submission.files == {}
    assert submission.problems["convolution"].is_unread


def test_archives_share_one_limit(tmp_path: Path) -> None:
    """What several hold together is not more than one may hold."""
    part = zipped(*[(f"{n}.py", bytes(50_000)) for n in range(10)])
    limits = IntakeLimits(total_bytes=1_200_000, ratio=10_000)

    submission = read(
        tmp_path, zipped(*[(f"{n}.zip", part) for n in range(3)]), "a.zip", limits
    )

    assert submission.refused is not None


def test_a_folder_with_a_tar(tmp_path: Path) -> None:
    """As platforms make it: the archive lies in a folder of the student's."""
    folder = tmp_path / "student_01"
    folder.mkdir()
    (folder / "hw.tar.gz").write_bytes(tar(("convolution.py", SOURCE)))

    submission = read_submission(Entry("student_01", folder), ["convolution"])

    assert submission.files == {"convolution": "A = 1\n"}
