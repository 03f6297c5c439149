"""How a call is run: the student's module, objects by number, tensors, devices.

The same code answers calls in the worker and at home. It sees what crosses
(`autograder.protocol`) and no check.
"""
