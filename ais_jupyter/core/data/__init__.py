"""Plain objects: tomograms, annotations, training sets, networks as data, results; and the facts about them.

Belongs here: what these things are, their units, names and bounds, and the catalogue of layers; each fact once.
Does not belong here: reading and writing (`core.files`, behind the port in `storage.py`), computing, undo.
"""
