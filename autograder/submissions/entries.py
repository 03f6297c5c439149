"""Who handed something in: the entries of a SUBMISSIONS folder, one per student."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.submissions.filenames import (
    ARCHIVES,
    is_junk,
    meant_among,
    meant_name,
)
from autograder.submissions.gradescope_export import (
    METADATA,
    ExportError,
    read_metadata,
)
from autograder.submissions.latest import UnclearError, counted_for, latest_files
from autograder.submissions.people import file_name
from autograder.submissions.students import Owner, owner_of
from autograder.verdict import Person

READABLE = (*ARCHIVES, ".ipynb", ".py", ".py.txt")
# Not read, but somebody's work: an entry with a clear problem is better than a student
# whom nobody misses.
FOREIGN = (".tar.bz2", ".tar.xz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".7z", ".rar")
_LAYOUT = (
    "It needs one entry per student: a folder, a .zip, a .py or a .ipynb, named after "
    "the student."
)


class SubmissionsError(Exception):
    """A SUBMISSIONS folder that cannot be graded as it is; the text has the remedy."""


@dataclass(frozen=True)
class Entry:
    """What one student, or a group, handed in."""

    student: str
    path: Path
    origin: str = ""  # as the platform named it
    files: tuple[tuple[str, Path], ...] = ()  # where a platform gave several files
    people: tuple[Person, ...] = ()  # whose it is, where a platform tells
    notes: tuple[str, ...] = ()  # what was decided before it was read

    @property
    def parts(self) -> tuple[tuple[str, Path], ...]:
        """Each file or folder and the name that the student gave it."""
        return self.files or ((self.path.name, self.path),)


def find_entries(
    folder: Path, exercises: Collection[str] = (), assignment: str = ""
) -> list[Entry]:
    """The entries of a SUBMISSIONS folder, in the order of the students' names.

    With the names of the exercises, one student's own folder is told from a folder
    of submissions. With that of the assignment, ``cnn-student_01`` is a clone of
    student_01's repository.

    Raises:
        SubmissionsError: there is no such folder, nothing to grade in it, two
            entries for one student, or an entry that lies elsewhere.
    """
    if not folder.exists():
        raise SubmissionsError(f"{folder}: there is no such folder. {_LAYOUT}")
    if not folder.is_dir():
        raise SubmissionsError(
            f"{folder}: is a file. Name the folder that holds the submissions."
        )
    exercise_files = {f"{exercise}.py".lower() for exercise in exercises}
    told = _told_by_gradescope(folder)
    owned: dict[tuple[str, str], list[tuple[Owner, Path]]] = {}
    for path in _paths(folder):
        is_told = path.is_dir() and path.name in told
        owner = told[path.name] if is_told else _owner(path, assignment)
        if owner is None:
            continue
        if path.is_file() and meant_among(path.name, exercise_files):
            raise SubmissionsError(
                f"{path}: is named after an exercise, so {folder} looks like the work "
                "of one student. Name the folder above it."
            )
        _check_printable(owner.student, path, folder)
        _inside(path, folder)
        owned.setdefault((_key(owner.student), owner.id), []).append((owner, path))
    if not owned:
        raise SubmissionsError(f"{folder}: there is nothing to grade. {_LAYOUT}")
    known = {*exercise_files, "worksheet.toml"}
    known |= {f"{exercise}.ipynb".lower() for exercise in exercises}
    known |= {f"{assignment}{kind}".lower() for kind in ARCHIVES if assignment}
    found: dict[str, Entry] = {}
    names = Counter(name for name, _ in owned)
    for (name, number), some in owned.items():
        # Two students of one name are told apart by the platform's number.
        alone = names[name] == 1 or not number
        entry = _entry(some, "" if alone else f"_{number}", folder, known)
        while _key(entry.student) in found:  # a name that ends like such a number
            entry = replace(entry, student=f"{entry.student}_{number or 2}")
        found[_key(entry.student)] = entry
    _refuse_a_folder_of_classes(folder, list(found.values()), exercise_files)
    return [found[key] for key in sorted(found)]


def _told_by_gradescope(folder: Path) -> dict[str, Owner | None]:
    """Whose each folder is, where the export says so; None: nobody's."""
    file = folder / METADATA
    if not file.is_file():
        inner = [path for path in _paths(folder) if not is_junk(path.name)]
        # Among others it is a student's own file, and means nothing.
        if len(inner) == 1 and os.path.isfile(inner[0] / METADATA):
            raise SubmissionsError(
                f"{folder}: {inner[0].name} in it is an export of Gradescope. Name "
                f"the folder below: {inner[0]}"
            )
        return {}
    _inside(file, folder)
    try:
        owners = counted_for(read_metadata(file))
    except ExportError as error:
        raise SubmissionsError(f"{file}: {error}.") from None
    except UnclearError as error:
        raise SubmissionsError(
            f"{file}: {error}. Take away the folder that does not count."
        ) from None
    return {name: owner and _named(owner) for name, owner in owners.items()}


