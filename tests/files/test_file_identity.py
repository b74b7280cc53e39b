"""A file that is replaced, rewritten, shortened or removed while it is open is noticed; a touched one is not."""

from __future__ import annotations

import os
import shutil

import mrcfile
import numpy as np
import pytest
import tifffile

import ais_jupyter as ais
from ais_jupyter.core.data.errors import AisError, TomogramChangedError, TomogramMissingError


def volume(path, value, shape=(4, 8, 10), dtype=np.float32):
    if str(path).endswith(".tif"):
        tifffile.imwrite(path, np.full(shape, value, dtype), photometric="minisblack", compression="zlib")
    elif str(path).endswith(".tiff"):
        tifffile.imwrite(path, np.full(shape, value, dtype), photometric="minisblack")
    else:
        with mrcfile.new(path, overwrite=True) as file:
            file.set_data(np.full(shape, value, dtype))
    return path


@pytest.mark.parametrize("name", ["t.mrc", "t.tif", "t.tiff"])
@pytest.mark.parametrize("way", ["rename over it", "write into it"])
@pytest.mark.parametrize(
    "other", [{"value": 2}, {"value": 2, "shape": (4, 10, 8)}, {"value": 2, "dtype": np.int16}], ids=str
)
def test_another_volume_under_the_same_name(tmp_path, name, way, other):
    path = volume(tmp_path / name, 1)
    tomogram = ais.open(path)
    assert tomogram.slice(0).max() == 1
    if way == "rename over it":
        os.replace(volume(tmp_path / f"new{path.suffix}", **other), path)
    else:
        content = volume(tmp_path / f"new{path.suffix}", **other).read_bytes()
        path.write_bytes(content)
        os.utime(path, ns=(0, path.stat().st_mtime_ns + 10_000_000))
    with pytest.raises(TomogramChangedError, match="open it again"):
        tomogram.slice(1)
    assert ais.open(path).slice(1).max() == 2


@pytest.mark.parametrize("name", ["t.mrc", "t.tif", "t.tiff"])
def test_the_same_content_again_is_the_same_file(tmp_path, name):
    path = volume(tmp_path / name, 1)
    tomogram = ais.open(path)
    os.utime(path, (1e9, 1e9))
    assert tomogram.slice(0).max() == 1
    shutil.copy(path, tmp_path / "copy")
    os.replace(tmp_path / "copy", path)
    assert tomogram.slice(1).max() == 1


@pytest.mark.parametrize("name", ["t.mrc", "t.tif", "t.tiff"])
def test_shortened_and_removed(tmp_path, name):
    path = volume(tmp_path / name, 1)
    tomogram = ais.open(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(AisError, match="changed"):
        tomogram.slice(3)
    path.unlink()
    with pytest.raises(TomogramMissingError, match="moved or deleted"):
        tomogram.slice(0)


def test_pipes_and_devices_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.mrc")
    for path in (tmp_path / "pipe.mrc", "/dev/null"):
        with pytest.raises(AisError, match="pipe or a device"):
            ais.open(path)
