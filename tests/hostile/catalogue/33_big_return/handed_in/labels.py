def label(index):
    return "n" * 10**8


def total(values):
    return 10**100_000
