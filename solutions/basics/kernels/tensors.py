"""Why answers are compared with none of torch's own."""

from __future__ import annotations

OFF = {
    "linear": "it is one product of matrices and one sum, however it is written",
    "softmax": "along few numbers right code has most of torch's bits",
    "log_softmax": "along few numbers right code has most of torch's bits",
    "cross_entropy": "it answers one number",
    "embedding": "it answers rows as they are",
}
