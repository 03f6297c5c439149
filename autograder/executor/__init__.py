"""How a call is run: the student's module, objects by number, tensors, devices.

The same code answers calls in the worker and at home. It sees what crosses
(`autograder.protocol`) and no check.

    from autograder.executor.answering import Answering

    answer = Answering(module, sources={}).call(request)
"""
