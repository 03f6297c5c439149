def label(index):
    raise KeyboardInterrupt


def total(values):
    return sum(values)
