"""otter-grader: a master notebook for ``otter assign``, graded in our sandbox.

``master`` makes the notebook and says which files lie beside it. In grading,
``plugin`` judges the submission before otter runs anything of it, and gives otter a
notebook with nothing but the findings, which the test cases of ``cases`` read.
"""
