"""Whose the folders of a Gradescope export are: its ``submission_metadata.yml``.

The file maps the name of each folder to facts with keys of Ruby, such as::

    submission_221345678:
      :submitters:
      - :name: ...
        :sid: ...
        :email: ...
      :created_at: 2026-03-01 14:02:11.000000000 Z
      :history: [...]

It can be large, since the results of each submission stand in it, and some of it is
what students wrote. So it is read as a stream of events: nothing that it names is ever
made, what is of no use is passed over, and whatever is kept has a limit.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from autograder.submissions.limits import ExportLimits
from autograder.verdict import Person

METADATA = "submission_metadata.yml"
_NOTHING = {"", "~", "null", "Null", "NULL"}
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?"
    r"\s*(?:(?P<utc>Z|UTC)|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d))?"
)


class ExportError(Exception):
    """A file that cannot be used; the text says what is wrong, without its name."""


@dataclass(frozen=True)
class HandedOver:
    """What Gradescope says of one submission."""

    people: tuple[Person, ...] = ()
    created: datetime | None = None
    earlier: int = 0  # submissions before this one, which are not in the export


@dataclass
class _Reading:
    """What has been read so far."""

    events: Iterator[Any]
    limits: ExportLimits
    anchors: dict[str, Any] = field(default_factory=dict)

    def next(self) -> Any:
        event = next(self.events, None)
        if event is None:
            raise ExportError("ends in the middle")
        return event


def read_metadata(
    file: Path, limits: ExportLimits | None = None
) -> dict[str, HandedOver]:
    """What the file says of each folder.

    Raises:
        ExportError: it cannot be read, or is no such file.
    """
    limits = limits or ExportLimits()
    try:
        import yaml
    except ModuleNotFoundError:
        raise ExportError(
            "says whose each submission is, and PyYAML, which reads it, is not "
            "installed. Run `pip install pyyaml`, or take the file away: submissions "
            "are then graded under their numbers, and nobody is told from them"
        ) from None
    try:
        with file.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except OSError as error:
        raise ExportError(f"cannot be read ({error.strerror})") from None
    if len(data) > limits.file_bytes:
        raise ExportError(f"is over {limits.file_bytes // 2**20} MB")
    # The one in C is some fifty times as fast.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events = _limited(yaml.parse(data, Loader=loader), limits)
    try:
        return _document(_Reading(events, limits))
    except (yaml.YAMLError, UnicodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark is not None else ""
        raise ExportError(f"is not YAML{where}") from None


def _limited(events: Iterator[Any], limits: ExportLimits) -> Iterator[Any]:
    for number, event in enumerate(events):
        if number >= limits.events:
            raise ExportError("holds more than any export of a class")
        yield event


def _document(reading: _Reading) -> dict[str, HandedOver]:
    event = reading.next()
    while _kind(event) in ("StreamStart", "DocumentStart"):
        event = reading.next()
    if _kind(event) != "MappingStart":
        raise ExportError("is no map from submissions to what is known of them")
    found: dict[str, HandedOver] = {}
    for name, value in _items(reading):
        if _kind(value) == "MappingStart":
            found[name] = _submission(reading)
        else:
            _passed(reading, value)
        if len(found) > reading.limits.submissions:
            raise ExportError("holds more submissions than any class")
    return found


def _submission(reading: _Reading) -> HandedOver:
    people: Any = None
    created = None
    earlier = 0
    for key, event in _items(reading):
        if key == "submitters":
            people = _value(reading, event)
        elif key == "created_at" and _kind(event) == "Scalar":
            created = _time(_text(reading, event))
        elif key == "history" and _kind(event) == "SequenceStart":
            earlier = sum(1 for _ in _passed_each(reading))
        else:
            _passed(reading, event)
    listed = people if isinstance(people, list) else []
    told = [_person(entry) for entry in listed if isinstance(entry, dict)]
    return HandedOver(tuple(told), created, earlier)


def _person(entry: dict[str, Any]) -> Person:
    texts = {key: value for key, value in entry.items() if isinstance(value, str)}
    return Person(
        name=" ".join(texts.get("name", "").split()),
        platform="gradescope",
        sid=texts.get("sid", "").strip(),
        email=texts.get("email", "").strip(),
    )


def _items(reading: _Reading) -> Iterator[tuple[str, Any]]:
    """Each key of a map with the first event of its value, which is to be used up."""
    while _kind(event := reading.next()) != "MappingEnd":
        key = ""
        if _kind(event) in ("Scalar", "Alias"):
            key = str(_text(reading, event)).removeprefix(":")
        else:
            _passed(reading, event)
        yield key, reading.next()


def _value(reading: _Reading, event: Any, depth: int = 0) -> Any:
    """A text, or a list or map of them, no deeper than people are described."""
    kind = _kind(event)
    if kind in ("Scalar", "Alias"):
        return _text(reading, event)
    if depth == reading.limits.depth:
        _passed(reading, event)
        return ""
    made: Any
    if kind == "SequenceStart":
        made = []
        while _kind(each := reading.next()) != "SequenceEnd":
            inner = _value(reading, each, depth + 1)
            if len(made) < reading.limits.people:
                made.append(inner)
    else:
        made = {key: _value(reading, each, depth + 1) for key, each in _items(reading)}
    if event.anchor:
        _keep(reading, event.anchor, made)
    return made


def _text(reading: _Reading, event: Any) -> Any:
    """What a scalar says, or what an alias stands for; empty for nothing."""
    if _kind(event) == "Alias":
        return reading.anchors.get(event.anchor, "")
    text = event.value[: reading.limits.characters]
    if str(event.tag or "").endswith("binary"):
        try:
            text = base64.b64decode(text).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            text = ""
    elif event.implicit[0] and text in _NOTHING:
        text = ""
    if event.anchor:
        _keep(reading, event.anchor, text)
    return text


def _keep(reading: _Reading, anchor: str, value: Any) -> None:
    if len(reading.anchors) < reading.limits.anchors:
        reading.anchors[anchor] = value


def _passed_each(reading: _Reading) -> Iterator[None]:
    while _kind(event := reading.next()) != "SequenceEnd":
        _passed(reading, event)
        yield


def _passed(reading: _Reading, event: Any) -> None:
    """Pass over a value, however deep it is; a name may be told in it."""
    depth = 0
    while True:
        kind = _kind(event)
        if kind in ("MappingStart", "SequenceStart"):
            depth += 1
        elif kind in ("MappingEnd", "SequenceEnd"):
            depth -= 1
        elif kind == "Scalar" and event.anchor:
            _text(reading, event)
        if depth == 0:
            return
        event = reading.next()


def _kind(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")


def _time(text: str) -> datetime | None:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    try:
        naive = datetime.fromisoformat(f"{found[1]}T{found[2]}")
    except ValueError:
        return None
    naive = naive.replace(microsecond=int((found[3] or "0").ljust(6, "0")))
    shift = timedelta()
    if found["sign"]:
        shift = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    try:
        utc = naive + shift if found["sign"] == "-" else naive - shift
    except OverflowError:
        return None
    return utc.replace(tzinfo=timezone.utc)
