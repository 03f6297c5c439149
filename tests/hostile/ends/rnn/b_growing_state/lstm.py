# A state that grows with every step.
_honest_cell = lstm_cell


def lstm_cell(x, state, *weights):
    h, c = _honest_cell(x, state, *weights)
    return torch.cat([h, h]), torch.cat([c, c])
