import os
import signal


def label(index):
    os.kill(os.getpid(), signal.SIGSTOP)


def total(values):
    return sum(values)