def _named(owner: Owner) -> Owner:
    """The owner of a submission on Gradescope, with a name that a file may have."""
    names = [file_name(person.name) for person in owner.people]
    number = owner.id.rpartition("_")[2]
    return replace(
        owner, student=", ".join(filter(None, names)) or owner.student, id=number
    )


def _entry(
    owned: list[tuple[Owner, Path]], suffix: str, folder: Path, known: Collection[str]
) -> Entry:
    """The entry of one student, from all that a platform gave in the student's name."""
    chosen, notes = latest_files(owned, known)
    owned = list(chosen)
    owner, path = owned[0]
    if len(owned) > 1 and not owner.id:
        raise SubmissionsError(
            f"{folder}: {path.name} and {owned[1][1].name} are both from "
            f"{owner.student}. Keep the one that counts."
        )
    files = tuple((one.file or path.name, path) for one, path in owned)
    named = any(one.file for one, _ in owned)
    if any(one.is_late for one, _ in owned):
        notes.append(f"{owner.platform.title()} marks this submission as late.")
    return Entry(
        student=f"{owner.student}{suffix}",
        path=path,
        origin=owner.origin or path.name,
        files=files if named else (),
        people=owner.people,
        notes=(*owner.notes, *notes),
    )


def _key(student: str) -> str:
    return unicodedata.normalize("NFC", student).casefold()


def _refuse_a_folder_of_classes(
    folder: Path, entries: list[Entry], exercise_files: Collection[str]
) -> None:
    """Refuse a folder in which every entry holds several people's work."""
    several = [_owners(entry.path, exercise_files) for entry in entries]
    if not all(several):
        return
    first = several[0]
    names = ", ".join(first[:3]) + (", ..." if len(first) > 3 else "")
    raise SubmissionsError(
        f"{folder}: its entry {entries[0].path.name} holds every exercise file several "
        f"times, with different content ({names}), so it looks like a class and not "
        f"like one student. Name the folder below: {entries[0].path}. If it is one "
        "student's work, keep the one copy that counts."
    )


def _owners(folder: Path, exercise_files: Collection[str]) -> list[str]:
    """The folders in ``folder`` among which no exercise file is clear, if it is so."""
    if not folder.is_dir():
        return []
    owners = set()
    contents: dict[str, set[bytes]] = {}
    for path in _paths(folder):
        if meant_name(path.name) in exercise_files:
            return []
        if is_junk(path.name) or path.is_symlink() or not path.is_dir():
            continue
        for file in _paths(path):
            name = meant_name(file.name)
            if name in exercise_files and file.is_file() and not file.is_symlink():
                contents.setdefault(name, set()).add(_start_of(file))
                owners.add(path.name)
    unclear = contents and all(len(versions) > 1 for versions in contents.values())
    return sorted(owners) if unclear else []


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(2**20)
    except OSError:
        return b""


def _paths(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise SubmissionsError(
            f"{folder}: cannot be read ({error.strerror}). Make it readable."
        ) from None


def _check_printable(student: str, path: Path, folder: Path) -> None:
    """Result files and reports are named after students."""
    if not student.isprintable():
        raise SubmissionsError(
            f"{folder}: the entry {path.name!r} has characters in its name that "
            "cannot be printed. Rename it."
        )


def _owner(path: Path, assignment: str) -> Owner | None:
    """The student an entry is from, or None where it is no submission."""
    if is_junk(path.name):
        return None
    owner = owner_of(path.name)
    if owner is not None and (path.is_dir() or owner.file):
        return owner
    student = _name(path)
    if student and assignment and path.is_dir() and os.path.exists(path / ".git"):
        prefix = f"{assignment}-"
        if student.lower().startswith(prefix.lower()) and student != prefix:
            student = student[len(prefix) :]
    return Owner(student) if student else None


def _name(path: Path) -> str | None:
    if path.is_dir():
        return path.name
    lower = path.name.lower()
    # A link to nothing is neither file nor folder; it must not go unnoticed.
    if path.is_file() or path.is_symlink():
        for suffix in (*READABLE, *FOREIGN):
            if lower.endswith(suffix):
                return path.name[: -len(suffix)].strip()
        if path.is_symlink() and not path.exists():
            return path.name
    return None


def _inside(path: Path, folder: Path) -> None:
    if not path.is_symlink():
        return
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        target = None
    if target is None or not target.is_relative_to(folder.resolve()):
        raise SubmissionsError(
            f"{path}: is a link to {'nothing' if target is None else target}, outside "
            f"{folder}. Put the submission itself there."
        )
