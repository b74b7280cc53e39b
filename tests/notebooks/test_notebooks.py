"""The notebooks, run from start to end as they are; what they show must make sense."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from executed import NOTEBOOKS, Executed

import ais_jupyter as ais


def quickstart(run: Executed) -> None:
    dice, *_ = run.numbers(r"best Dice ([\d.]+)")
    assert 0.55 < dice < 1
    assert run.widgets >= 1
    assert len(run.pictures) == 1
    assert run.pictures[0].shape[1] > 1000  # the overview
    segmented = ais.open(run.folder / "demo_data/sample_0__Ribosome.mrc")
    assert segmented.shape == (96, 256, 256)
    assert 0.005 < np.mean([(segmented.slice(z) > 127).mean() for z in range(20, 76, 8)]) < 0.2
    assert ais.open(run.folder / "demo_data/Ribosome.scnm").compiled
    assert len(ais.open(run.folder / "demo_data/sample.scns").feature("From the truth").boxes) == 60


def annotate(run: Executed) -> None:
    before, after, undone, boxes = run.numbers(
        r"(\d+) painted pixels, (\d+) after the step, (\d+) after undo; (\d+) boxes"
    )
    assert 0 < after < before == undone
    assert boxes >= 5
    assert "the same masks: True" in run.text
    assert run.numbers(r"unsaved: \w+, (\d+) steps") == [4]
    recovered = ais.open(run.folder / "demo_data/other/recovered.scns").feature("Painted before the crash")
    assert recovered.annotated_slices == [10, 20, 30]
    assert all(mask.any() for mask in recovered.masks.values())
    single = ais.open(run.folder / "demo_data/painted.scns").feature("One ribosome")
    areas = [int(mask.sum()) for mask in single.masks.values()]
    assert len(areas) == 17
    assert (
        areas[0] < areas[4] < areas[8] > areas[12] > areas[16]
    )  # the shape grows and shrinks between the drawn slices
    assert run.widgets >= 1
    assert len(run.pictures) == 2


def train_and_correct(run: Executed) -> None:
    first, last = run.numbers(r"Dice ([\d.]+) after \d+ boxes, ([\d.]+) after \d+ boxes")
    assert last > first + 0.05
    assert last > 0.5
    corrected = run.numbers(r"(\d+) pixels corrected")
    anew = run.numbers(r"painting it anew would have been (\d+)")
    assert len(corrected) == len(anew) == 4
    assert min(corrected) < max(anew)  # at some point copying saves work
    assert all(300 < count < 5000 for count in (*corrected, *anew))
    annotated = ais.open(run.folder / "demo_data/correct/ribosomes.scns")
    assert annotated.feature("Ribosome").annotated_slices == [13, 16, 20, 24, 27]
    assert 36 <= len(annotated.feature("Ribosome").boxes) <= 44
    assert run.widgets >= 1
    assert len(run.pictures) == 3


def segment_many(run: Executed) -> None:
    for folder, count in (("segmented", 6), ("shared", 6), ("group", 6), ("cancelled", None), ("despite", 1)):
        volumes = list((run.folder / "demo_data" / folder).glob("*.mrc"))
        assert count is None or len(volumes) == count, folder
        assert not [p for p in (run.folder / "demo_data" / folder).iterdir() if p.suffix not in (".mrc",)], folder
    assert run.text.count("done     ") >= 5
    assert "['skipped', 'skipped', 'skipped']" in run.text
    assert run.numbers(r"in them: (\d+)–(\d+)") == [12, 17]
    assert "cancelled" in run.text
    assert re.search(r"failed +\S*broken.*expected", run.text)
    table = re.findall(r"<tr><th>([^<]+)</th>((?:<td>[\d.]+</td>)+)</tr>", run.html)
    dice = {name: [float(cell) for cell in re.findall(r"[\d.]+", cells)] for name, cells in table}
    assert all(0.3 < value < 1 for value in dice["Ribosome"]), dice
    assert all(0.5 < value < 1 for value in dice["Membrane"]), dice
    assert np.mean(dice["Ribosome, away from membranes"]) > np.mean(dice["Ribosome"]) - 0.05
    plain, away = (
        ais.open(run.folder / f"demo_data/{where}/sample_1__Ribosome.mrc") for where in ("segmented", "group")
    )
    assert sum((away.slice(z) > 127).sum() for z in range(32)) <= sum((plain.slice(z) > 127).sum() for z in range(32))
    assert len(ais.open(run.folder / "demo_data/cell.scnmgroup").interactions) == 1
    assert len(run.pictures) == 2


def scripting(run: Executed) -> None:
    assert (
        "['Eman2', 'InceptionNet', 'Pix2pix', 'ResNet', 'UNet deep', 'UNet dropout', 'UNet lite', 'VGGNet'" in run.text
    )
    assert "finished (40, 256, 256)" in run.text
    assert "the same voxels: True" in run.text
    old_dice, new_dice = run.numbers(r"script: best Dice ([\d.]+)")
    assert 0.05 < old_dice < 1  # a few large steps from random weights
    assert 0.35 < new_dice < 1
    old = ais.open(run.folder / "demo_data/scripting/old/tomo__Ribosomes.mrc")
    assert not old.slice(20)[:, :100].any()  # outside the region
    assert old.slice(20)[:156, 100:].any()
    assert not old.slice(1).any()  # outside the range of slices
    assert len(run.pictures) == 1


def own_architecture(run: Executed) -> None:
    assert "'Wide view'" in run.text
    wide, library = run.numbers(r"(?:Wide view|VGGNet S) +[\d,]+ weights, .*best Dice ([\d.]+)")
    assert 0.4 < wide < 1
    assert 0.35 < library < 1
    few, many = run.numbers(r"([\d,]+) weights")
    assert few * 10 < many
    assert run.text.rstrip().endswith("False")  # the library is as it was before
    assert not list(run.home.rglob("*.py"))
    assert ais.open(run.folder / "demo_data/own/wide_view.scnm").info.architecture == "Wide view"
    assert len(run.pictures) == 3


def picks_and_surfaces(run: Executed) -> None:
    (f1,) = run.numbers(r"on the second tomogram: F1 ([\d.]+)")
    assert 0.5 < f1 <= 1
    folder = run.folder / "demo_data/picks"
    written = sorted(path.name for path in (folder / "coordinates").iterdir())
    assert written == ["sample_0__Ribosome_coords.star", "sample_1__Ribosome_coords.star"]
    picks = ais.open(folder / "coordinates/sample_1__Ribosome_coords.star")
    assert 8 < len(picks) < 60
    triangles, area, volume = run.numbers(r"(\d+) triangles, (\d+) nm², (\d+) nm³")
    assert (folder / "ribosomes.obj").read_text().count("\nf ") == triangles
    assert 3 < area / (4.836 * volume ** (2 / 3) * len(picks) ** (1 / 3)) * 3 < 12  # rough balls, one for each pick
    per_volume, nearest = run.numbers(r"(\d+) ribosomes per µm³; the next one is (\d+) nm away")
    assert 1000 < per_volume < 20_000
    assert 15 < nearest < 100
    assert run.widgets >= 1
    assert len(run.pictures) == 2


CHECKS = {
    "01_quickstart": quickstart,
    "02_annotate": annotate,
    "03_train_and_correct": train_and_correct,
    "04_segment_many": segment_many,
    "05_scripting": scripting,
    "06_own_architecture": own_architecture,
    "07_picks_and_surfaces": picks_and_surfaces,
}


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_runs_and_makes_sense(path, tmp_path):
    CHECKS[path.stem](Executed(path, tmp_path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_is_kept_without_outputs(path):
    for cell in json.loads(path.read_text())["cells"]:
        assert cell.get("execution_count") is None
        assert not cell.get("outputs")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_links_lead_to_notebooks_beside_it(path):
    text = "".join("".join(cell["source"]) for cell in json.loads(path.read_text())["cells"])
    links = re.findall(r"\]\(([^)]+\.ipynb)\)", text)
    assert links or path == NOTEBOOKS[-1]
    assert [link for link in links if not (path.parent / link).exists()] == []
