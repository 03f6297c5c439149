# Dies in the middle of many calls that come in one message.
import os

_honest_size = conv_output_size
_asked = []


def conv_output_size(*values, **named):
    _asked.append(values)
    if len(_asked) > 20:
        os._exit(6)
    return _honest_size(*values, **named)
