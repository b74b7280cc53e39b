"""Our annotations in the real Ais."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.mrc import read_mrc, write_mrc

pytestmark = [pytest.mark.interop, pytest.mark.timeout(1800)]


def expected_masks(feature: Any) -> dict[str, Any]:
    result = {}
    for z in {*feature.annotated_slices, *(box[0] for box in feature.boxes)}:
        m = feature.mask(z)
        place = None if m is None else int((m.astype(np.int64) * np.arange(m.size).reshape(m.shape)).sum())
        result[str(z)] = None if m is None else [list(m.shape), "uint8", int(m.sum()), place]
    return result


def check(answer: dict[str, Any], annotated: AnnotatedTomogram) -> None:
    tomogram = annotated.tomogram
    assert answer["title"] == annotated.name
    assert tuple(answer["shape"]) == tomogram.shape
    assert answer["pixel_size"] == pytest.approx(tomogram.pixel_size / 10)
    assert answer["crop_roi"] == annotated.roi.to_ais(tomogram.shape[1])
    assert tuple(answer["range"]) == annotated.z_range
    for found, wanted in zip(answer["features"], annotated.features, strict=True):
        assert found["title"] == wanted.title
        assert found["parent"]
        assert found["colour"] == pytest.approx(wanted.color)
        assert found["settings"] == [
            wanted.alpha, not wanted.visible, not wanted.filled, wanted.brush_radius, wanted.show_boxes,
            wanted.box_size,
        ]  # fmt: skip
        assert found["n_boxes"] == len(wanted.boxes)
        boxes = [(int(z), y, x) for z, boxes in found["boxes"].items() for x, y in boxes]
        assert boxes == wanted.boxes
        assert found["edited"] == wanted.annotated_slices
        assert found["masks"] == expected_masks(wanted)


def test_annotations_in_ais(ais: Any, tmp_path: Path, shared: Path) -> None:
    """Samples of every age, rewritten by us; also with the volume inside, and with the tomogram missing."""
    wanted, files = [], []
    for source in sorted((shared / "samples/scns").glob("*.scns")):
        annotated = open_file(source)
        files.append(str(annotated.save(tmp_path / source.name)))
        wanted.append(annotated)
    write_mrc(tmp_path / "gone.mrc", np.zeros((6, 20, 30), np.float32), 12.5)
    annotated = AnnotatedTomogram(read_mrc(tmp_path / "gone.mrc"))
    feature = annotated.add_feature("Ümläut", color=(0.1, 0.2, 0.3), visible=False, filled=False, alpha=0.25)
    feature.set_mask(2, np.random.default_rng(0).random((20, 30)) > 0.5)
    feature.add_box(4, 5, 6)
    (tmp_path / "gone.mrc").unlink()
    files.append(str(annotated.save(tmp_path / "gone.scns")))
    wanted.append(annotated)
    answers = ais.ask("annotations", tmp_path, files=files)
    for answer, annotated in zip(answers, wanted, strict=True):
        check(answer, annotated)
    inside = next(a for a, f in zip(answers, files, strict=True) if "withmap" in f)
    volume = read_mrc(shared / "samples/tomo/sample_i8.mrc").slab(0, 32)
    assert inside["map"] == volume.view(np.int8).astype(float).sum()


def test_ais_extracts_the_same_from_ours(ais: Any, tmp_path: Path, shared: Path) -> None:
    """``ais extract`` on annotations we rewrote gives the training set of the sample."""
    annotated = open_file(shared / "samples/scns/sample_f32.scns")
    annotated.save(tmp_path / "sample_f32.scns")
    where = ("-d", tmp_path / "sample_f32.scns", "-f", "Membrane", "-ou", tmp_path / "out", "-size", 32, "-a", 7.84)
    ais.run("extract", *where, folder=tmp_path)
    (made,) = (tmp_path / "out").glob("*.scnt")
    found = open_file(made)
    sample = open_file(shared / "samples/scnt/cli_32x32x1_7.84Apx_Membrane.scnt")
    chosen = [i for i, s in enumerate(sample.sources) if s["aisTomogramName"] == "sample_f32"]
    places = {tuple(s[f"aisBoxCoordinate{a}"] for a in "ZYX"): i for i, s in enumerate(found.sources)}
    assert len(found) == len(chosen) == 4
    for i in chosen:
        j = places[tuple(sample.sources[i][f"aisBoxCoordinate{a}"] for a in "ZYX")]
        np.testing.assert_array_equal(found.images[j], sample.images[i])
        np.testing.assert_array_equal(found.labels[j], sample.labels[i])
