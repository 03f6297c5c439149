def label(index):
    raise BaseExceptionGroup("many", [ValueError("<script>alert(1)</script>")] * 5000)


def total(values):
    return sum(values)
