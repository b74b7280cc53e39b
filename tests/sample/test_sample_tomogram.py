"""The simulated tomogram: repeatable, of the announced kind, its truth where its density is."""

from __future__ import annotations

import csv

import mrcfile
import numpy as np
import pytest

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.sample import sample_tomogram

SHAPE = (64, 96, 128)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return sample_tomogram(tmp_path_factory.mktemp("sample"), shape=SHAPE, seed=3)


def grey(path):
    return mrcfile.read(path).view(np.uint8).astype(np.float32)


def test_files_hold_what_is_announced(sample):
    with mrcfile.open(sample.tomogram) as mrc:
        assert mrc.header.mode == 0
        assert mrc.data.shape == SHAPE
        assert float(mrc.voxel_size.x) == pytest.approx(10.0)
    for mask in (sample.ribosome_mask, sample.membrane_mask):
        values = mrcfile.read(mask)
        assert values.shape == SHAPE
        assert set(np.unique(values)) == {0, 1}
    assert not [p for p in sample.tomogram.parent.iterdir() if p.name.startswith(".")]


def test_same_seed_same_bytes_other_seed_other_cell(sample, tmp_path):
    again = sample_tomogram(tmp_path / "again", shape=SHAPE, seed=3)
    other = sample_tomogram(tmp_path / "other", shape=SHAPE, seed=4)
    for field in sample._fields:
        if field == "coordinates":
            assert sample.coordinates.read_text() == again.coordinates.read_text()
        else:
            assert np.array_equal(mrcfile.read(getattr(sample, field)), mrcfile.read(getattr(again, field)))
    assert not np.array_equal(mrcfile.read(sample.ribosome_mask), mrcfile.read(other.ribosome_mask))


def test_density_is_dark_where_the_truth_is(sample):
    volume = grey(sample.tomogram)
    ribosomes, membranes = (mrcfile.read(p) > 0 for p in (sample.ribosome_mask, sample.membrane_mask))
    nothing = ~ribosomes & ~membranes
    assert volume[ribosomes].mean() < volume[nothing].mean() - 4
    assert volume[membranes].mean() < volume[nothing].mean() - 4
    assert volume.mean() == pytest.approx(133, abs=2)
    assert volume.std() == pytest.approx(30, abs=2)


def test_ribosomes_lie_at_their_coordinates(sample):
    mask = mrcfile.read(sample.ribosome_mask)
    with sample.coordinates.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["name", "z", "y", "x", "rotZ1", "rotY", "rotZ2"]
    places = np.array([[float(r[a]) for a in "zyx"] for r in rows if r["name"].startswith("ribosome")])
    assert len(places) >= 3
    near = [mask[tuple(slice(max(0, int(c) - 4), int(c) + 5) for c in place)].mean() for place in places]
    assert min(near) > 0.3  # the centre lies in the large lobe beside the cleft
    assert len({r["name"] for r in rows}) >= 6


def test_a_ribosome_measures_250_to_300_angstrom():
    from ais_jupyter.sample.particles import KINDS, RIBOSOME, point_cloud

    ribosome = next(k for k in KINDS if k.name == RIBOSOME)
    points, masses = point_cloud(ribosome)
    extent = np.ptp(points, axis=0)
    assert 250 <= extent.max() <= 300
    assert extent.min() >= 200
    assert np.linalg.norm(points, axis=1).max() <= ribosome.radius
    cleft = masses[np.abs(points[:, 2] + 28) < 5].sum() / masses[np.abs(points[:, 2] - 30) < 5].sum()
    assert cleft < 0.2  # two lobes


def test_every_kind_lies_inside_its_radius():
    from ais_jupyter.sample.particles import KINDS, point_cloud

    for kind in KINDS:
        points, masses = point_cloud(kind)
        assert len(points) > 50, kind.name
        assert np.linalg.norm(points, axis=1).max() <= kind.radius, kind.name
        assert masses.sum() > 0


def test_missing_wedge_is_empty(sample):
    power = np.abs(np.fft.fftn(grey(sample.tomogram) - 133)) ** 2
    kz, kx = np.meshgrid(np.fft.fftfreq(SHAPE[0]), np.fft.fftfreq(SHAPE[2]), indexing="ij")
    tilt = np.degrees(np.arctan2(np.abs(kz), np.abs(kx)))
    band = (np.hypot(kz, kx) > 0.08) & (np.hypot(kz, kx) < 0.3)
    mean = power.mean(axis=1)
    assert mean[band & (tilt > 70)].mean() < 0.1 * mean[band & (tilt < 50)].mean()


def test_contrast_transfer_at_focus_and_beyond():
    from ais_jupyter.sample.microscope import Microscope, contrast_transfer

    microscope = Microscope()
    assert microscope.wavelength == pytest.approx(0.0197, abs=1e-4)
    assert contrast_transfer(np.array([0.0]), microscope, 35_000.0)[0] == pytest.approx(0.08, abs=1e-3)
    k = np.linspace(0, 0.05, 500)
    transfer = contrast_transfer(k, microscope, 35_000.0)
    first_zero = k[np.flatnonzero(np.diff(np.sign(transfer)))[0]]
    assert first_zero == pytest.approx(0.0372, abs=5e-4)


@pytest.mark.parametrize(("shape", "voxel_size"), [((8, 96, 96), 10.0), ((64, 96), 10.0), ((64, 96, 96), 0.0)])
def test_impossible_sizes_are_refused(tmp_path, shape, voxel_size):
    with pytest.raises(InputError):
        sample_tomogram(tmp_path, shape=shape, voxel_size=voxel_size)
    assert not list(tmp_path.iterdir())
