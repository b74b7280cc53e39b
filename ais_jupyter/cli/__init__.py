"""The command ``ais-jupyter``: one file per sub-command."""
