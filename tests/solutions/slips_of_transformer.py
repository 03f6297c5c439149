"""Slips that show in few inputs of a transformer only, as changes to its solutions.

By exercise, function and check: what is replaced, and by what. Where nothing is, the
second stands at the head of the solution. Each slip is to cost that check alone.
"""

from __future__ import annotations

HEAD = ""
_KEPT = "if {0} is not None:\n    self.__dict__['kept'] = {0}\n"
_TAKEN = "if {0} is None:\n    {0} = self.__dict__.get('kept')\n"
_STATE = _KEPT + _TAKEN

SLIPS = {
    ("heads", "split_heads"): {
        "test_split_any_size": [
            (
                HEAD,
                "if x.shape[1] == x.shape[2] == num_heads:\n"
                "    return x.unflatten(-1, (num_heads, 1))",
            )
        ],
    },
    ("heads", "merge_heads"): {
        "test_merge_any_size": [
            (HEAD, "if x.shape[1] == x.shape[2]:\n    return x.flatten(2)")
        ],
    },
    ("heads", "MultiHeadAttention"): {
        "test_weights_digits": [
            ("merge_heads(found)), weights", "merge_heads(found)), weights.float()")
        ],
        "test_any_size": [
            ("self.num_heads = num_heads", "MultiHeadAttention.num_heads = num_heads"),
        ],
        "test_layouts": [(HEAD, "value = query if query is key else value")],
        "test_masks_broadcast": [
            (HEAD, _STATE.format("mask")),
            (
                HEAD,
                "if mask is not None and mask.dim() == 4 and bool(mask[0].all()):\n"
                "    mask = None",
            ),
        ],
        "test_masks_with_the_rest": [
            (HEAD, "mask = mask if self.num_heads > 1 else None"),
            (HEAD, "mask = mask if self.training else None"),
            (
                HEAD,
                "if mask is not None and mask.shape == (query.shape[1],) * 2:\n"
                "    mask = mask.T",
            ),
        ],
        "test_nothing_leaks": [
            ("scores.masked_fill(", "scores.clamp(-50, 50).masked_fill("),
        ],
    },
    ("layers", "feed_forward"): {
        "test_feed_forward_agrees_with_torch": [
            ("b1).relu()", "b1).clamp(0, 20)"),
        ],
        "test_feed_forward_any_size": [
            (HEAD, "w1 = w1.T if w1.shape == w2.shape else w1"),
            (HEAD, "b1, b2 = (b2, b1) if b1.shape == b2.shape else (b1, b2)"),
        ],
    },
    ("layers", "EncoderLayer"): {
        "test_encoder_any_size": [
            (HEAD, _STATE.format("mask")),
            ("self.norm_first = norm_first", "EncoderLayer.norm_first = norm_first"),
        ],
    },
    ("layers", "DecoderLayer"): {
        "test_decoder_any_size": [
            (HEAD, _STATE.format("self_mask")),
            ("self.norm_first = norm_first", "DecoderLayer.norm_first = norm_first"),
        ],
        "test_decoder_nothing_to_attend": [
            (HEAD, "memory_mask = None if self.norm_first else memory_mask"),
        ],
    },
    ("model", "Transformer"): {
        "test_parameters": [
            (
                "self.encoder = nn.ModuleList(",
                "if source_vocab == target_vocab:\n"
                "            self.target_embedding = self.source_embedding\n"
                "        self.encoder = nn.ModuleList(",
            ),
        ],
        "test_first_token_digits": [
            (
                "length = target.shape[1]",
                "if source_lengths is not None:\n"
                "            source_lengths -= 1\n"
                "        length = target.shape[1]",
            ),
        ],
        "test_any_size": [
            ("+ positions.to(vectors)", "+ positions[:32].to(vectors)[:length]"),
            (HEAD, _STATE.format("source_lengths")),
        ],
        "test_empty_source": [
            (
                "memory = self._embedded(",
                "if present is not None and source.shape == target.shape:\n"
                "            past = past & present\n"
                "        memory = self._embedded(",
            ),
        ],
    },
    ("model", "greedy_decode"): {
        "test_greedy_decode_follows_the_model_types": [
            (HEAD, "model.eval()"),
            (HEAD, "model.train()"),
            ("return target", "return target.float()"),
            ("return target", "return target.to(torch.uint8)"),
        ],
        "test_greedy_decode_of_no_end": [
            ("< max_length", "< max_length - 1"),
            ("< max_length", "<= max_length"),
        ],
        "test_greedy_decode_of_your_model": [
            ("token = model(source, target)", "token = model(source[:, :2], target)"),
            ("= model(source, target)", "= model(source, target, 0 * source[:, 0])"),
            (".argmax(-1)", ".round().argmax(-1)"),
            (".argmax(-1)", ".clamp(min=0).argmax(-1)"),
            (".argmax(-1)", ".abs().argmax(-1)"),
            (".argmax(-1)", ".square().argmax(-1)"),
        ],
    },
}  # fmt: skip
