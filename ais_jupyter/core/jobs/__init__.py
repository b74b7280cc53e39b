"""Long work in the background: progress, time left, cancel, error and result.

Belongs here: how generators of `Progress` are run, one after another or alone, and how jobs show themselves.
Does not belong here: what the work is.
"""
