"""Why answers are compared with none of torch's own."""

from __future__ import annotations

OFF = {
    "max_pool2d": "a maximum is one of the numbers as they are",
    "avg_pool2d": "added up in order, a window has all of torch's bits",
}
