"""Slips that show in few inputs only, as lines at the head of a solution.

By assignment, exercise, function and check: each is to cost that check alone.
"""

from __future__ import annotations

_VIEW = "{0} = {0}.view(len({0}), -1).view({0}.shape) if len({0}) else {0}"
_VIEW_OF_CHANNELS = "{0} = {0}.view(-1, *{0}.shape[2:]).view({0}.shape)"
_FITS = "assert weight.shape[2] <= x.shape[2]"
_ANY_PADDING = (
    "padding = tuple(min(p, k // 2) for p, k in zip(_pair(padding), _pair(kernel)))"
)
_MORE_THAN_THE_IMAGE = """if ceil_mode and padding == 0:
        if _pair(kernel)[0] > x.shape[2]:
            raise ValueError"""

_ONE_GREY_IMAGE = "x = x[:1].expand_as(x) if x.shape[1] == 1 < len(x) else x"
_SEVEN_DIGITS = "{0} = {0}.float().to({0}.dtype) if {1} else {0}"
# Not by id: an object that is gone leaves its own to the next.
_REMEMBERS = """import weakref
    counts = globals().setdefault("COUNTS", weakref.WeakKeyDictionary())
    if module not in counts:
        own = [p.numel() for p in module.parameters() if p.requires_grad]
        counts[module] = sum(own)
    return counts[module]"""

