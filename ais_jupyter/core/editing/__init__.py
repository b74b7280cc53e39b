"""Changing annotations: edits and patches, undo and redo, interpolation between slices.

`document.py` keeps the history of one set of annotations; `listener.py` turns every change into the one edit that
history, journal and pages share. What annotations are belongs to `core.data`; locks, journals and backups on disk to
`core.safekeeping`. Brushes and filters are in the page alone; ``tests/painting_reference`` has a reference for them.
"""
