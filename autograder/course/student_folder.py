"""A folder of generated files, which knows what was generated.

A list of the files with their digests lies beside them. So a file that somebody has
changed is never overwritten or removed, and a folder without the list is left alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from autograder.course.json_equality import same_but_for_rounding
from autograder.errors import CourseError

GENERATED = ".generated.json"
_IGNORED = ("__pycache__", "results")  # what running checks leaves behind

Files = Mapping[str, bytes]  # by path inside the folder, with "/"


def write_files(out: Path, files: Files) -> list[Path]:
    """Make the folder hold these files; return what was written or removed.

    Raises:
        CourseError: the folder is not a generated one, or a file in it was changed.
    """
    refuse_foreign(out)
    files = _settled(out, files)
    before = generated_digests(out) or {}
    stale = [path for path in before if path not in files]
    _refuse_changed(out, before, files, stale)
    done = []
    for path, content in sorted(files.items()):
        if _current(out / path) == _plain(content):
            continue
        _write(out / path, content)
        done.append(out / path)
    for path in stale:
        if (out / path).is_file():
            (out / path).unlink()
            done.append(out / path)
            _remove_empty(out, (out / path).parent)
    digests = {path: _digest(content) for path, content in sorted(files.items())}
    listing = json.dumps({"files": digests}, indent=1, ensure_ascii=False) + "\n"
    if _current(out / GENERATED) != listing.encode():
        _write(out / GENERATED, listing.encode())
    return done


def refuse_foreign(out: Path) -> None:
    """Refuse a folder with files that nothing here has generated.

    Raises:
        CourseError: it is neither empty nor generated.
    """
    if generated_digests(out) is not None:
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CourseError(
            f"{out}: is neither empty nor generated (it has no {GENERATED}), so "
            "nothing is written there. Give another folder, or move its files away."
        )


def read_files(folder: Path) -> dict[str, bytes]:
    """The generated files of a folder, without what others put there.

    Raises:
        CourseError: the folder is not generated, or a file was changed or removed.
    """
    digests = generated_digests(folder)
    if digests is None:
        raise CourseError(
            f"{folder}: is no generated folder (it has no {GENERATED}). "
            "Run `autograder assignments` first, and give one of its folders."
        )
    found = {}
    for path, digest in digests.items():
        content = (folder / path).read_bytes() if (folder / path).is_file() else b""
        if _digest(content) != digest:
            raise CourseError(
                f"{folder / path}: is not as it was generated. Run `autograder "
                "assignments` again; if it refuses, move the changed file away first."
            )
        found[path] = content
    return found


def differences(out: Path, files: Files) -> list[str]:
    """What in the folder differs from these files, a sentence each; none if current."""
    found = []
    for path, content in sorted(_settled(out, files).items()):
        current = _current(out / path)
        if current is None:
            found.append(f"{out / path}: is missing")
        elif current != _plain(content):
            found.append(f"{out / path}: differs from what the solutions give")
    present = sorted(file for file in out.rglob("*") if file.is_file())
    for file in present:
        inside = file.relative_to(out)
        if any(part.startswith(".") or part in _IGNORED for part in inside.parts):
            continue
        if inside.as_posix() not in files:
            found.append(f"{file}: belongs to nothing in the solutions")
    return found


def _settled(out: Path, files: Files) -> Files:
    """The files, those that differ by rounding alone as they are in the folder."""
    settled = dict(files)
    for path, content in files.items():
        current = _current(out / path) if path.endswith(".json") else None
        if current is not None and same_but_for_rounding(current, content):
            settled[path] = current
    return settled


def generated_digests(out: Path) -> dict[str, str] | None:
    """The generated files of a folder by path, with the digest each was written with.

    None where the folder is not a generated one.

    Raises:
        CourseError: the list of them is damaged.
    """
    file = out / GENERATED
    if not file.is_file():
        return None
    try:
        digests = json.loads(file.read_text(encoding="utf-8"))["files"]
        for path, digest in digests.items():
            inside = PurePosixPath(path)
            if inside.is_absolute() or ".." in inside.parts or "\\" in path:
                raise ValueError(f"{path!r} lies outside of the folder")
            if not isinstance(digest, str):
                raise ValueError(f"{path!r} has no digest")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(
            f"{file}: is not the list that generating writes: {error}. "
            "Move the folder away and generate it again."
        ) from None
    return dict(digests)


def _refuse_changed(
    out: Path, before: Mapping[str, str], files: Files, stale: list[str]
) -> None:
    changed = []
    for path in (*files, *stale):
        current = _current(out / path)
        known = {before.get(path)}
        if path in files:
            known.add(_digest(files[path]))
        if current is not None and _digest(current) not in known:
            changed.append(path)
    if changed:
        raise CourseError(
            f"{out}: changed since it was generated: {', '.join(sorted(changed))}. "
            "Somebody's work may be in there, so nothing is written. "
            "Move these files away, or delete them if they may go."
        )


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise CourseError(f"{file}: cannot be written: {error}.") from None


def _remove_empty(out: Path, folder: Path) -> None:
    while folder != out and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _current(file: Path) -> bytes | None:
    return _plain(file.read_bytes()) if file.is_file() else None


def is_as_generated(file: Path, digest: str) -> bool:
    """Whether a file is there, and is still what was written."""
    current = _current(file)
    return current is not None and _digest(current) == digest


def _digest(content: bytes) -> str:
    return hashlib.sha256(_plain(content)).hexdigest()


def _plain(content: bytes) -> bytes:
    # A checkout on Windows may have its own line ends; that is no change.
    return content.replace(b"\r\n", b"\n")
