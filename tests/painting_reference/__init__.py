"""What the browser paints and shows, computed by other means: the reference of the tests on both sides.

Checked against what the desktop program gave (``tests/editing/test_golden_painting.py``); the browser's own rules are
checked against the cases that ``tests/cases/make_cases.py`` makes with it.
"""
