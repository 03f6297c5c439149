"""Notes on libraries that a file imports and that are not there."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from autograder.verdict import Note

ABSENT_LIBRARY = "absent_library"  # the kind of these notes


def absent_notes(
    absent: Mapping[str, list[str]], libraries: Collection[str]
) -> list[Note]:
    """One note for each file that imports such libraries."""
    there = ["Python's own library", *libraries]
    listed = f"{', '.join(there[:-1])} and {there[-1]}"
    notes = []
    for file, names in absent.items():
        if not names:
            continue
        every = f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else names[0]
        own = "one of them is a file" if names[1:] else f"{every} is a file"
        it = "them" if names[1:] else "it"
        text = (
            f"{file} imports {every}. When it is graded only {listed} are there. The "
            f"import alone costs nothing; a check that comes to a use of {it} does "
            f"not pass. If {own} of your own, hand it in with the others."
        )
        notes.append(Note(ABSENT_LIBRARY, text))
    return notes
