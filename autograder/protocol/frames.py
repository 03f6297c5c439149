"""Frames on a stream socket: two lengths, a JSON header, a safetensors body.

Lengths are checked before anything is read, and every tensor before it is used: the
other side may be hostile. Strides survive on the way to the worker only; what comes
back is always contiguous.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import torch
from safetensors import SafetensorError, deserialize

from autograder.protocol.dtypes import STORED, STORED_AS
from autograder.protocol.limits import MAX_BODY, MAX_HEADER, MAX_TENSORS

LENGTHS = struct.Struct("<IQ")

_JSON = json.JSONEncoder(separators=(",", ":"))

Read = Callable[[int], bytes]


class BadFrame(Exception):
    """The other side broke the protocol."""


class TooLarge(Exception):
    """A message that would pass the cap on a frame."""


def encode(header: dict[str, Any], tensors: list[torch.Tensor]) -> bytes:
    """The bytes of one message.

    Raises:
        TooLarge: header or tensors pass the cap.
    """
    if len(tensors) > MAX_TENSORS:
        raise TooLarge(f"{len(tensors)} tensors; at most {MAX_TENSORS} cross at once")
    total = sum(t.numel() * t.element_size() for t in tensors)
    if total > MAX_BODY - (1 << 16):
        raise TooLarge(
            f"{total / 2**20:.0f} MiB of tensors; at most {MAX_BODY >> 20} MiB cross "
            "at once"
        )
    stored = [_store(tensor.detach()) for tensor in tensors]
    text = _JSON.encode({"layouts": [layout for _, layout in stored], **header})
    head = text.encode()
    if len(head) > MAX_HEADER:
        raise TooLarge(f"{len(head)} bytes of text; at most {MAX_HEADER} cross at once")
    body = _body([content for content, _ in stored]) if stored else []
    size = sum(map(len, body))
    return b"".join((LENGTHS.pack(len(head), size), head, *body))


def decode(read: Read, strides: bool) -> tuple[dict[str, Any], list[torch.Tensor]]:
    """Read one message by ``read(count) -> bytes``; ``strides`` allows layouts.

    Raises:
        BadFrame: it is malformed or passes a cap.
    """
    header_size, body_size = LENGTHS.unpack(read(LENGTHS.size))
    if header_size > MAX_HEADER or body_size > MAX_BODY:
        raise BadFrame("a frame larger than allowed")
    try:
        header = json.loads(read(header_size))
        stored = _load(read(body_size)) if body_size else {}
        if len(stored) > MAX_TENSORS:
            raise BadFrame(f"more than {MAX_TENSORS} tensors")
        layouts = header.pop("layouts")
        if len(layouts) != len(stored):
            raise BadFrame("tensors and their layouts differ in number")
        tensors = [
            _restore(stored[str(index)], layout, strides)
            for index, layout in enumerate(layouts)
        ]
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,  # a recursion too deep, a shape that torch refuses
        OverflowError,
    ) as error:
        raise BadFrame("a malformed frame") from error
    except SafetensorError as error:
        raise BadFrame("malformed tensors") from error
    return header, tensors


def private_copy(tensor: torch.Tensor) -> torch.Tensor:
    """A copy with the same strides in storage of its own, as a frame would carry it."""
    stored, layout = _store(tensor.detach())
    return _restore(stored.clone(), layout, strides=True)


def _body(tensors: list[torch.Tensor]) -> list[bytes]:
    """The parts of a safetensors file. Its own writer takes five times as long."""
    entries = {}
    parts = [b""]
    start = 0
    for index, tensor in enumerate(tensors):
        raw = tensor.view(torch.int16) if tensor.dtype is torch.bfloat16 else tensor
        parts.append(raw.numpy().tobytes())
        end = start + len(parts[-1])
        name = STORED_AS[tensor.dtype]
        shape = list(tensor.shape)
        entries[str(index)] = {
            "dtype": name,
            "shape": shape,
            "data_offsets": [start, end],
        }
        start = end
    header = _JSON.encode(entries).encode()
    header += b" " * (-len(header) % 8)
    parts[0] = struct.pack("<Q", len(header)) + header
    return parts


def _load(body: bytes) -> dict[str, torch.Tensor]:
    """The tensors of a safetensors file, which its own reader has checked."""
    read: Any = deserialize
    return {name: _tensor(entry) for name, entry in read(body)}


def _tensor(entry: dict[str, Any]) -> torch.Tensor:
    dtype, shape, data = STORED[entry["dtype"]], entry["shape"], entry["data"]
    if not data:
        return torch.empty(shape, dtype=dtype)
    if dtype is torch.bool:  # a byte of 7 must not become a third truth value
        return torch.frombuffer(data, dtype=torch.uint8).reshape(shape) != 0
    return torch.frombuffer(data, dtype=dtype).reshape(shape)


def _store(tensor: torch.Tensor) -> tuple[torch.Tensor, Any]:
    """What to send for a tensor: its values, or its stretch of storage and strides."""
    if tensor.is_contiguous():
        return tensor, None
    reach = 1 + sum((n - 1) * s for n, s in zip(tensor.shape, tensor.stride()))
    if tensor.numel() == 0 or reach > 4 * tensor.numel() + 64:
        return tensor.contiguous(), None
    flat = tensor.new_zeros(reach)  # what lies between the values stays behind
    once, into = tensor, flat.as_strided(tensor.shape, tensor.stride())
    for axis, stride in enumerate(tensor.stride()):
        if stride == 0:
            once, into = once.narrow(axis, 0, 1), into.narrow(axis, 0, 1)
    try:
        into.copy_(once)
    except RuntimeError:  # values that overlap in another way
        return tensor.contiguous(), None
    return flat, [list(tensor.shape), list(tensor.stride())]


def _restore(stored: torch.Tensor, layout: Any, strides: bool) -> torch.Tensor:
    if layout is None:
        return stored
    if not strides:
        raise BadFrame("strides in an answer")
    shape, stride = layout
    return stored.as_strided(shape, stride)
