def label(index):
    print("\ud800\0\u2028" * 500)
    return "\ud800 x" if index % 2 else {"\ud800": ["\ud800"], "<b>": 1}


def total(values):
    return sum(values)