CNN_SLIPS = {
    ("shapes", "conv_output_size"): {
        "test_convolutions_of_the_course_types": [
            """if dilation == 5:
        return float(conv_output_size(size - 4 * (kernel - 1), kernel, stride, 6))""",
        ],
    },
    ("shapes", "layer_shapes"): {
        "test_short_networks": [
            """layers = [dict(layer) for layer in layers]
    for layer in layers:
        if layer.get("stride") == layer.get("kernel"):
            layer.pop("stride", None)""",
        ],
    },
    ("parameters", "count_parameters"): {
        "test_counts_what_training_changes": [_REMEMBERS],
    },
    ("convolution", "conv2d"): {
        "test_any_layout_in_memory": [
            _VIEW.format("x"),
            _VIEW.format("weight"),
            _VIEW_OF_CHANNELS.format("weight"),
        ],
        "test_unusual_sizes": [_FITS],
        "test_everything_together": [
            "dilation = min(dilation, 2) if isinstance(dilation, int) else dilation",
            "dilation = _pair(dilation)[0], min(_pair(dilation)[1], 2)",
            "assert not (weight.shape[1] == 1 < groups < len(weight))",
            _ONE_GREY_IMAGE,
            "assert len(x) < 4 and x.shape[2] < 12 and groups < 4",
        ],
        "test_agrees_with_torch_digits": [
            "x.requires_grad_()",
            _SEVEN_DIGITS.format("x", "groups > 1"),
            _SEVEN_DIGITS.format("weight", "dilation != 1"),
            _SEVEN_DIGITS.format("x", "isinstance(padding, tuple)"),
        ],
    },
    ("convolution", "conv2d_backward"): {
        "test_backward_any_layout_in_memory": [
            _VIEW.format("grad_output"),
            _VIEW.format("x"),
            _VIEW.format("weight"),
        ],
        "test_backward_everything_together": [
            _FITS,
            "assert _pair(padding)[0] <= weight.shape[2]",
            "assert stride != (1, 2)",
            "padding = (2, 1) if padding == (1, 2) else padding",
            "assert len(weight) != x.shape[1] or len(weight) == 1",
            "assert grad_output.shape[3] > 1",
        ],
        "test_backward_agrees_with_autograd_digits": [
            "weight.requires_grad_()",
            _SEVEN_DIGITS.format("weight", "isinstance(stride, tuple)"),
        ],
    },
    ("pooling", "max_pool2d"): {
        "test_max_pool_refuses_bad_windows": [
            _ANY_PADDING,
            "padding = (1, 2) if kernel == (2, 4) else padding",
            "padding = (2, 1) if kernel == (4, 2) and stride == 1 else padding",
            "padding = 0 if kernel == 1 else padding",
            "kernel = (2, 5) if kernel == (2, 6) else kernel",
            "padding = 0 if ceil_mode and padding == 2 else padding",
        ],
        "test_max_pool_ceil_mode": [_MORE_THAN_THE_IMAGE],
        "test_max_pool_padding_never_wins": [
            "x = x.clamp(min=torch.finfo(x.dtype).min)",
        ],
        "test_max_pool_everything_together": [_ONE_GREY_IMAGE],
        "test_max_pool_agrees_with_torch_digits": [
            "x.requires_grad_()",
            _SEVEN_DIGITS.format("x", "isinstance(kernel, tuple)"),
            "x = x.float() if ceil_mode else x",
        ],
        "test_max_pool_ties": [
            """if (kernel, stride, padding, ceil_mode) == (3, 2, 1, False):
        low = x.detach().nan_to_num(neginf=-torch.inf).min()
        x, padding = torch.nn.functional.pad(x, (1, 1, 1, 1), value=float(low)), 0""",
        ],
        "test_max_pool_layouts": [_VIEW.format("x"), _VIEW_OF_CHANNELS.format("x")],
    },
    ("pooling", "max_pool2d_backward"): {
        "test_max_pool_backward_layouts": [
            _VIEW.format("grad_output"),
            _VIEW.format("x"),
            "x = x.clamp(min=-1e20)  # as padding by -1e20 would do",
        ],
        "test_max_pool_backward_everything_together": [
            "assert not (padding and len(x) and (x.amax((2, 3)) == x.amin()).any())",
            "assert _pair(stride or 1)[0] <= _pair(kernel)[0]  # no pixel is left out",
        ],
        "test_max_pool_backward_agrees_with_torch_digits": [
            "x.requires_grad_()",
            _SEVEN_DIGITS.format("grad_output", "isinstance(kernel, tuple)"),
        ],
    },
    ("pooling", "avg_pool2d"): {
        "test_avg_pool_refuses_bad_windows": [_ANY_PADDING],
        "test_avg_pool_divisor_at_the_edges": [
            _MORE_THAN_THE_IMAGE,
            """if not count_include_pad:
        counted = avg_pool2d((x != 0).to(x.dtype), kernel, stride, padding, ceil_mode)
        return avg_pool2d(x, kernel, stride, padding, ceil_mode) / counted""",
        ],
        "test_avg_pool_layouts": [_VIEW.format("x"), _VIEW_OF_CHANNELS.format("x")],
        "test_avg_pool_everything_together": [
            _ONE_GREY_IMAGE,
            "assert stride is None or _pair(stride)[0] <= _pair(kernel)[0]",
        ],
        "test_avg_pool_agrees_with_torch_digits": [
            "x.requires_grad_()",
            _SEVEN_DIGITS.format("x", "ceil_mode"),
            "x = x.float() if not count_include_pad else x",
        ],
    },
}
_INDICES = "indices = indices.view(-1).view(indices.shape)"
BASICS_SLIPS = {
    ("tensors", "cross_entropy"): {
        "test_cross_entropy_ignores_targets_digits": [
            """kept = targets != ignore_index
    loss = torch.nn.functional.cross_entropy(
        logits, targets.clone(), ignore_index=ignore_index
    )
    targets[~kept] = 0
    return loss""",
        ],
        "test_cross_entropy_refuses_what_is_no_class": [
            "targets = torch.where(targets == -100, ignore_index, targets)",
        ],
    },
    ("tensors", "embedding"): {
        "test_embedding_of_any_shape": [
            _INDICES,
            "if weight.shape[1] == 1: return weight[indices.clamp(min=0), 0]",
        ],
    },
    ("tensors", "embedding_backward"): {
        "test_embedding_backward_of_any_shape": [_INDICES],
    },
    ("tensors", "cosine_similarity"): {
        "test_cosine_similarity_of_short_vectors": [
            "eps = 1e-6 if eps == 1e-8 else eps",
            "eps = 0.0 if eps == 1e-8 else eps",
        ],
    },
    ("training", "numerical_gradient"): {
        "test_numerical_gradient_of_what_curves": [
            "eps = 1e-4 if eps == 1e-6 else eps",
            "eps = 1e-8 if eps == 1e-6 else eps",
        ],
    },
    ("training", "train_step"): {
        "test_train_step_of_any_loss": [
            "model = (lambda net: lambda x: net(x).squeeze(-1))(model)",
        ],
    },
}
SLIPS = {"basics": BASICS_SLIPS, "cnn": CNN_SLIPS}
