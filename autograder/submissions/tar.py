"""Read a student's tar, packed or plain, in memory and in one pass; as with a zip.

What is unpacked is counted as it comes, since a tar has no directory that could be
checked first. Links are not followed and devices not opened: a tar is read for the
bytes of its ordinary files.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib

from autograder.submissions.archive import (
    complaint_on_path,
    keep_file,
    kind_limit,
    plain_path,
    refused,
    too_many,
)
from autograder.submissions.filenames import is_junk
from autograder.submissions.handed_in import (
    HandedIn,
    RefusedError,
    mebibytes,
    shown,
)
from autograder.submissions.limits import IntakeLimits

_GZIP = b"\x1f\x8b"
_NOUN = "The tar"


def read_tar(data: bytes, limits: IntakeLimits) -> HandedIn:
    """The files of a tar that can matter.

    Raises:
        RefusedError: the archive is damaged, too large, or does what no honest
            archive does.
    """
    most = limits.archive_bytes
    plain: io.BufferedIOBase = io.BytesIO(data)
    if data.startswith(_GZIP):
        most = min(most, max(2**20, limits.ratio * len(data)))
        plain = gzip.GzipFile(fileobj=io.BytesIO(data))
    try:
        with tarfile.open(fileobj=_Counted(plain, most), mode="r|") as archive:
            return _read(archive, limits)
    except RefusedError:
        raise
    # A crafted archive makes tarfile raise what it never promised.
    except (Exception, RecursionError) as error:
        if isinstance(error, _TooLong):
            raise refused(f"{_NOUN} unpacks to over {mebibytes(most)}.") from None
        raise refused(f"{_NOUN} is damaged and cannot be read.") from None


class _TooLong(OSError):
    """More came out of an archive than it may hold."""


class _Counted(io.RawIOBase):
    """A stream that ends with an error when too much was read of it."""

    def __init__(self, inner: io.BufferedIOBase, most: int) -> None:
        self._inner = inner
        self._left = most

    def readable(self) -> bool:
        """It is a stream to read from."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Read at most so much."""
        wanted = 2**16 if size is None or size < 0 else min(size, 2**20)
        try:
            data = self._inner.read(wanted)
        except (zlib.error, EOFError) as error:
            raise OSError("damaged") from error
        self._left -= len(data)
        if self._left < 0:
            raise _TooLong
        return data


def _read(archive: tarfile.TarFile, limits: IntakeLimits) -> HandedIn:
    found = HandedIn()
    environments: set[str] = set()
    names = total = 0
    for member in archive:
        names += 1
        if names > limits.directory:
            raise too_many(limits.directory, _NOUN)
        if complaint := complaint_on_path(member.name, _NOUN):
            raise refused(complaint)
        path = plain_path(member.name)
        folder, _, name = path.rpartition("/")
        if name == "pyvenv.cfg" and folder:
            environments.add(folder)
        if not path or is_junk(path) or member.isdir():
            continue
        if any(path.startswith(f"{one}/") for one in environments):
            continue
        if member.issym() or member.islnk():
            found.notes.append(f"{shown(path)} is a link and was not followed.")
            continue
        if not member.isreg() or member.issparse():
            raise refused(f"{_NOUN} holds a device or a pipe, {shown(path)}.")
        if len(found.files) + len(found.others) >= limits.entries:
            raise too_many(limits.entries, _NOUN)
        limit = kind_limit(path, limits)
        stream = archive.extractfile(member) if limit else None
        data = stream.read(limit + 1) if stream and member.size <= limit else None
        total += len(data or b"")
        if total > limits.total_bytes:
            raise refused(f"{_NOUN} unpacks to over {mebibytes(limits.total_bytes)}.")
        keep_file(found, path, data, member.size)
    _leave_out(found, environments)
    return found


def _leave_out(found: HandedIn, environments: set[str]) -> None:
    """Drop what came before the mark of the virtual environment that it lies in."""
    for folder in sorted(environments):
        if not is_junk(folder):
            note = f"{shown(folder)} is a virtual environment and was left out."
            found.notes.append(note)
        inside = f"{folder}/"
        found.files = [f for f in found.files if not f.path.startswith(inside)]
        found.others = [path for path in found.others if not path.startswith(inside)]
