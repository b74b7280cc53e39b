"""Import path of old scripts; the class lives in `ais_jupyter.compat`."""

from ais_jupyter.compat.frame import SEFrame as SEFrame
