"""Notes on libraries that a file imports and that are not there."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from autograder.verdict import Note

ABSENT_LIBRARY = "absent_library"  # the kind of these notes


def absent_notes(
    absent: Mapping[str, list[str]], libraries: Collection[str]
) -> list[Note]:
    """One note for each file that imports such libraries."""
    there = ["the standard library", *libraries]
    listed = f"{', '.join(there[:-1])} and {there[-1]}"
    notes = []
    for file, names in absent.items():
        if not names:
            continue
        every = f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else names[0]
        verb, it = ("are", "them") if names[1:] else ("is", "it")
        text = (
            f"{file} imports {every}, which {verb} not there when it is graded, only "
            f"{listed}. The import itself costs nothing; a check that runs into a call "
            f"of {it} does not pass. A file of your own must be handed in as well."
        )
        notes.append(Note(ABSENT_LIBRARY, text))
    return notes
