"""A right attention_step, for what calls it: torch's own attention of one query."""

import torch
import torch.nn.functional as F


def attention_step(decoder_state, encoder_states, mask=None):
    """The context, and the weights: what is read from one-hot values."""
    count, length, _ = encoder_states.shape
    if mask is not None:
        mask = mask.expand(count, length).unsqueeze(1)
    one_hot = torch.eye(
        length, dtype=encoder_states.dtype, device=encoder_states.device
    )
    weights = F.scaled_dot_product_attention(
        decoder_state.unsqueeze(1),
        encoder_states,
        one_hot.expand(count, -1, -1),
        mask,
        scale=1.0,
    )
    return torch.bmm(weights, encoder_states).squeeze(1), weights.squeeze(1)
