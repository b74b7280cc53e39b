"""Surfaces as Wavefront ``.obj``, in the units of Ais: nm, order x y z, origin at the centre of the volume."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.surface import Surface
from ais_jupyter.core.files.safe_write import replacing

_NM = 10.0  # Å


def write_obj(surface: Surface, path: str | Path) -> None:
    """Write vertices, normals and triangles; the first line holds the colour.

    Raises
    ------
    InputError
        The extension is not ``.obj``.
    """
    path = Path(path)
    if path.suffix.lower() != ".obj":
        raise InputError(f"surfaces are written as .obj, not as {path.suffix or 'a file without extension'}")
    with replacing(path) as part, part.open("w") as file:
        file.write("# colour {:.3f} {:.3f} {:.3f}\n".format(*surface.color))
        np.savetxt(file, np.asarray(surface.vertices)[:, ::-1] / _NM, "v %.4f %.4f %.4f")
        np.savetxt(file, np.asarray(surface.normals)[:, ::-1], "vn %.4f %.4f %.4f")
        np.savetxt(file, np.repeat(np.asarray(surface.faces) + 1, 2, axis=1), "f %d//%d %d//%d %d//%d")
