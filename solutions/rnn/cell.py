"""One step of a recurrent network: a new state from an input and the old state."""

from __future__ import annotations

from torch import Tensor


def rnn_cell(
    x: Tensor,
    h: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    nonlinearity: str = "tanh",
) -> Tensor:
    """One step of a recurrent network, for N sequences at once.

    For one sequence, with x and h as columns (recitation 4.1, there without biases)::

        z      = W_ih x + b_ih + W_hh h + b_hh
        h_new  = tanh(z)        or  relu(z)

    The recitation's names are W_hx for W_ih, and psi for the nonlinearity. In a batch
    each row of x and of h is one sequence, and no row looks at another. As in
    torch.nn.RNNCell there are two biases, which do the work of one.

    Forbidden here are the recurrent layers and cells of torch (nn.RNN*, nn.LSTM*,
    nn.GRU*, torch.rnn_tanh* and the other functions under them).

    Args:
        x: the inputs of this step, ``(N, I)``; N may be 0.
        h: the states after the step before, ``(N, H)``.
        weight_ih: from the input to the state, ``(H, I)``: one row for each unit.
        weight_hh: from the state to the state, ``(H, H)``: again a row for each unit.
        bias_ih: ``(H,)``, or None for none.
        bias_hh: ``(H,)``, or None for none; either may be there without the other.
        nonlinearity: ``"tanh"`` or ``"relu"``.

    Returns:
        The new states, ``(N, H)``, in the dtype and on the device of x. Gradients flow
        back to the inputs, the states, the weights and the biases.

    Raises:
        ValueError: the nonlinearity is neither ``"tanh"`` nor ``"relu"``.
    """
    # BEGIN SOLUTION
    if nonlinearity not in ("tanh", "relu"):
        raise ValueError(f"nonlinearity must be tanh or relu, got {nonlinearity!r}")
    z = x @ weight_ih.T + h @ weight_hh.T
    if bias_ih is not None:
        z = z + bias_ih
    if bias_hh is not None:
        z = z + bias_hh
    return z.tanh() if nonlinearity == "tanh" else z.relu()
    # END SOLUTION
