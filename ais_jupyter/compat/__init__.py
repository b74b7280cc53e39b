"""The documented scripting interface of Ais over the new core.

Belongs here: old names, nanometres, rows from the bottom, and other quirks; they end here.
Does not belong here: anything that new code uses.
"""
