"""Zips that students hand in: read in memory, refused as a whole where hostile."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from autograder.submissions.intake import (
    Entry,
    IntakeLimits,
    Submission,
    read_submission,
)

SOURCE = "def conv2d(x):\n    return x\n"


def zipped(*files: tuple[str, str | bytes], **options: int) -> bytes:
    """A zip of these names and contents."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content, **options)
    return memory.getvalue()


def special(name: str, mode: int) -> bytes:
    """A zip with one entry of this file type beside an honest file."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.create_system = 3
        entry.external_attr = (mode | 0o644) << 16
        archive.writestr(entry, "/etc/passwd")
        archive.writestr("convolution.py", SOURCE)
    return memory.getvalue()


def read(tmp_path: Path, data: bytes, limits: IntakeLimits | None = None) -> Submission:
    """Read a zip as student_01's."""
    path = tmp_path / "student_01.zip"
    path.write_bytes(data)
    return read_submission(
        Entry("student_01", path), ["convolution", "pooling"], False, limits
    )


def refused(submission: Submission) -> str:
    """The text of the one problem that all exercises have."""
    assert submission.files == {}
    assert submission.refused is not None
    assert submission.problems == dict.fromkeys(
        ["convolution", "pooling"], submission.refused
    )
    return submission.refused.text


def test_an_honest_zip(tmp_path: Path) -> None:
    """Files in a nested folder are found, the leavings of macOS are not."""
    data = zipped(
        ("hw1/", ""),
        ("hw1/src/convolution.py", SOURCE),
        ("hw1/pooling.py", "P = 1\n"),
        ("__MACOSX/hw1/src/._convolution.py", b"\x00\x05\x16\x07"),
        ("hw1/.DS_Store", b"\x00"),
        ("hw1/__pycache__/convolution.py", "no"),
    )

    submission = read(tmp_path, data)

    assert submission.files == {"convolution": SOURCE, "pooling": "P = 1\n"}
    assert submission.problems == {}
    assert submission.notes == []
    assert submission.origins["convolution"] == "hw1/src/convolution.py"


def test_backslashes_as_written_by_older_windows_tools(tmp_path: Path) -> None:
    """A backslash separates folders, as the tool that wrote it meant."""
    submission = read(tmp_path, zipped(("hw1\\convolution.py", SOURCE)))

    assert submission.files == {"convolution": SOURCE}


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("/etc/cron.d/convolution.py", "absolute path"),
        ("C:/convolution.py", "absolute path"),
        ("C:convolution.py", "absolute path"),
        ("\\\\server\\share\\convolution.py", "absolute path"),
        ("../convolution.py", "leaves its folder"),
        ("hw1/../../convolution.py", "leaves its folder"),
        ("..\\convolution.py", "leaves its folder"),
        ("__MACOSX/../../convolution.py", "leaves its folder"),
    ],
)
def test_a_path_out_of_the_archive(tmp_path: Path, name: str, rule: str) -> None:
    """Such a path refuses the archive, and nothing is written anywhere."""
    data = zipped((name, SOURCE), ("pooling.py", "P = 1\n"))

    assert rule in refused(read(tmp_path, data))
    assert [path.name for path in tmp_path.rglob("*")] == ["student_01.zip"]


@pytest.mark.parametrize(
    ("mode", "rule"),
    [
        (stat.S_IFLNK, "a link"),
        (stat.S_IFCHR, "a device"),
        (stat.S_IFIFO, "a device or a pipe"),
    ],
)
def test_what_is_no_file(tmp_path: Path, mode: int, rule: str) -> None:
    """Links, devices and pipes refuse the archive."""
    assert rule in refused(read(tmp_path, special("pooling.py", mode)))


