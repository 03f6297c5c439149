"""All files of an entry, out of folders, archives, and archives within them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autograder.submissions.archive import archive_bytes, read_zip
from autograder.submissions.entries import FOREIGN, Entry
from autograder.submissions.filenames import is_archive, kind_of
from autograder.submissions.handed_in import (
    File,
    HandedIn,
    RefusedError,
    shown,
)
from autograder.submissions.limits import DEEPEST, MOST_ARCHIVES, IntakeLimits
from autograder.submissions.plain_folders import read_folder, read_one
from autograder.submissions.tar import read_tar


def collect(entry: Entry, limits: IntakeLimits) -> HandedIn:
    """The files of an entry.

    Archives within are opened where nothing else is there to be graded, as platforms
    and students pack a zip into a folder or into another zip.

    Raises:
        RefusedError: nothing of it can be read.
    """
    found = HandedIn()
    is_alone = len(entry.parts) == 1
    for name, path in entry.parts:
        if not is_alone and is_archive(name):
            found.others.append(name)
            found.archives[name] = path
        else:
            _add(found, _of_path(path, name, limits, is_alone), "", limits)
    for _ in range(DEEPEST):
        if not found.archives or any(kind_of(f.path) != ".toml" for f in found.files):
            return found
        if len(found.archives) > MOST_ARCHIVES:
            return found
        found = _opened(found, limits)
    return found


def _of_path(path: Path, name: str, limits: IntakeLimits, is_alone: bool) -> HandedIn:
    if path.is_dir():
        return read_folder(path, limits)
    if is_archive(name) and path.is_file():
        return _of_archive(name, path, limits)
    if not path.is_file():
        text = f"{shown(path.name)} is neither a file nor a folder. Hand it in again."
        raise RefusedError("unreadable", text)
    if not is_alone and not kind_of(name):
        return HandedIn(others=[name])
    if name.lower().endswith(FOREIGN) or not kind_of(name):
        text = (
            f"{shown(path.name)} cannot be read. Hand in a .zip, a .tar.gz, a .py or a "
            ".ipynb."
        )
        raise RefusedError("archive", text)
    return read_one(path, name, limits)


def _of_archive(name: str, where: bytes | Path, limits: IntakeLimits) -> HandedIn:
    is_zip = name.lower().strip().endswith(".zip")
    data = where
    if isinstance(data, Path):
        noun = "The zip" if is_zip else "The tar"
        data = archive_bytes(data, limits, noun)
    return (read_zip if is_zip else read_tar)(data, limits)


def _opened(found: HandedIn, limits: IntakeLimits) -> HandedIn:
    """The files with those of the archives among them in their place."""
    others = [path for path in found.others if path not in found.archives]
    result = HandedIn(list(found.files), others, list(found.notes), data=found.data)
    for path, where in found.archives.items():
        room = limits.total_bytes - sum(f.size for f in result.files if f.data)
        inner = replace(limits, total_bytes=max(0, room))
        under = f"{path}/" if len(found.archives) > 1 else path.rpartition("/")[0]
        _add(result, _of_archive(path, where, inner), under, limits)
    return result


def _add(found: HandedIn, more: HandedIn, under: str, limits: IntakeLimits) -> None:
    """Put files below a folder to those that are there."""
    under = f"{under.rstrip('/')}/" if under else ""
    found.files += [File(under + f.path, f.data, f.size) for f in more.files]
    found.others += [under + path for path in more.others]
    found.archives |= {under + path: data for path, data in more.archives.items()}
    found.notes += more.notes
    found.data.take(more.data, under)
    entries = len(found.files) + len(found.others)
    total = sum(len(f.data) for f in found.files if f.data is not None)
    if entries > limits.entries or total > limits.total_bytes:
        raise RefusedError(
            "too_large",
            "The submission holds too much in its archives. Hand in only your .py "
            "files, notebook and worksheet.",
        )
