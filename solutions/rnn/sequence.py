"""Many steps: a state that is carried through a sequence, in layers and directions."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def rnn_forward(
    x: Tensor,
    h0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    nonlinearity: str = "tanh",
) -> tuple[Tensor, Tensor]:
    """All steps of a recurrent network, with the same weights at each of them.

    From h_0, which is given, the states follow one after the other::

        h_t = rnn_cell(x_t, h_{t-1}, ...)        for t = 1, ..., T

    In code the first input is ``x[0]`` and the first output, ``outputs[0]``, is the
    state after it, h_1; h_0 is none of the outputs. A sequence of no steps leaves the
    state as it is.

    You may import your ``rnn_cell`` (``from cell import rnn_cell``). Forbidden here are
    the recurrent layers and cells of torch (nn.RNN*, nn.LSTM*, nn.GRU*,
    torch.rnn_tanh* and the other functions under them).

    Args:
        x: the inputs, time first: ``(T, N, I)``; T and N may be 0.
        h0: the states before the first step, ``(N, H)``.
        weight_ih: as in rnn_cell, ``(H, I)``.
        weight_hh: as in rnn_cell, ``(H, H)``.
        bias_ih: as in rnn_cell, ``(H,)`` or None.
        bias_hh: as in rnn_cell, ``(H,)`` or None.
        nonlinearity: ``"tanh"`` or ``"relu"``.

    Returns:
        ``(outputs, h_T)``: the states after each step, one tensor ``(T, N, H)``, and
        the last of them, ``(N, H)``. With T = 0 these are an empty tensor
        ``(0, N, H)``, and h0. Both are in the dtype and on the device of x, and
        gradients flow back through all steps to x, h0, weights and biases.
    """
    # BEGIN SOLUTION
    from cell import rnn_cell  # the stub does without

    h, outputs = h0, []
    for x_t in x:
        h = rnn_cell(x_t, h, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity)
        outputs.append(h)
    return torch.stack(outputs) if outputs else h0.new_empty((0, *h0.shape)), h
    # END SOLUTION


def output_probabilities(h: Tensor, weight_yh: Tensor) -> Tensor:
    """What the network says at each step: ``y_t = sigmoid(W_yh h_t)``, without a bias.

    This is the output layer of recitation 4.1. Each of the O outputs is a probability
    by itself: together they need not add up to 1.

    Args:
        h: states, ``(..., H)``, such as one state, the states of a batch, or all
            outputs of rnn_forward.
        weight_yh: ``(O, H)``, a row for each output.

    Returns:
        Probabilities, ``(..., O)``, in the dtype and on the device of h. Where
        ``W_yh h_t`` is far from zero, as 1000 or -1000, they are 1 and 0, never NaN.
    """
    # BEGIN SOLUTION
    return torch.sigmoid(h @ weight_yh.T)
    # END SOLUTION


class RNN(nn.Module):
    """A recurrent network of layers, in one direction or in both, as torch.nn.RNN.

    The first layer reads x. Each further layer reads the outputs of the layer below,
    and begins with a state of its own. All use tanh and both biases.

    With ``bidirectional`` each layer has two networks with weights of their own. One
    reads from the first step to the last, the other from the last to the first. At
    each step, what the layer gives on is ``[forward; reverse]``, 2 H numbers: there
    the reverse half is the state of the reverse network after it has read that step
    (and all that come later). So the next layer has 2 H inputs.

    The parameters have torch's names, and the checks set them by these names. For
    layer k = 0, 1, ...: ``weight_ih_lk`` is ``(H, I)`` in the first layer, and
    ``(H, H)`` or ``(H, 2 * H)`` in the others; ``weight_hh_lk`` is ``(H, H)``;
    ``bias_ih_lk`` and ``bias_hh_lk`` are ``(H,)``. The reverse networks' have
    ``_reverse`` at the end, as in ``weight_hh_l0_reverse``. There are no others. Their
    first values are yours to choose.

    Args:
        input_size: I.
        hidden_size: H.
        num_layers: how many layers.
        bidirectional: whether there are reverse networks, too.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
    ) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.endings = ("", "_reverse") if bidirectional else ("",)
        for layer in range(num_layers):
            inputs = hidden_size * len(self.endings) if layer else input_size
            for ending in self.endings:
                for kind, size in (("ih", inputs), ("hh", hidden_size)):
                    drawn = nn.Linear(size, hidden_size)
                    setattr(self, f"weight_{kind}_l{layer}{ending}", drawn.weight)
                    setattr(self, f"bias_{kind}_l{layer}{ending}", drawn.bias)
        # END SOLUTION

    def forward(self, x: Tensor, h0: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """All steps of all layers.

        Args:
            x: the inputs, ``(T, N, I)``; T is at least 1.
            h0: the states before the first step, ``(num_layers * D, N, H)``, where D
                is 2 if bidirectional and else 1; None means zeros. The rows are layer
                by layer, in each layer forward, then reverse.

        Returns:
            ``(outputs, h_n)``: what the last layer gives on, ``(T, N, D * H)``, and the
            last state of each network, ``(num_layers * D, N, H)``, in the order of h0.
            The last state of a reverse network is that after it has read ``x[0]``.
        """
        # BEGIN SOLUTION
        directions = len(self.endings)
        if h0 is None:
            rows = self.num_layers * directions
            h0 = x.new_zeros((rows, x.shape[1], self.hidden_size))
        last = []
        for layer in range(self.num_layers):
            halves = []
            for place, ending in enumerate(self.endings):
                names = "weight_ih", "weight_hh", "bias_ih", "bias_hh"
                own = [getattr(self, f"{name}_l{layer}{ending}") for name in names]
                start = h0[layer * directions + place]
                if ending:
                    outputs, h = rnn_forward(x.flip(0), start, *own)
                    outputs = outputs.flip(0)
                else:
                    outputs, h = rnn_forward(x, start, *own)
                halves.append(outputs)
                last.append(h)
            x = torch.cat(halves, dim=-1)
        return x, torch.stack(last)
        # END SOLUTION
