"""How far an answer may be from the truth. The one place that says so.

The truth is float64. An answer in float64 may err by ``1e-9`` of the scale of the true
values (their largest magnitude). An answer in a lower precision may err by ``ULPS``
units in the last place of that scale, plus ``SPREAD`` times the change that the truth
itself shows when its inputs move by one unit in the last place: what rounding the
inputs alone could do to the best of implementations.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

FLOAT64_RELATIVE = 1e-9
ULPS = 16
SPREAD = 8
PERTURBATIONS = 3

Change = Callable[[], float]


def scale_of(expected: torch.Tensor) -> float:
    """The largest finite magnitude; 0 for a tensor without one."""
    magnitudes = expected.detach().to(torch.float64).abs()
    finite = magnitudes[magnitudes.isfinite()]
    return float(finite.max()) if finite.numel() else 0.0


def allowed_error(
    error: float, expected: torch.Tensor, dtype: torch.dtype, change: Change | None
) -> float:
    """The error that an answer in ``dtype`` may have.

    ``change`` computes the truth's largest change under perturbed inputs. It is asked
    only where ``error`` passes what rounding alone allows, since it costs evaluations
    of the truth; the verdict is the same as if it always were.
    """
    scale = scale_of(expected)
    if dtype == torch.float64:
        return FLOAT64_RELATIVE * scale
    allowed = ULPS * torch.finfo(dtype).eps * scale
    if error <= allowed or change is None:
        return allowed
    return allowed + SPREAD * change()


def nudged(
    tensor: torch.Tensor, dtype: torch.dtype, generator: torch.Generator
) -> torch.Tensor:
    """A float64 copy, each value moved by one unit in the last place of ``dtype``."""
    signs = torch.randint(0, 2, tensor.shape, generator=generator) * 2 - 1
    return tensor * (1 + signs * torch.finfo(dtype).eps)
