def label(index):
    return ["n" * 900_000] * 4 if index else [[float(index)] * 4] * 4900


def total(values):
    return sum(values)
