"""Hostile files: made by damage that knows the structure of a format, and tried in a process that is watched."""