def test_a_password(tmp_path: Path) -> None:
    """An encrypted archive is refused with its reason."""
    data = bytearray(zipped(("convolution.py", SOURCE)))
    place = data.index(b"PK\x01\x02") + 8
    data[place] |= 1

    assert "password" in refused(read(tmp_path, bytes(data)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_without_bound(tmp_path: Path, method: int) -> None:
    """Only stored and deflated entries are read."""
    data = zipped(("convolution.py", SOURCE), compress_type=method)

    assert "compression" in refused(read(tmp_path, data))


def test_too_many_entries(tmp_path: Path) -> None:
    """200 entries are read, 201 refused."""
    most = [(f"data/{number}.txt", "") for number in range(199)]

    assert not read(tmp_path, zipped(("convolution.py", SOURCE), *most)).refused
    more = zipped(("convolution.py", SOURCE), ("pooling.py", ""), *most)
    assert "more than 200" in refused(read(tmp_path, more))


def test_entries_are_counted_before_zipfile_sees_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The directory of a million entries is never made into objects."""
    data = zipped(*[(f"{number}.txt", "") for number in range(21)])

    def never(*arguments: object) -> None:
        raise AssertionError("zipfile was asked")

    monkeypatch.setattr(zipfile, "ZipFile", never)
    limits = IntakeLimits(directory=20)
    assert "more than 20 files" in refused(read(tmp_path, data, limits))


def environment(folder: str) -> list[tuple[str, str | bytes]]:
    """What a virtual environment leaves in a zip: many files, large and repetitive."""
    library = f"{folder}/lib/python3.11/site-packages/torch"
    return [
        (f"{folder}/pyvenv.cfg", "home = /usr/bin\n"),
        (f"{folder}/zeros.bin", bytes(2**20)),
        *((f"{library}/part_{number}.py", "x = 1\n") for number in range(300)),
    ]


@pytest.mark.parametrize(
    "folder", [".venv", "venv", "hw1/env", "site-packages", ".git", "node_modules"]
)
def test_junk_is_left_out_before_anything_is_counted(
    tmp_path: Path, folder: str
) -> None:
    """A virtual environment, a repository or packages cost a student nothing."""
    data = zipped(("hw1/convolution.py", SOURCE), *environment(folder))

    submission = read(tmp_path, data)

    assert submission.refused is None
    assert submission.files == {"convolution": SOURCE}
    named = [note.text for note in submission.notes if "virtual env" in note.text]
    visible = folder in ("venv", "hw1/env")
    assert named == [f"{folder} is a virtual environment and was left out."] * visible


def test_links_of_an_environment_refuse_nothing(tmp_path: Path) -> None:
    """A virtual environment holds links, and a zip of it keeps them."""
    submission = read(tmp_path, special(".venv/bin/python", stat.S_IFLNK))

    assert submission.files == {"convolution": SOURCE}


def test_a_pyvenv_cfg_at_the_top_hides_nothing(tmp_path: Path) -> None:
    """Only a folder can be an environment."""
    data = zipped(("pyvenv.cfg", ""), ("convolution.py", SOURCE))

    assert read(tmp_path, data).files == {"convolution": SOURCE}


def test_too_large_when_unpacked(tmp_path: Path) -> None:
    """The sizes in the headers refuse an archive before anything is unpacked."""
    noise = b"".join(b"%d," % (number * 7919) for number in range(20_000))
    limits = IntakeLimits(total_bytes=100 * 2**10)
    data = zipped(("convolution.py", SOURCE), ("data.bin", noise))

    assert len(data) < limits.total_bytes
    assert "over the 100 KB" in refused(read(tmp_path, data, limits))


def test_too_large_as_it_is(tmp_path: Path) -> None:
    """A zip that is itself over the limit is not read."""
    limits = IntakeLimits(archive_bytes=50)

    assert "over 0.0488 KB" in refused(
        read(tmp_path, zipped(("convolution.py", SOURCE)), limits)
    )


def test_a_bomb(tmp_path: Path) -> None:
    """A file that unpacks to a thousand times its size refuses the archive."""
    rest = b"".join(b"%d," % (number * 7919) for number in range(20_000))
    data = zipped(("a.bin", rest), ("zeros.bin", bytes(2**20)))

    assert "unpacks to 1" in refused(read(tmp_path, data))


def test_a_bomb_of_many_small_files(tmp_path: Path) -> None:
    """The archive as a whole has the same limit."""
    data = zipped(*[(f"{number}.bin", bytes(60_000)) for number in range(60)])

    assert "times its size" in refused(read(tmp_path, data))


def test_a_nul_in_a_name(tmp_path: Path) -> None:
    """A name that readers would cut in different places is refused."""
    data = zipped(("pooling.py_.txt", SOURCE)).replace(b"py_.txt", b"py\0.txt")

    assert "NUL in its name" in refused(read(tmp_path, data))


def test_a_small_file_may_compress_well(tmp_path: Path) -> None:
    """Ten thousand blank lines are no bomb."""
    submission = read(tmp_path, zipped(("convolution.py", SOURCE + "\n" * 10_000)))

    assert not submission.problems.get("convolution")


def test_a_header_that_lies_about_the_size(tmp_path: Path) -> None:
    """What is read is bound by the claim, and the claim by the checksum."""
    bomb = bytearray(zipped(("convolution.py", b"#" * 2**20)))
    local, central = bomb.index(b"PK\x03\x04"), bomb.index(b"PK\x01\x02")
    for place in (local + 22, central + 24):
        struct.pack_into("<I", bomb, place, 100)

    assert "damaged" in refused(read(tmp_path, bytes(bomb)))


@pytest.mark.parametrize("keep", [0, 1, 30, -1, -10])
def test_a_damaged_zip(tmp_path: Path, keep: int) -> None:
    """An archive that was cut short is refused, not a crash."""
    data = zipped(("convolution.py", SOURCE))

    assert "damaged" in refused(read(tmp_path, data[:keep]))


def test_every_flipped_byte_is_survived(tmp_path: Path) -> None:
    """No single changed byte makes reading raise."""
    data = zipped(("convolution.py", SOURCE))
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 0xFF

        submission = read(tmp_path, bytes(changed))

        assert submission.files.get("convolution", SOURCE) in (SOURCE, "")


def test_one_file_over_its_limit(tmp_path: Path) -> None:
    """A large source file costs its own exercise only."""
    large = "".join(f"# {number * 7919}\n" for number in range(120_000))
    data = zipped(("convolution.py", large), ("pooling.py", "P = 1\n"))

    submission = read(tmp_path, data)

    assert submission.refused is None
    assert submission.files == {"pooling": "P = 1\n"}
    assert submission.problems["convolution"].kind == "too_large"
    assert "convolution.py has" in submission.problems["convolution"].text


def test_one_path_twice_in_an_archive(tmp_path: Path) -> None:
    """Two entries of one path with different content are ambiguous."""
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped(("convolution.py", SOURCE), ("convolution.py", "other"))

    assert read(tmp_path, data).problems["convolution"].kind == "ambiguous"


def test_a_zip_beside_source_files_is_not_opened(tmp_path: Path) -> None:
    """It is named in a note, and what is missing was perhaps in it."""
    inner = zipped(("convolution.py", SOURCE))

    submission = read(tmp_path, zipped(("inner.zip", inner), ("pooling.py", "")))

    assert submission.problems["convolution"].kind == "unclaimed"
    assert any("inner.zip was not opened" in note.text for note in submission.notes)


def test_refused_archives_differ_by_digest(tmp_path: Path) -> None:
    """An archive that is refused for another reason is another submission."""
    link = read(tmp_path, special("pooling.py", stat.S_IFLNK))
    damaged = read(tmp_path, b"PK")

    assert link.digest != damaged.digest
