"""What bounds what is read of a submission: sizes, counts and seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IntakeLimits:
    """How much a submission may hold."""

    entries: int = 200  # files and folders, those not read included, junk left out
    directory: int = 20_000  # names in an archive, junk included
    archive_bytes: int = 100 * 2**20  # of an archive as it is, junk included
    total_bytes: int = 20 * 2**20
    ratio: int = 100  # uncompressed to compressed, for an archive and its files
    file_bytes: int = 2**20  # source and worksheet
    notebook_bytes: int = 8 * 2**20  # plots make notebooks large; they are not read


COMPARED_CHARACTERS = 200_000  # of two versions of a file, each: reading takes time
MOST_ARCHIVES = 4  # in one submission; a zip of a hundred zips is no homework
DEEPEST = 2  # archives within archives
SMALL_BYTES = 64 * 2**10  # a few blank lines compress well and harm nobody

# Data files beside the code, at home and in grading alike.
DATA_FILE_BYTES = 2**20
DATA_BYTES = 8 * 2**20
DATA_FILES = 50
PATH_BYTES = 200  # of the path of one

NAMES_SHOWN = 8  # of files, in a message
NAME_CHARACTERS = 100  # of a person, as an export tells it


@dataclass(frozen=True)
class ExportLimits:
    """How much a platform's description of its export may hold."""

    file_bytes: int = 100 * 2**20
    events: int = 10_000_000  # of the stream: names, texts, beginnings and ends
    submissions: int = 20_000
    people: int = 100  # of one submission
    depth: int = 3  # list, person, text
    characters: int = 300  # of a text
    anchors: int = 100_000
