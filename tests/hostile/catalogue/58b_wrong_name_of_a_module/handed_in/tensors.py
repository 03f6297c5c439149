import torhc


def soften(x):
    return torhc.exp(x)
