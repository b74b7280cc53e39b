"""Changing annotations: patches, undo and redo, interpolation between slices."""
