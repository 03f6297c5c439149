"""What grader and worker say to each other: calls, values, frames, messages.

Neither side trusts the other. Tensors, numbers, strings, tuples, lists and dicts cross;
objects stay where they were made and are spoken of by number (a handle).

    from autograder.protocol.frames import decode, encode

    encode({"do": "call"}, [torch.zeros(2)])  # bytes, read back by decode
"""
