"""Read a student's zip in memory: nothing is extracted, so no path of it is ever used.

The header of an archive is the student's claim. It is checked first, since an honest
archive that is too large should be refused at once; what is read is capped all the
same. Only stored and deflated entries are read: zlib hands out no more than it is
asked for, the other methods can unpack a few kilobytes into gigabytes in one step.
"""

from __future__ import annotations

import contextlib
import io
import re
import stat
import zipfile
from pathlib import Path

from autograder.submissions.data_files import is_data
from autograder.submissions.filenames import is_archive, is_junk, kind_of
from autograder.submissions.handed_in import (
    File,
    HandedIn,
    RefusedError,
    mebibytes,
    shown,
)
from autograder.submissions.limits import DATA_FILE_BYTES, SMALL_BYTES, IntakeLimits

_ENTRY_SIGNATURE = b"PK\x01\x02"  # stands before each entry of the directory
_NOUN = "The zip"
_AGAIN = "Hand in an ordinary .zip of your .py files, notebook and worksheet."


def read_zip(data: bytes, limits: IntakeLimits) -> HandedIn:
    """The files of a zip that can matter.

    Raises:
        RefusedError: the archive is damaged, too large, or does what no honest
            archive does.
    """
    # Counted before zipfile makes an object of each: a million entries are 500 MB.
    if data.count(_ENTRY_SIGNATURE) > limits.directory:
        raise too_many(limits.directory)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, limits)
    except RefusedError:
        raise
    # zipfile has no base class for what a crafted archive makes it raise.
    except Exception:
        raise refused("The zip is damaged and cannot be read.") from None


def archive_bytes(path: Path, limits: IntakeLimits, noun: str) -> bytes:
    """The bytes of an archive, if they are not too many."""
    try:
        with path.open("rb") as file:
            data = file.read(limits.archive_bytes + 1)
    except OSError as error:
        text = f"{noun} cannot be read ({error.strerror}). Hand it in again."
        raise RefusedError("unreadable", text) from None
    if len(data) > limits.archive_bytes:
        raise refused(f"{noun} is over {mebibytes(limits.archive_bytes)}.")
    return data


def _read(archive: zipfile.ZipFile, limits: IntakeLimits) -> HandedIn:
    found = HandedIn()
    entries = _without_junk(archive.infolist(), found)
    if len(entries) > limits.entries:
        raise too_many(limits.entries)
    for entry in entries:
        _check(entry, limits)
    total = sum(entry.file_size for entry in entries)
    size = sum(entry.compress_size for entry in entries)
    if total > limits.total_bytes:
        raise refused(
            f"The zip unpacks to {mebibytes(total)}, over the "
            f"{mebibytes(limits.total_bytes)} that are allowed."
        )
    if total > max(SMALL_BYTES, limits.ratio * size):
        raise refused(f"The zip unpacks to {total // max(1, size)} times its size.")
    for entry in entries:
        path = _path(entry)
        if entry.is_dir():
            continue
        limit = kind_limit(path, limits)
        data = None
        if limit and entry.file_size <= limit:
            # What is damaged among the data costs nothing but itself.
            damaged = () if kind_of(path) or is_archive(path) else (Exception,)
            with contextlib.suppress(*damaged), archive.open(entry) as stream:
                data = stream.read(limit + 1)
        # zipfile reads up to the size in the header; one that lies fails its checksum.
        keep_file(found, path, data, entry.file_size)
    return found


def kind_limit(path: str, limits: IntakeLimits) -> int:
    """How many bytes a file in an archive may have; 0 for one that is not read."""
    if is_archive(path):
        return limits.total_bytes
    kind = kind_of(path)
    if not kind:
        return DATA_FILE_BYTES if is_data(path) else 0
    return limits.notebook_bytes if kind == ".ipynb" else limits.file_bytes


def keep_file(found: HandedIn, path: str, data: bytes | None, size: int) -> None:
    """Put a file of an archive where it belongs."""
    if not kind_of(path):
        found.others.append(path)
        if is_archive(path):
            found.archives |= {} if data is None else {path: data}
        else:
            found.data.add(path, data, size)
    else:
        found.files.append(File(path, data, size if data is None else len(data)))


def _without_junk(
    entries: list[zipfile.ZipInfo], found: HandedIn
) -> list[zipfile.ZipInfo]:
    """The entries that somebody may want, each with an honest path.

    Links and large files of a virtual environment are no sign of dishonesty, and are
    never read.
    """
    environments = set()
    for entry in entries:
        if complaint := complaint_on_path(entry.orig_filename):
            raise refused(complaint)
        folder, _, name = _path(entry).rpartition("/")
        if name == "pyvenv.cfg" and folder:
            environments.add(folder)
            if not is_junk(folder):
                found.notes.append(
                    f"{shown(folder)} is a virtual environment and was left out."
                )
    return [
        entry
        for entry in entries
        if not is_junk(path := _path(entry))
        and not (environments and environments.intersection(_folders(path)))
    ]


def _folders(path: str) -> list[str]:
    """A path and all folders that it lies in."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def complaint_on_path(name: str, noun: str = _NOUN) -> str | None:
    """What no honest archive has in a path."""
    path = plain_path(name)
    if "\0" in name:
        return f"{noun} holds a file with a NUL in its name, {shown(name)}."
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return f"{noun} holds an absolute path, {shown(name)}."
    if ".." in path.split("/"):
        return f"{noun} holds a path that leaves its folder, {shown(name)}."
    return None


def _check(entry: zipfile.ZipInfo, limits: IntakeLimits) -> None:
    """Refuse what no honest archive holds."""
    name = shown(entry.orig_filename)
    mode = stat.S_IFMT(entry.external_attr >> 16)
    if mode == stat.S_IFLNK:
        raise refused(f"The zip holds a link, {name}. Put the file itself into it.")
    if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise refused(f"The zip holds a device or a pipe, {name}.")
    if entry.flag_bits & 0x41:
        raise refused(f"The zip is protected with a password ({name}).")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refused(f"The zip uses a rare kind of compression for {name}.")
    if entry.file_size > max(SMALL_BYTES, limits.ratio * entry.compress_size):
        times = entry.file_size // max(1, entry.compress_size)
        raise refused(f"The zip holds a file that unpacks to {times} times, {name}.")


def _path(entry: zipfile.ZipInfo) -> str:
    return plain_path(entry.orig_filename)


def plain_path(name: str) -> str:
    """An entry's path; Windows tools before 2017 wrote backslashes into it."""
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return ("/" if path.startswith("/") else "") + "/".join(parts)


def too_many(most: int, noun: str = _NOUN) -> RefusedError:
    """The refusal of an archive with too many names."""
    return refused(f"{noun} holds more than {most} files and folders.")


def refused(text: str) -> RefusedError:
    """The refusal of an archive, with what to do."""
    return RefusedError("archive", f"{text} {_AGAIN}")
