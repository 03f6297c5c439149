"""Slips of students who forget the device, as changes to solutions.

They change nothing on the CPU.
"""

from __future__ import annotations

HEAD = "# BEGIN SOLUTION\n"
ZEROS = "x = x + torch.zeros(x.shape, dtype=x.dtype)"
POOLS = ["stride is None", "stride is not None", "padding == 0", "padding != 0"]

# By check: its exercise, its function or class, and the branches of the contract.
CHECKS = {
    "test_dilation_and_groups_device": (
        "convolution",
        "conv2d",
        [
            *("bias is None", "bias is not None", "padding == 0", "padding != 0"),
            *("stride != 1", "dilation != 1", "groups == 1", "groups != 1"),
        ],
    ),
    "test_backward_agrees_with_autograd_device": (
        "convolution",
        "conv2d_backward",
        ["padding == 0", "padding != 0", "stride == 1", "stride != 1"],
    ),
    "test_max_pool_ceil_mode_device": (
        "pooling",
        "max_pool2d",
        [*POOLS, "ceil_mode", "padding != 0 and not ceil_mode"],
    ),
    "test_max_pool_backward_agrees_with_torch_device": (
        "pooling",
        "max_pool2d_backward",
        POOLS,
    ),
    "test_avg_pool_divisor_at_the_edges_device": (
        "pooling",
        "avg_pool2d",
        [
            *(*POOLS, "ceil_mode", "not ceil_mode"),
            *("count_include_pad", "not count_include_pad"),
        ],
    ),
    "test_classifier_agrees_with_torch_device": ("network", "ImageClassifier", []),
    "test_convnet_agrees_with_torch_device": ("network", "ConvNet", []),
}

# How a slip is found: the type of the exception, what there was too much of, or the
# kind of the mismatch.
TWO_DEVICES = "RuntimeError"
NO_NUMPY = "TypeError"
WAITS = "synchronisations"
KERNELS = "operators"
ELSEWHERE = "device"

LOOKS_IN = HEAD, "if x.numel() and x.detach().max().item() > 1e9: raise ValueError"
ASKS_NUMPY = HEAD, "if (x.detach().numpy() > 1e9).any(): raise ValueError"
TRIP = "x = x.cpu().to(x.device)"
FORWARD = '''size, size)``."""
        # BEGIN SOLUTION
'''

