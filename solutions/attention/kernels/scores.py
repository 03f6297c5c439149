"""What torch's own attention answers in float32.

Only with an axis for heads: on three axes torch makes it of products and a softmax as
well, with a factor before each, and code that does the same has the same bits.
"""

from __future__ import annotations

import torch.nn.functional as F


def as_given(query, key, value, mask=None, scale=None):
    """With the mask as it is."""
    if query.ndim != 4:
        return None
    return F.scaled_dot_product_attention(query, key, value, mask, scale=scale)


def with_a_whole_mask(query, key, value, mask=None, scale=None):
    """With a mask for every head: torch takes its kernel for some shapes alone."""
    if mask is not None:
        mask = mask.broadcast_to(*query.shape[:-1], key.shape[-2])
    return as_given(query, key, value, mask, scale)


KERNELS = {
    "attention": {
        "torch.nn.functional.scaled_dot_product_attention": (
            as_given,
            with_a_whole_mask,
        )
    }
}
OFF = {"contextualize": "a product of matrices is one kernel, which it may call"}
