"""Requests and answers as the headers of frames, read back strictly.

A worker's header is believed in nothing: each field is checked for its type and its
range, and an answer that does not fit is a broken protocol, not a wrong answer.
"""

from __future__ import annotations

from typing import Any

import torch

from autograder.protocol.calls import Answer, Request, with_other
from autograder.protocol.exceptions import Thrown
from autograder.protocol.frames import BadFrame
from autograder.protocol.values import (
    DTYPES,
    MAX_ITEMS,
    Handle,
    NotAValue,
    count_items,
    unpack,
)

TEXT_LIMIT = 4096


def request_header(request: Request) -> dict[str, Any]:
    """The header of a call."""
    return {
        "do": "call",
        "target": request.target,
        "args": request.args,
        "kwargs": request.kwargs,
        "weights": request.weights,
        "tracked": request.tracked,
        "keep": request.keep,
        "device": request.device,
        "dtype": request.dtype,
        "twice": request.twice,
        "cotangents": request.cotangents,
        "many": request.many,
    }


def read_request(header: dict[str, Any], tensors: list[torch.Tensor]) -> Request:
    """The call of a header; the grader that sent it is trusted.

    Raises:
        BadFrame: it names no dtype of floating-point numbers.
    """
    dtype = header["dtype"]
    floating = type(dtype) is str and dtype in DTYPES
    if dtype is not None and not (floating and DTYPES[dtype].is_floating_point):
        raise BadFrame(f"an object in {dtype!r}")
    return Request(
        header["target"],
        header["args"],
        header["kwargs"],
        tensors,
        header["weights"],
        header["tracked"],
        header["keep"],
        header["device"],
        dtype,
        twice=header["twice"],
        cotangents=header["cotangents"],
        many=header["many"],
    )


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
    return {
        "count": len(answer.tensors),
        "value": answer.value,
        "differentiable": answer.differentiable,
        "graph": answer.graph,
        "changed": answer.changed,
        "altered": answer.altered,
        "devices": answer.devices,
        "printed": answer.printed,
        "used": answer.used,
        "thrown": None if answer.thrown is None else thrown_header(answer.thrown),
        "misfit": answer.misfit,
        "missing": answer.missing,
        "kernels": answer.kernels,
        "peak": answer.peak,
        "waited": answer.waited,
        "waits": answer.waits,
        "spent": answer.spent,
    }


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
        raise BadFrame("an answer to a question that was not asked")
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
        given = _list_of(header, "given", bool, len(request.tracked))
        if len(given) != len(request.tracked) or sum(given) > len(rest):
            raise BadFrame("gradients that do not fit the question")
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
    differentiable = _list_of(header, "differentiable", bool, len(tensors))
    graph = header.get("graph")
    if graph is not None and type(graph) is not int:
        raise BadFrame("a graph that is no number")
    at_once = request.twice or bool(request.cotangents)
    if not at_once and any(differentiable) != (graph is not None):
        raise BadFrame("gradients without a graph")
    for tensor, keep in zip(tensors, differentiable):
        if keep and not tensor.is_floating_point():
            raise BadFrame("a gradient of integers")
    changed = _list_of(header, "changed", int, len(request.tensors))
    if any(not 0 <= index < len(request.tensors) for index in changed):
        raise BadFrame("a changed input that was not sent")
    thrown = header.get("thrown")
    value = header.get("value")
    gave_none = thrown is not None or header.get("missing") is not None
    fits = type(value) is list and len(value) == len(request.args)
    if request.many and not gave_none and not fits:
        raise BadFrame("answers that do not fit the calls")
    if count_items(value) > MAX_ITEMS:
        raise BadFrame(f"a value of more than {MAX_ITEMS} parts")
    try:
        unpack(value, tensors, _only_handles, callables=False)
    except (NotAValue, RecursionError) as error:
        raise BadFrame(f"{error}") from error
    return Answer(
        value=value,
        tensors=tensors,
        differentiable=differentiable,
        graph=graph,
        changed=changed,
        altered=_pairs(header, "altered"),
        devices=_texts(header, "devices", most=len(tensors)) or [],
        printed=_text(header.get("printed", "")),
        used=_texts(header, "used") or [],
        thrown=None if thrown is None else read_thrown(thrown),
        misfit=_texts(header, "misfit", 2),
        missing=_texts(header, "missing"),
        kernels=_count(header, "kernels"),
        peak=_count(header, "peak"),
        waited=_count(header, "waited"),
        waits=_texts(header, "waits") or [],
        spent=header.get("spent") is True,
    )


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
    for frame in header["frames"][:10]:
        if type(frame) is not list or len(frame) != 4 or type(frame[1]) is not int:
            raise BadFrame("a malformed frame of a traceback")
        frames.append((_text(frame[0]), frame[1], _text(frame[2]), _text(frame[3])))
    return Thrown(
        _text(header.get("type")),
        _text(header.get("message")),
        frames,
        _text(header.get("nearest")),
    )


def _text(value: Any) -> str:
    if type(value) is not str:
        raise BadFrame("a text that is none")
    return "".join(c for c in value[:TEXT_LIMIT] if c in "\n\t" or c.isprintable())


def _count(header: dict[str, Any], key: str) -> int:
    value = header.get(key)
    if type(value) is not int or not 0 <= value < 2**53:
        raise BadFrame(f"a malformed {key!r}")
    return value


def _texts(
    header: dict[str, Any], key: str, count: int | None = None, most: int = 200
) -> Any:
    value = header.get(key)
    if value is None:
        return None
    if type(value) is not list or len(value) > most or count not in (None, len(value)):
        raise BadFrame(f"a malformed {key!r}")
    return [_text(item) for item in value]


def _pairs(header: dict[str, Any], key: str, most: int = 20) -> list[list[str]]:
    value = _list_of(header, key, list, most)
    if any(len(pair) != 2 for pair in value):
        raise BadFrame(f"a malformed {key!r}")
    return [[_text(part) for part in pair] for pair in value]


def _list_of(header: dict[str, Any], key: str, kind: type, most: int) -> list[Any]:
    value = header.get(key, [])
    if type(value) is not list or len(value) > most:
        raise BadFrame(f"a malformed {key!r}")
    if any(type(item) is not kind for item in value):
        raise BadFrame(f"a malformed {key!r}")
    return value