# By check, then by name: what is replaced, by what, and how it is found.
SLIPS = {
    "test_dilation_and_groups_device": {
        "pads with zeros of the CPU": (
            "windows = _windows(x, weight.shape[2:], stride, padding, dilation)\n",
            """(top, left), (height, width) = _pair(padding), x.shape[2:]
    size = (*x.shape[:2], height + 2 * top, width + 2 * left)
    wide = torch.zeros(size, dtype=x.dtype)
    wide[:, :, top : top + height, left : left + width] = x
    windows = _windows(wide, weight.shape[2:], stride, 0, dilation)
""",
            TWO_DEVICES,
        ),
        "a bias of zeros": (
            "return y if bias is None else y +",
            "bias = torch.zeros(len(weight), dtype=x.dtype) if bias is None else bias\n"
            "    return y +",
            TWO_DEVICES,
        ),
        "an output of zeros": (
            "return y if bias is None",
            "out = torch.zeros(y.shape, dtype=y.dtype)\n"
            "    out[:] = y\n"
            "    return out if bias is None",
            ELSEWHERE,
        ),
        "positions": (
            "y = torch.einsum",
            "kept = torch.arange(filters.shape[-1])\n"
            "    filters = filters.index_select(-1, kept)\n"
            "    y = torch.einsum",
            TWO_DEVICES,
        ),
        "there and back": (HEAD, TRIP, WAITS),
        "a number in a condition": (*LOOKS_IN, WAITS),
        "NumPy": (*ASKS_NUMPY, NO_NUMPY),
    },
    "test_backward_agrees_with_autograd_device": {
        "zeros for the gradient of x": (
            "torch.zeros_like(x)",
            "torch.zeros(x.shape, dtype=x.dtype)",
            TWO_DEVICES,
        ),
        "zeros for the gradient of the bias": (
            "grad_bias = grad_output.sum((0, 2, 3))",
            "grad_bias = torch.zeros(len(weight), dtype=x.dtype)\n"
            "    grad_bias[:] = grad_output.sum((0, 2, 3))",
            ELSEWHERE,
        ),
        "there and back": (HEAD, TRIP, WAITS),
        "a number in a condition": (*LOOKS_IN, WAITS),
        "NumPy": (
            "grad_output.sum((0, 2, 3))",
            "torch.from_numpy(grad_output.numpy().sum((0, 2, 3)))",
            NO_NUMPY,
        ),
    },
    "test_max_pool_ceil_mode_device": {
        "positions": (
            "return x.flatten",
            "pixels = torch.arange(x.shape[-2] * x.shape[-1])\n"
            "    winners = pixels[winners]\n"
            "    return x.flatten",
            TWO_DEVICES,
        ),
        "an output of zeros": (
            "return x.flatten(-2).gather(-1, winners.flatten(-2)).view_as(winners)",
            "out = torch.zeros(winners.shape, dtype=x.dtype)\n"
            "    out[:] = x.flatten(-2).gather(-1, winners.flatten(-2)).view_as(out)\n"
            "    return out",
            ELSEWHERE,
        ),
        "there and back": (HEAD, TRIP, WAITS),
        "a number in a condition": (*LOOKS_IN, WAITS),
        "NumPy": (*ASKS_NUMPY, NO_NUMPY),
    },
    "test_max_pool_backward_agrees_with_torch_device": {
        "zeros for the gradient": (
            "grad_output.new_zeros(x.shape)",
            "torch.zeros(x.shape, dtype=x.dtype)",
            TWO_DEVICES,
        ),
        "positions": (
            "winners = _winners(x, kernel, stride, padding)",
            "winners = _winners(x, kernel, stride, padding)\n"
            "    winners = torch.arange(x.shape[-2] * x.shape[-1])[winners]",
            TWO_DEVICES,
        ),
        "an answer that stays on the CPU": (HEAD, "x = x.cpu()", TWO_DEVICES),
        "NumPy": (*ASKS_NUMPY, NO_NUMPY),
    },
    "test_avg_pool_divisor_at_the_edges_device": {
        "masks": (
            "~inside.flatten(-2)",
            "~(inside & torch.ones(inside.shape, dtype=torch.bool)).flatten(-2)",
            TWO_DEVICES,
        ),
        "the divisor": (
            "return sums / torch.outer",
            "rows, columns = torch.arange(len(rows)), torch.arange(len(columns))\n"
            "    return sums / (rows[:, None] * columns * 0 + 1) / torch.outer",
            TWO_DEVICES,
        ),
        "there and back": (HEAD, TRIP, WAITS),
        "a number in a condition": (*LOOKS_IN, WAITS),
        "NumPy": (*ASKS_NUMPY, NO_NUMPY),
    },
    "test_classifier_agrees_with_torch_device": {
        "a buffer as a plain attribute": (
            "self.pool2 = nn.MaxPool2d(3)",
            """self.pool2, self.factor = nn.MaxPool2d(3), torch.ones(12, 1, 1)
        self.conv.register_forward_hook(lambda _, x, y: y * self.factor)""",
            TWO_DEVICES,
        ),
        "there and back": (FORWARD, TRIP, WAITS),
        "a number in a condition": (FORWARD, LOOKS_IN[1], WAITS),
        "NumPy": (FORWARD, ASKS_NUMPY[1], NO_NUMPY),
        "answers on the CPU": ("return logits", "return logits.cpu()", ELSEWHERE),
    },
    "test_convnet_agrees_with_torch_device": {
        "zeros in forward": (FORWARD, ZEROS, TWO_DEVICES),
        "there and back": (FORWARD, TRIP, WAITS),
        "a number in a condition": (FORWARD, LOOKS_IN[1], WAITS),
        "NumPy": (FORWARD, ASKS_NUMPY[1], NO_NUMPY),
        "one image at a time": (
            FORWARD,
            "if len(x) > 1: return torch.cat([self(image) for image in x.split(1)])",
            KERNELS,
        ),
    },
}

# In the tiny course: exercise, function, check, and the slip.
TINY = {
    "a state of zeros": (
        *("recurrent", "CharModel", "test_char_model_on_the_device"),
        "torch.zeros_like(seen)",
        "torch.zeros(seen.shape, dtype=seen.dtype)",
        TWO_DEVICES,
    ),
    "a cell of zeros": (
        *("recurrent", "lstm_cell", "test_lstm_cell_agrees_with_torch_device"),
        "h, c = state",
        "h, c = state\n    c = c + torch.zeros(c.shape, dtype=c.dtype)",
        TWO_DEVICES,
    ),
    "a cell that is looked at": (
        *("recurrent", "lstm_cell", "test_lstm_cell_agrees_with_torch_device"),
        "h, c = state",
        "h, c = state\n    if c.isnan().any(): raise ValueError",
        WAITS,
    ),
    "a loss on the CPU": (
        *("training", "train_step", "test_train_step_on_the_device"),
        "loss = loss_fn(model(x), y)",
        "loss = loss_fn(model(x).cpu(), y)",
        TWO_DEVICES,
    ),
    "a loss that is looked at twice": (
        *("training", "train_step", "test_train_step_on_the_device"),
        "loss.backward()",
        "loss.backward()\n    if loss.isnan(): raise ValueError",
        WAITS,
    ),
    "gradients that are counted on the CPU": (
        *("training", "train_step", "test_train_step_on_the_device"),
        "optimizer.step()",
        "if any(p.grad.isnan().any() for p in model.parameters()): raise ValueError\n"
        "    optimizer.step()",
        WAITS,
    ),
}
