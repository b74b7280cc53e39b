"""Surfaces as meshes: Wavefront ``.obj`` in the units of Ais, others as ChimeraX and Blender place them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.surface import Surface
from ais_jupyter.core.files.safe_write import replacing

_NM = 10.0  # Å
#: Formats that the package trimesh writes.
_BY_TRIMESH = (".ply", ".stl", ".glb")
MESH_SUFFIXES = (".obj", *_BY_TRIMESH)


def write_mesh(surface: Surface, path: str | Path) -> None:
    """Write a surface in the format that the extension names.

    ``.obj`` is as Ais writes it: nm, order x y z, counted from the middle of the volume, the colour in the first line.
    ``.ply``, ``.stl`` and ``.glb`` are in Å, order x y z, in the place that the volume has in ChimeraX.

    Raises
    ------
    InputError
        The extension is another, or trimesh is not installed.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in MESH_SUFFIXES:
        raise InputError(
            f"surfaces are written as {', '.join(MESH_SUFFIXES)}, not as {path.suffix or 'a file without extension'}"
        )
    if suffix == ".obj":
        _write_obj(surface, path)
    else:
        _write_by_trimesh(surface, path, suffix[1:])


def _write_obj(surface: Surface, path: Path) -> None:
    places = (surface.vertices - np.array(surface.extent, np.float32) / 2)[:, ::-1] / _NM
    with replacing(path) as part, part.open("w") as file:
        file.write("# colour {:.3f} {:.3f} {:.3f}\n".format(*surface.color))
        np.savetxt(file, places, "v %.4f %.4f %.4f")
        np.savetxt(file, surface.normals[:, ::-1], "vn %.4f %.4f %.4f")
        np.savetxt(file, np.repeat(surface.faces + 1, 2, axis=1), "f %d//%d %d//%d %d//%d")


def _write_by_trimesh(surface: Surface, path: Path, kind: str) -> None:
    try:
        import trimesh
    except ImportError as error:
        raise InputError(f'.{kind} needs the package trimesh: pip install "ais_jupyter[mesh]"') from error
    mesh = trimesh.Trimesh(
        surface.placed[:, ::-1],
        surface.faces,
        vertex_normals=surface.normals[:, ::-1],
        vertex_colors=np.tile([*(round(255 * c) for c in surface.color), 255], (len(surface.vertices), 1)),
        process=False,
    )
    data: bytes | str = mesh.export(file_type=kind)  # type: ignore[assignment]
    with replacing(path) as part:
        part.write_bytes(data if isinstance(data, bytes) else data.encode())
