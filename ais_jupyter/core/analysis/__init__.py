"""What is done with segmentations: interactions of models, scores, components, picking, orientation.

Belongs here: computation on volumes that needs no network.
Does not belong here: opening volumes (`core.files`), choosing them (`core.workflows`).
"""
