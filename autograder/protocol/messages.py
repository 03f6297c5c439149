"""Requests and answers as the headers of frames, read back strictly.

A worker's header is believed in nothing: each field is checked for its type and its
range, and an answer that does not fit is a broken protocol, not a wrong answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any

import torch

from autograder.protocol.calls import Answer, Request, with_other
from autograder.protocol.dtypes import DTYPES
from autograder.protocol.exceptions import Thrown
from autograder.protocol.frames import BadFrame
from autograder.protocol.limits import FRAMES_LIMIT, MAX_ITEMS, TEXT_LIMIT
from autograder.protocol.values import (
    Handle,
    NotAValue,
    count_items,
    unpack,
)

# The tensors go beside a header; a name is for whoever asks.
_ASKED = [f.name for f in fields(Request) if f.name not in ("tensors", "name")]


def request_header(request: Request) -> dict[str, Any]:
    """The header of a call."""
    all_of_it = vars(request)
    return {"do": "call", **{name: all_of_it[name] for name in _ASKED}}


def read_request(header: dict[str, Any], tensors: list[torch.Tensor]) -> Request:
    """The call of a header; the grader that sent it is trusted.

    Raises:
        BadFrame: it names no dtype of floating-point numbers.
    """
    dtype = header["dtype"]
    floating = type(dtype) is str and dtype in DTYPES
    if dtype is not None and not (floating and DTYPES[dtype].is_floating_point):
        raise BadFrame(f"an object in {dtype!r}")
    return Request(tensors=tensors, **{name: header[name] for name in _ASKED})


def answer_parts(answer: Answer) -> tuple[dict[str, Any], list[torch.Tensor]]:
    """The header of an answer and all tensors that go with it, in one list."""
    tensors = list(answer.tensors)
    given = None
    if answer.gradients is not None:
        given = [gradient is not None for gradient in answer.gradients]
        tensors += [gradient for gradient in answer.gradients if gradient is not None]
    again = None
    if answer.again is not None:
        again, others = answer_parts(answer.again)
        tensors += others
    return {**_facts(answer), "given": given, "again": again}, tensors


def _facts(answer: Answer) -> dict[str, Any]:
    all_of_it = vars(answer)
    facts = {key: all_of_it[key] for key in _ANSWERED}
    if answer.thrown is not None:
        facts["thrown"] = thrown_header(answer.thrown)
    return {"count": len(answer.tensors), **facts}


def read_answer(
    header: dict[str, Any], tensors: list[torch.Tensor], request: Request
) -> Answer:
    """The answer in a worker's header.

    Raises:
        BadFrame: it is not one.
    """
    first, rest = _read_one(header, tensors, request)
    again = header.get("again")
    if again is None:
        failed = first.thrown or first.misfit or first.missing is not None
        if request.twice and not failed:
            raise BadFrame("one answer to two calls")
        second = None
    elif type(again) is dict and request.twice:
        second, rest = _read_one(again, rest, request)
    else:
        raise BadFrame("an answer that was not asked for")
    if rest:
        raise BadFrame("tensors that belong to nothing")
    return with_other(first, again=second)


def _read_one(
    header: dict[str, Any], tensors: list[torch.Tensor], request: Request
) -> tuple[Answer, list[torch.Tensor]]:
    """One answer, and the tensors that are left for others."""
    count = header.get("count")
    if type(count) is not int or not 0 <= count <= len(tensors):
        raise BadFrame("a malformed 'count'")
    tensors, rest = tensors[:count], tensors[count:]
    gradients = None
    if header.get("given") is not None:
        given = _list_of(header["given"], "given", bool)
        if len(given) != len(request.tracked) or sum(given) > len(rest):
            raise BadFrame("gradients that do not fit the request")
        found = iter(rest[: sum(given)])
        rest = rest[sum(given) :]
        gradients = [next(found) if there else None for there in given]
        for number, gradient in zip(request.tracked, gradients):
            of = request.tensors[number]
            if gradient is not None and (
                gradient.shape != of.shape or gradient.dtype != of.dtype
            ):
                raise BadFrame("gradients that do not fit their inputs")
    answer = _read_facts(header, tensors, request)
    return with_other(answer, gradients=gradients), rest


def _read_facts(
    header: dict[str, Any], tensors: list[torch.Tensor], request: Request
) -> Answer:
    facts = {key: read(header.get(key), key) for key, read in _ANSWERED.items()}
    answer = Answer(tensors=tensors, **facts)
    if len(answer.differentiable) > len(tensors) or len(answer.devices) > len(tensors):
        raise BadFrame("more said of tensors than there are")
    at_once = request.twice or bool(request.cotangents)
    if not at_once and any(answer.differentiable) != (answer.graph is not None):
        raise BadFrame("gradients without a graph")
    for tensor, keep in zip(tensors, answer.differentiable):
        if keep and not tensor.is_floating_point():
            raise BadFrame("a gradient of integers")
    if any(not 0 <= index < len(request.tensors) for index in answer.changed):
        raise BadFrame("a changed input that was not sent")
    gave_none = answer.thrown is not None or answer.missing is not None
    fits = type(answer.value) is list and len(answer.value) == len(request.args)
    if request.many and not gave_none and not fits:
        raise BadFrame("answers that do not fit the calls")
    if count_items(answer.value) > MAX_ITEMS:
        raise BadFrame(f"a value of more than {MAX_ITEMS} parts")
    try:
        unpack(answer.value, tensors, _only_handles, callables=False)
    except (NotAValue, RecursionError) as error:
        raise BadFrame(f"{error}") from error
    return answer


def _only_handles(kind: str, number: int) -> Handle:
    if kind != "handle":
        raise NotAValue(f"a worker cannot send {kind}")
    return Handle(number)


def thrown_header(thrown: Thrown) -> dict[str, Any]:
    """The facts of an exception, without the exception."""
    return {
        "type": thrown.type,
        "message": thrown.message,
        "frames": [list(frame) for frame in thrown.frames],
        "nearest": thrown.nearest,
    }


def read_thrown(header: Any) -> Thrown:
    """The facts of an exception from a worker's header."""
    if type(header) is not dict or type(header.get("frames")) is not list:
        raise BadFrame("a malformed exception")
    frames = []
    for frame in header["frames"][:FRAMES_LIMIT]:
        if type(frame) is not list or len(frame) != 4 or type(frame[1]) is not int:
            raise BadFrame("a malformed frame of a traceback")
        frames.append((_text(frame[0]), frame[1], _text(frame[2]), _text(frame[3])))
    return Thrown(
        _text(header.get("type")),
        _text(header.get("message")),
        frames,
        _text(header.get("nearest")),
    )


