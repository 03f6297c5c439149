"""Content that is nearly right: bytes changed, and JSON changed where it is read."""

from __future__ import annotations

import json
import struct
from random import Random
from typing import Any

from autograder.protocol.frames import LENGTHS

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2**31,
    2**64,
    1e308,
    float("nan"),
    "",
    "\ud800",
    "\x00\x1b[2J",
    "x" * 5000,
    [],
    {},
    [[]] * 30,
    {"tensor": 0},
    {"tensor": -1},
    {"tensor": 10**9},
    {"handle": 0},
    {"public": "os.system"},
    {"dict": [[1]]},
    {"": None},
]
NUMBERS = (0, 1, 7, 8, 255, 2**16, 2**31 - 1, 2**32 - 1)


def changed_bytes(content: bytes, random: Random) -> bytes:
    """A few bytes flipped, cut, doubled, moved, or put in place of others."""
    data = bytearray(content)
    for _ in range(random.choice((1, 1, 1, 2, 4, 16))):
        at = random.randrange(len(data) + 1)
        to = min(len(data), at + random.choice((1, 2, 4, 8, 64)))
        way = random.randrange(6)
        if way == 0:
            del data[at:to]
        elif way == 1:
            data[at:at] = data[at:to]
        elif way == 2:
            data[at:to] = random.randbytes(to - at)
        elif way == 3:
            data[at:to] = struct.pack("<I", random.choice(NUMBERS))
        elif way == 4 and at < len(data):
            data[at] ^= 1 << random.randrange(8)
        else:
            del data[at:]
    return bytes(data)


def changed_json(document: Any, random: Random) -> Any:
    """A copy in which one place is gone, doubled, or holds something odd."""
    if not isinstance(document, dict | list) or not document or random.random() < 0.2:
        return random.choice(ODD)
    if isinstance(document, list):
        at = random.randrange(len(document))
        some = list(document)
        way = random.randrange(4)
        if way == 0:
            del some[at]
        elif way == 1:
            some.insert(at, some[at])
        else:
            some[at] = changed_json(some[at], random)
        return some
    key = random.choice(list(document))
    entries = dict(document)
    if random.random() < 0.2:
        del entries[key]
    else:
        entries[key] = changed_json(entries[key], random)
    return entries


def changed_frame(content: bytes, random: Random) -> bytes:
    """A frame whose lengths are right again, and something in it is not."""
    if random.random() < 0.3 or len(content) < LENGTHS.size:
        return changed_bytes(content, random)
    head, body = _halves(content)
    if random.random() < 0.7 or not body:
        head = _changed_text(head, random)
    else:
        body = _changed_body(body, random)
    return LENGTHS.pack(len(head), len(body)) + head + body


def _halves(content: bytes) -> tuple[bytes, bytes]:
    size, _ = LENGTHS.unpack(content[: LENGTHS.size])
    rest = content[LENGTHS.size :]
    return rest[:size], rest[size:]


def _changed_text(text: bytes, random: Random) -> bytes:
    try:
        document = json.loads(text)
    except ValueError:
        return changed_bytes(text, random)
    return json.dumps(changed_json(document, random)).encode()


def _changed_body(body: bytes, random: Random) -> bytes:
    """A safetensors body with another header, whose length fits."""
    size = int.from_bytes(body[:8], "little")
    if random.random() < 0.3 or size > len(body):
        return changed_bytes(body, random)
    head = _changed_text(body[8 : 8 + size], random)
    return struct.pack("<Q", len(head)) + head + body[8 + size :]


def changed_document(content: bytes, random: Random) -> bytes:
    """JSON text, such as a notebook, with something odd in it; or other bytes."""
    if random.random() < 0.4:
        return changed_bytes(content, random)
    return _changed_text(content, random)
