def label(index):
    return ("north",)


def total(values):
    return (sum(values),)
