def label(index):
    class Kind(type):
        __name__ = property(lambda self: 5)

    class Odd(Exception, metaclass=Kind):
        pass

    raise Odd


def total(values):
    return sum(values)
