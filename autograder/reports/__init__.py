"""Verdicts for people and platforms: each module is a pure function of verdicts.

``terminal`` one report and ``class_summary`` a whole class, as text; ``html`` a page;
``gradescope`` a results.json; ``table`` a CSV file. What students get leaves out the
seed and shows of a hidden check its promise, outcome and points.
"""
