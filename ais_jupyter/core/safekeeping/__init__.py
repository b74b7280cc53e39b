"""What keeps work from being lost or done twice: locks, journals of unsaved work, backups of weights.

Belongs here: files that exist only to protect work, and the rules for taking and dropping them.
Does not belong here: what the work means; records are plain fields and bytes that `core.editing` interprets.
"""
