"""Python that is read and never run: cells, imports, names that are not allowed.

The same reading serves the check at home, the grader and the worker, so that what one
of them takes for the code is what the others run.

    from autograder.sources.forbidden import forbidden_uses

    forbidden_uses({"a": "from torch import conv2d"}, "a", ["torch.conv*"])
"""
