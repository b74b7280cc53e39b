"""What of a tomogram's header is found again in every volume made from it, as gemmi and mrcfile read it."""

from __future__ import annotations

import itertools
from pathlib import Path

import gemmi
import mrcfile
import numpy as np
import pytest

import ais_jupyter as ais
from ais_jupyter.core.files.mrc import read_mrc, save_tomogram
from ais_jupyter.core.files.volume_writer import VolumeWriter

SHAPE = (5, 6, 7)


def tomogram(path: Path, axes=(1, 2, 3), origin=(11.0, 22.0, 33.0), nstart=(0, 0, 0), angles=(90, 90, 90)) -> Path:
    with mrcfile.new(path, overwrite=True) as file:
        file.set_data(np.random.default_rng(0).normal(size=SHAPE).astype(np.float32))
        header = file.header
        header.mapc, header.mapr, header.maps = axes
        for number, count, size in zip(reversed(axes), SHAPE, (4.0, 3.0, 2.0)):
            name = "xyz"[number - 1]
            header[f"m{name}"] = count
            header.cella[name] = count * size
        header.origin.x, header.origin.y, header.origin.z = origin
        header.nxstart, header.nystart, header.nzstart = nstart
        header.cellb.alpha, header.cellb.beta, header.cellb.gamma = angles
        file.add_label("a label of the microscope")
    return path


def placed(path: Path) -> dict:
    with mrcfile.open(path, header_only=True) as file:
        h = file.header
        return {
            "axes": (int(h.mapc), int(h.mapr), int(h.maps)),
            "sampling": (int(h.mx), int(h.my), int(h.mz)),
            "cell": tuple(float(v) for v in h.cella.tolist()),
            "angles": tuple(float(v) for v in h.cellb.tolist()),
            "origin": tuple(float(v) for v in h.origin.tolist()),
            "nstart": (int(h.nxstart), int(h.nystart), int(h.nzstart)),
        }


def gemmi_places(path: Path) -> list[tuple[float, float, float]]:
    """Where Gemmi, which honours every field, puts some voxels (section, row, column) in space."""
    ccp4 = gemmi.read_ccp4_map(str(path))
    start = [ccp4.header_i32(word) for word in (5, 6, 7)]
    axes = [ccp4.header_i32(word) for word in (17, 18, 19)]
    sampling = [ccp4.header_i32(word) for word in (8, 9, 10)]
    cell = ccp4.grid.unit_cell
    places = []
    for voxel in ((0, 0, 0), (4, 0, 0), (0, 5, 0), (0, 0, 6), (4, 5, 6)):
        index = [0, 0, 0]
        for along, axis, first in zip(reversed(voxel), axes, start):
            index[axis - 1] = along + first
        fractional = gemmi.Fractional(*(i / n for i, n in zip(index, sampling)))
        places.append(tuple(cell.orthogonalize(fractional).tolist()))
    return places


def outputs(source: Path, folder: Path) -> list[Path]:
    """Every kind of volume that is made from a tomogram."""
    read = read_mrc(source)
    save_tomogram(read, folder / "saved.mrc")
    with VolumeWriter(folder / "result.mrc", SHAPE, np.uint8, read.voxel_size, like=read) as writer:
        writer.write(0, np.zeros(SHAPE, np.uint8))
    return [folder / "saved.mrc", folder / "result.mrc"]


@pytest.mark.parametrize("axes", list(itertools.permutations((1, 2, 3))))
def test_results_lie_over_their_tomogram_whatever_the_order_of_axes(tmp_path, axes):
    source = tomogram(tmp_path / "t.mrc", axes, nstart=(3, -4, 5), angles=(90, 90, 120))
    assert read_mrc(source).voxel_size == (4.0, 3.0, 2.0)
    for path in outputs(source, tmp_path):
        assert placed(path) == placed(source)
        np.testing.assert_allclose(gemmi_places(path), gemmi_places(source), atol=1e-6)


def test_labels_are_kept_and_ours_is_added_once(tmp_path):
    source = tomogram(tmp_path / "t.mrc")
    save_tomogram(read_mrc(source), tmp_path / "a.mrc")
    save_tomogram(read_mrc(tmp_path / "a.mrc"), tmp_path / "b.mrc")
    labels = read_mrc(tmp_path / "b.mrc").data.header.labels
    assert any("a label of the microscope" in label for label in labels)
    assert labels.count("written by ais_jupyter") == 1


def test_axis_fields_that_are_no_order_are_ignored(tmp_path):
    source = tomogram(tmp_path / "t.mrc")
    content = bytearray(source.read_bytes())
    content[64:76] = np.array([1, 1, 7], "<i4").tobytes()
    source.write_bytes(bytes(content))
    assert read_mrc(source).voxel_size == (4.0, 3.0, 2.0)
    assert read_mrc(source).data.header.axes == (1, 2, 3)


def test_the_origin_follows_the_order_of_axes(tmp_path):
    source = tomogram(tmp_path / "t.mrc", (3, 2, 1))
    assert ais.open(source).origin == (11.0, 22.0, 33.0)  # sections run along X
