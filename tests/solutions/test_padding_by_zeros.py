"""The first pitfall of the handout on pooling is known by name, however it is made."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

START = """
import torch
import torch.nn.functional as F

def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)

def places(size, kernel, step, pad, ceil_mode):
    room = size + 2 * pad - kernel
    count = (-(-room // step) if ceil_mode else room // step) + 1
    return count - (ceil_mode and (count - 1) * step >= size + pad)

def max_pool2d(x, kernel, stride=None, padding=0, ceil_mode=False):
    (kh, kw), (ph, pw) = pair(kernel), pair(padding)
    sh, sw = pair(kernel if stride is None else stride)
    n, c, h, w = x.shape
    oh = places(h, kh, sh, ph, ceil_mode)
    ow = places(w, kw, sw, pw, ceil_mode)
    right = max(pw, (ow - 1) * sw + kw - w - pw)
    below = max(ph, (oh - 1) * sh + kh - h - ph)
"""
UNFOLDED = """
    x = F.pad(x, (pw, right, ph, below))
    return x.unfold(2, kh, sh).unfold(3, kw, sw)[:, :, :oh, :ow].amax((-2, -1))
"""
LOOPS = """
    x = F.pad(x, (pw, pw, ph, ph))
    rows = []
    for i in range(oh):
        cut = [x[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] for j in range(ow)]
        rows.append(torch.stack([part.flatten(2).max(2).values for part in cut], 2))
    return torch.stack(rows, 2)
"""
STRIDED = """
    x = F.pad(x, (pw, right, ph, below)).contiguous()
    a, b, d, e = x.stride()
    x = x.as_strided((n, c, oh, ow, kh, kw), (a, b, d * sh, e * sw, d, e))
    return x.flatten(-2).max(-1).values
"""
ZEROS = "looks like maxima in which the padding takes part as zeros think"
AND_TIES = (
    "looks like maxima in which padding takes part as zeros, with a gradient that "
    "ties share think"
)


@pytest.mark.parametrize(
    ("body", "idea"), [(UNFOLDED, AND_TIES), (LOOPS, ZEROS), (STRIDED, ZEROS)]
)
def test_padding_by_zeros_is_named(tmp_path: Path, body: str, idea: str) -> None:
    """At home, without refusals, and whether or not what hangs over is zero, too."""
    folder = shutil.copytree(ROOT / "assignments" / "cnn", tmp_path / "cnn")
    (folder / "pooling.py").write_text(START + body, encoding="utf-8")
    command = [sys.executable, "-m", "autograder", "check", "pooling"]

    done = subprocess.run(
        [*command, "--only", "max_pool2d"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert idea in " ".join(done.stdout.split())
