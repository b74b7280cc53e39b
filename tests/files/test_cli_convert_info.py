from __future__ import annotations

import json
from pathlib import Path

import mrcfile
import numpy as np
import pytest
import tifffile

from ais_jupyter.cli.program import run
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.mrc import read_mrc, write_mrc


@pytest.fixture
def scns(tmp_path: Path) -> Path:
    write_mrc(tmp_path / "tomo.mrc", np.zeros((3, 4, 5), np.float32), 10.0)
    annotated = AnnotatedTomogram(read_mrc(tmp_path / "tomo.mrc"))
    for title in ("Membrane", "Ribosome"):
        feature = annotated.add_feature(title)
        feature.set_mask(1, np.ones((4, 5)))
        feature.add_box(2, 3, 4)
    return annotated.save(tmp_path / "a.scns")


def test_info_says_what_is_in_every_kind(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    samples = shared / "samples"
    names = [
        "tomo/sample_i8.mrc", "scns/sample_f32.scns", "scnt/cli_32x32x1_7.84Apx_Membrane.scnt",
        "scnm/unet_s_training_mode.scnm", "scnm/group.scnmgroup", "star/Ribosome_coordinates.star",
        "config/feature_library_1.2.txt",
    ]  # fmt: skip
    files = [str(samples / name) for name in names]
    assert run(["info", *files]) == 0
    text = capsys.readouterr().out
    for wanted in ("32, 96, 112", "Membrane: 3 slices, 4 boxes", "boxes: 12", "architecture: UNet S", "avoid Ribosome",
                   "particles: 3", "Chloroplast"):  # fmt: skip
        assert wanted in text
    assert run(["info", "--json", *files]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["file"] for line in lines] == files


def test_info_goes_on_after_a_bad_file(tmp_path: Path, scns: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.scns").write_bytes(b"\x80\x04rubbish")
    assert run(["info", str(tmp_path / "bad.scns"), str(scns)]) == 1
    text = capsys.readouterr().out
    assert "error:" in text
    assert "Membrane: 1 slices" in text


def test_convert_annotations(tmp_path: Path, scns: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (tmp_path / "tomo.mrc").rename(moved / "tomo.mrc")
    new = tmp_path / "b.scns"
    assert run(["convert", str(scns), str(new)]) == 0
    assert "was not found; add its folder with -d" in capsys.readouterr().out
    assert run(["convert", str(scns), str(new)]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert run(["convert", str(scns), str(new), "-d", str(moved), "--overwrite"]) == 0
    assert open_file(new).tomogram.path == moved / "tomo.mrc"
    assert run(["convert", str(new), str(tmp_path / "a.mrc")]) == 1
    assert "choose a feature with -f; there are 'Membrane', 'Ribosome'" in capsys.readouterr().err
    assert run(["convert", str(new), str(tmp_path / "a.mrc"), "-f", "Membrane"]) == 0
    assert mrcfile.read(tmp_path / "a.mrc")[1].tolist() == [[255] * 5] * 4
    assert run(["convert", str(new), str(tmp_path / "a.txt"), "-f", "Membrane"]) == 0
    assert (tmp_path / "a.txt").read_text() == "4\t3\t2\n"
    assert run(["convert", str(new), str(tmp_path / "a.star")]) == 0
    assert open_file(tmp_path / "a.star").columns["aisFeature"].tolist() == ["Membrane", "Ribosome"]
    assert run(["convert", str(new), str(tmp_path / "a.scnm")]) == 1
    assert "converts to .scns, .txt, .star, .mrc, not to .scnm" in capsys.readouterr().err


def test_convert_training_sets_both_ways(tmp_path: Path) -> None:
    images = np.random.default_rng(0).normal(size=(2, 4, 4, 1)).astype(np.float32)
    wanted = TrainingSet(images, images[..., 0] > 0, 7.84)
    wanted.save(tmp_path / "a.scnt")
    assert run(["convert", str(tmp_path / "a.scnt"), str(tmp_path / "b.scnt"), "--tiff"]) == 0
    assert tifffile.imread(tmp_path / "b.scnt").shape == (2, 2, 4, 4)
    assert run(["convert", str(tmp_path / "b.scnt"), str(tmp_path / "c.scnt")]) == 0
    found = open_file(tmp_path / "c.scnt")
    np.testing.assert_array_equal(found.images, wanted.images)
    np.testing.assert_array_equal(found.labels, wanted.labels)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "float32", "int32"])
def test_convert_tiff_to_mrc(tmp_path: Path, dtype: str) -> None:
    stack = np.arange(60).reshape(3, 4, 5).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", stack, photometric="minisblack")
    assert run(["convert", str(tmp_path / "a.tif"), str(tmp_path / "a.mrc"), "-a", "7.84"]) == 0
    found = read_mrc(tmp_path / "a.mrc")
    np.testing.assert_array_equal(found.slab(0, 3), stack)
    assert found.pixel_size == pytest.approx(7.84, abs=1e-5)
