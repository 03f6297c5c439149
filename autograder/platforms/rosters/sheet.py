"""A CSV that a platform or a spreadsheet wrote, with what its messages need."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from autograder.platforms.rosters.limits import COLUMNS_SHOWN, FILE_BYTES, ROWS
from autograder.submissions.entries import SubmissionsError
from autograder.wording import one_line

_SEPARATORS = ",;\t"


class RosterError(SubmissionsError):
    """A roster or results that cannot be joined; the text has the remedy."""


@dataclass(frozen=True)
class Row:
    """A row below the header; ``line`` is its number in a spreadsheet."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, each as wide as its header."""

    file: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    separator: str

    def place(self, *names: str) -> int | None:
        """Where the first of these columns is that there is, in capitals or not."""
        lower = [column.casefold() for column in self.columns]
        found = (lower.index(n.casefold()) for n in names if n.casefold() in lower)
        return next(found, None)

    def cell(self, row: Row, *names: str) -> str:
        """What stands in the first of these columns that there is."""
        place = self.place(*names)
        return "" if place is None else row.cells[place].strip()

    def lacking(self, *wanted: str, remedy: str) -> RosterError | None:
        """What to say where a column is missing; each may be ``one or another``."""
        missing = [one for one in wanted if self.place(*one.split(" or ")) is None]
        if not missing:
            return None
        return RosterError(
            f"{self.file}: has no column {' and no column '.join(missing)}. Its "
            f"columns are: {self.shown}. {remedy}"
        )

    @property
    def shown(self) -> str:
        """The names of its columns, for a message."""
        names = [one_line(column, 60) for column in self.columns[:COLUMNS_SHOWN]]
        left = len(self.columns) - len(names)
        return ", ".join(names) + (f" and {left} more" if left > 0 else "")


def read_sheet(file: Path) -> Sheet:
    """Read a file with commas, semicolons or tabs.

    Raises:
        RosterError: it cannot be read, or holds no table.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(FILE_BYTES + 1)
    except OSError as error:
        raise RosterError(
            f"{file}: cannot be read ({error.strerror}). Name the CSV file that the "
            "platform exports."
        ) from None
    if len(data) > FILE_BYTES:
        raise RosterError(
            f"{file}: is over {FILE_BYTES // 2**20} MB, so it is no roster."
        )
    text = _text(file, data)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):  # Excel's own mark
        text, first = rest, rest.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        table = [row for _, row in zip(range(ROWS + 2), reader)]
    except csv.Error as error:
        raise RosterError(
            f"{file}: is no CSV (row {reader.line_num}: {error}). Export it anew."
        ) from None
    if not table or not any(cell.strip() for cell in table[0]):
        raise RosterError(f"{file}: its first row is empty, so it names no column.")
    if len(table) > ROWS + 1:
        raise RosterError(f"{file}: has over {ROWS} rows, so it is no roster.")
    columns = tuple(" ".join(cell.split()) for cell in table[0])
    width = len(columns)
    rows = [
        Row(line, tuple([*row, *[""] * width][:width]))
        for line, row in enumerate(table[1:], 2)
        if any(cell.strip() for cell in row)
    ]
    return Sheet(file, columns, tuple(rows), separator)


def _text(file: Path, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]  # Excel on Windows still saves the latter
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RosterError(
        f"{file}: is not UTF-8 text. Export it anew, or save it as UTF-8."
    )