def _text(value: Any, key: str = "") -> str:
    if type(value) is not str:
        raise BadFrame(
            f"no text, where one is due: {key!r}"
            if key
            else "no text, where one is due"
        )
    return "".join(c for c in value[:TEXT_LIMIT] if c in "\n\t" or c.isprintable())


def _count(value: Any, key: str) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise BadFrame(f"a malformed {key!r}")
    return value


def _number(value: Any, key: str) -> int | None:
    if value is not None and type(value) is not int:
        raise BadFrame(f"a malformed {key!r}")
    return value


def _list_of(value: Any, key: str, kind: type, most: int = MAX_ITEMS) -> list[Any]:
    if type(value) is not list or len(value) > most:
        raise BadFrame(f"a malformed {key!r}")
    if any(type(item) is not kind for item in value):
        raise BadFrame(f"a malformed {key!r}")
    return value


def _texts(value: Any, key: str) -> list[str]:
    return [_text(item) for item in _list_of(value, key, str, most=200)]


def _perhaps_texts(value: Any, key: str) -> list[str] | None:
    return None if value is None else _texts(value, key)


def _two_texts(value: Any, key: str) -> list[str] | None:
    texts = _perhaps_texts(value, key)
    if texts is not None and len(texts) != 2:
        raise BadFrame(f"a malformed {key!r}")
    return texts


def _pairs(value: Any, key: str) -> list[list[str]]:
    pairs = _list_of(value, key, list, most=20)
    if any(len(pair) != 2 for pair in pairs):
        raise BadFrame(f"a malformed {key!r}")
    return [[_text(part) for part in pair] for pair in pairs]


# Every field of an answer that stands in its header, and how it is read back.
_ANSWERED: dict[str, Callable[[Any, str], Any]] = {
    "value": lambda value, key: value,  # read with the tensors
    "differentiable": partial(_list_of, kind=bool),
    "graph": _number,
    "changed": partial(_list_of, kind=int),
    "altered": _pairs,
    "devices": _texts,
    "printed": _text,
    "used": _texts,
    "thrown": lambda value, key: None if value is None else read_thrown(value),
    "misfit": _two_texts,
    "missing": _perhaps_texts,
    "kernels": _count,
    "peak": _count,
    "waited": _count,
    "waits": _texts,
    "spent": lambda value, key: value is True,
}
