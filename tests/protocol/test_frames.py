"""Messages as bytes: what survives, what is left out, and where the caps are."""

from __future__ import annotations

import struct

import pytest
import torch

from autograder.protocol import frames
from autograder.protocol.frames import (
    BadFrame,
    TooLarge,
    decode,
    encode,
    private_copy,
)


def reader(content: bytes) -> frames.Read:
    """Reads from bytes as a channel would."""
    position = 0

    def read(count: int) -> bytes:
        nonlocal position
        part = content[position : position + count]
        if len(part) < count:
            raise EOFError
        position += count
        return part

    return read


def there(*tensors: torch.Tensor) -> list[torch.Tensor]:
    """The tensors as they arrive at a worker."""
    return decode(reader(encode({}, list(tensors))), strides=True)[1]


def test_a_header_survives() -> None:
    """What JSON can say arrives, texts in any script too."""
    header = {"do": "call", "x": [1, 2.5, None, True, {"ü": "\u2603\x00"}]}

    assert decode(reader(encode(header, [])), strides=False)[0] == header


def test_a_hundred_tensors_keep_their_order() -> None:
    """Tensor 10 comes after tensor 9, whatever their names sort like."""
    sent = [torch.tensor([float(n)]) for n in range(100)]

    assert [t.item() for t in there(*sent)] == list(range(100))


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(12.0).reshape(3, 4).T,
        torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1),
        torch.arange(12.0).reshape(3, 4)[1:, 1::2],
        torch.arange(3.0).expand(4, 3),
        torch.arange(8.0).as_strided((3, 3), (2, 1)),
    ],
    ids=["transposed", "permuted", "sliced", "expanded", "overlapping"],
)
def test_strides_survive_on_the_way_out(tensor: torch.Tensor) -> None:
    """Shape, strides and values arrive; the storage around them does not."""
    (arrived,) = there(tensor)

    assert torch.equal(arrived, tensor)
    assert arrived.stride() == tensor.stride()


def test_nothing_around_a_view_is_sent() -> None:
    """Of a row of a large tensor only the row crosses: the rest may be secret."""
    whole = torch.full((1000, 8), 12345.0)
    whole[3] = 1.0

    content = encode({}, [whole[3]])

    assert len(content) < 400
    assert struct.pack("<f", 12345.0) not in content


def test_a_sparse_view_is_sent_dense() -> None:
    """One column of a wide tensor crosses as its values alone."""
    wide = torch.full((50, 1000), 12345.0)
    wide[:, 7] = 1.0

    (arrived,) = there(wide[:, 7])

    assert arrived.stride() == (1,)
    assert arrived.tolist() == [1.0] * 50


def test_nothing_between_the_values_of_a_view_is_sent() -> None:
    """Every second column crosses with its strides and without the other columns."""
    wide = torch.full((3, 8), 12345.0)
    wide[:, ::2] = 1.0

    content = encode({}, [wide[:, ::2]])

    assert struct.pack("<f", 12345.0) not in content


def test_tensors_arrive_apart() -> None:
    """Two views of one storage arrive as tensors that share nothing."""
    base = torch.arange(6.0)
    first, second = there(base[:3], base[:3])
    first += 1

    assert second.tolist() == [0, 1, 2]


def test_a_private_copy_is_apart() -> None:
    """The copy that is given in process is laid out alike and shares nothing."""
    x = torch.arange(6.0).reshape(2, 3).T.requires_grad_()
    copy = private_copy(x)
    copy += 1

    assert copy.stride() == x.stride()
    assert not copy.requires_grad
    assert x[0, 0] == 0


def test_answers_have_no_strides() -> None:
    """A grader takes no layout from a worker."""
    with pytest.raises(BadFrame, match="strides"):
        decode(reader(encode({}, [torch.ones(2, 3).T])), strides=False)


def test_too_much_to_send() -> None:
    """A message beyond the cap is refused before it is made."""
    with pytest.raises(TooLarge, match=r"80 MiB.*at most 64"):
        encode({}, [torch.empty(80 << 20, dtype=torch.uint8)])
    with pytest.raises(TooLarge, match="of text"):
        encode({"text": "x" * (5 << 20)}, [])


def test_an_expanded_tensor_counts_as_what_is_sent() -> None:
    """An expanded mask is small on the wire; its cap counts what it stands for."""
    small = torch.ones(1).expand(1000)

    assert len(encode({}, [small])) < 500


def test_an_unfinished_frame() -> None:
    """The end of the bytes is the reader's to tell; decode invents nothing."""
    content = encode({"a": 1}, [torch.ones(3)])
    for cut in (3, 15, len(content) - 1):
        with pytest.raises(EOFError):
            decode(reader(content[:cut]), strides=False)
