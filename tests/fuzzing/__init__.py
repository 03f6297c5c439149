"""Input that nobody would write, fed to all that reads what students hand in.

``python -m tests.fuzzing`` does it guided by coverage, ``make fuzz`` with all targets.
"""
