"""The command ``ais-jupyter``: one file per sub-command.

Belongs here: flags, their defaults, and what is printed.
Does not belong here: the work itself, which is a function in `core.workflows`.
"""
