"""What grader and worker say to each other: values, frames, and how a call is answered.

Neither side trusts the other. Tensors, numbers, strings, tuples, lists and dicts cross;
objects stay where they were made and are spoken of by number (a handle).
"""
