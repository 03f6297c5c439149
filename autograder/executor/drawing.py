"""What a student's code draws at random, from the start again."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch


def draw_from_the_start() -> None:
    """Seed each generator that code finds without making one.

    Not by ``torch.manual_seed``: for each kind of device that is not there it would
    keep a call for later, with a traceback, every time.
    """
    random.seed(0)
    np.random.seed(0)
    torch.default_generator.manual_seed(0)
    is_awake: Any = torch.cuda.is_initialized  # untyped in torch
    if is_awake():
        torch.cuda.manual_seed_all(0)
