"""Code that makes the host wait for the device, each beside the same without a wait.

Both give the same numbers, on the CPU as on a GPU: what differs is time alone.
``waits`` is how often the host waits in ``wrong``; in ``right`` it never does.
"""

from __future__ import annotations

import torch


class ItemInALoop:
    waits = 4

    def wrong(x):
        total = 0.0
        for row in x:
            total += row.sum().item()
        return x * 0 + total

    def right(x):
        return x * 0 + x.sum()


class BranchOnAValue:
    waits = 1

    def wrong(x):
        if (x > 0).any():
            return x * 2
        return x

    def right(x):
        return torch.where((x > 0).any(), x * 2, x)


class NumberForAFormat:
    waits = 1

    def wrong(x):
        return x * len(f"{x.sum():.3f}"[:1])

    def right(x):
        return x * 1


class ListOfValues:
    waits = 1

    def wrong(x):
        return x * len(x.tolist())

    def right(x):
        return x * len(x)


class CopyForTheHost:
    waits = 1

    def wrong(x):
        host = x.detach().cpu()
        return x * host.shape[0]

    def right(x):
        return x * x.shape[0]


class ArrayForTheHost:
    waits = 1

    def wrong(x):
        return x * len(x.detach().cpu().numpy())

    def right(x):
        return x * len(x)


class IndexByAMask:
    waits = 1

    def wrong(x):
        return x[x > 0].sum()

    def right(x):
        return torch.where(x > 0, x, 0.0).sum()


class SelectionByAMask:
    waits = 1

    def wrong(x):
        return torch.masked_select(x, x > 0).sum()

    def right(x):
        return torch.where(x > 0, x, 0.0).sum()


class PositionsOfWhatIsTrue:
    waits = 1

    def wrong(x):
        return x * (x > 0).nonzero().shape[0]

    def right(x):
        return x * (x > 0).sum()


class ComparesWholeTensors:
    waits = 1

    def wrong(x):
        return x * 2 if torch.equal(x, x + 0) else x

    def right(x):
        return torch.where((x == x + 0).all(), x * 2, x)


class LengthOfARange:
    waits = 1

    def wrong(x):
        return x + len(range(int(x.argmax()))) * 0

    def right(x):
        return x + 0


class CountsOfIntegers:
    waits = 1

    def wrong(x):
        return x + torch.bincount(x.argmax(1), minlength=3)

    def right(x):
        places = torch.arange(3, device=x.device)
        return x + (x.argmax(1)[:, None] == places).sum(0)


class FillsWithANumberOfTheDevice:
    waits = 1

    def wrong(x):
        return x.masked_fill(x > 0, x.min())

    def right(x):
        return torch.where(x > 0, x.min(), x)


WAITS = [
    value
    for value in list(globals().values())
    if isinstance(value, type) and hasattr(value, "waits")
]
