def label(index):
    class Endless(Exception):
        def __str__(self):
            while True:
                pass

    raise Endless


def total(values):
    return sum(values)
