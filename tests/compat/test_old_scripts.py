"""The scripting example of the Ais documentation, with the package's name swapped, runs to its end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from ais_jupyter.compat.frame import SEFrame
from ais_jupyter.compat.model import SEModel
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.mrc import write_mrc
from ais_jupyter.core.workflows import SegmentationModel, extract

SCRIPT = """
from ais_jupyter.main import windowless
from ais_jupyter.core.se_frame import SEFrame
from ais_jupyter.core.se_model import SEModel
import time
import numpy as np

windowless()

tomo = SEFrame("{tomogram}")

tomo.crop_roi = [100, 100, 500, 500]  # specify some region of interest (optional, default is the full tomogram)
tomo.export_bottom = 2  # first slice to process; i.e., skip slices 0-1
tomo.export_top = 150  # last slice to process; i.e., skip slices 150-end.

model = SEModel()

print(SEModel.AVAILABLE_MODELS)
model.model_enum = 7  # select UNet lite (VGGNet is the default)

model.epochs = {epochs}
model.batch_size = 32
model.excess_negative = 100  # +100% negative samples s.t. 2 negative images per 1 positive.
# model.box_size will be determined by the box size of the training data, as will model.apix
model.train_data_path = "{training_set}"
model.title = "Ribosomes"

model.train()  # this will start a background process. We need to manually wait for it to complete.

while model.background_process_train.progress != 1.0:
    time.sleep(0.1)

# option 1: apply the model to slices
volume = np.zeros((tomo.n_slices, tomo.height, tomo.width))
segmented = np.zeros_like(volume)
for i in range(3):
    segmented[i, :, :] = model.apply_to_slice(volume[i, :, :], tomo.pixel_size)

# option 2: export as in the program
from ais_jupyter.core.segmentation_editor import QueuedExport

job = QueuedExport("{out}", tomo, [model], 1, False)
job.start()
while job.process.progress != 1.0:
    time.sleep(0.1)
print("finished", segmented.shape)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small tomogram with dark discs, and a training set cut from it."""
    folder = tmp_path_factory.mktemp("old")
    rng = np.random.default_rng(0)
    volume = rng.normal(100, 10, (6, 160, 176)).astype(np.float32)
    mask = np.zeros(volume.shape, np.uint8)
    y, x = np.mgrid[:160, :176]
    for cy, cx in rng.integers(20, 140, (12, 2)):
        mask[:, (y - cy) ** 2 + (x - cx) ** 2 < 36] = 1
    volume -= 30 * mask
    write_mrc(folder / "tomo.mrc", volume, 10.0, (0, 0, 50.0))
    annotated = AnnotatedTomogram(open_file(folder / "tomo.mrc"))
    feature = annotated.add_feature("Ribosomes", box_size=32)
    background = annotated.add_feature("Background", box_size=32)
    feature.set_mask(3, mask[3])
    for cy, cx in np.argwhere(mask[3])[::150]:
        feature.add_box(3, int(cy), int(cx))
    for cy, cx in rng.integers(20, 140, (6, 2)):
        background.add_box(1, int(cy), int(cx))
    extract(annotated, "Ribosomes", "Background", box_size=32).save(folder / "32_1.000_Ribosomes.scnt")
    return folder


def test_documented_script(data, tmp_path):
    script = SCRIPT.format(
        tomogram=data / "tomo.mrc", training_set=data / "32_1.000_Ribosomes.scnt", out=tmp_path, epochs=2
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=400, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0, done.stderr
    assert "['Eman2', 'InceptionNet', 'Pix2pix', 'ResNet', 'UNet deep', 'UNet dropout', 'UNet lite', " in done.stdout
    assert "finished (6, 160, 176)" in done.stdout
    with mrcfile.open(tmp_path / "tomo__Ribosomes.mrc") as result:
        assert result.data.shape == (6, 160, 176)
        assert result.header.origin.x == 50
        # rows height−500 … height−100, columns 100 … 500, slices 2 … of the volume
        inside = result.data[2:, 0:60, 100:]
        assert inside.any()
        assert result.data.astype(int).sum() == inside.astype(int).sum()


def trained(data, **settings):
    model = SEModel()
    model.train_data_path = str(data / "32_1.000_Ribosomes.scnt")
    model.epochs, model.n_copies = 1, 1
    for name, value in settings.items():
        setattr(model, name, value)
    model.train()
    model.background_process_train.job.wait(200)
    return model


def test_architecture_by_number_or_title():
    model = SEModel()
    assert model.architecture == "VGGNet S"  # the documented default, under its current title
    documented = ["Eman2", "InceptionNet", "Pix2pix", "ResNet", "UNet S", "UNet dropout", "UNet lite"]
    documented += ["VGGNet S", "VGGNet M"]
    for number, title in enumerate(documented):
        model.model_enum = number
        assert model.architecture == title
    model.model_enum = "unet_lite"
    assert model.architecture == "UNet lite"
    model.model_enum = 999
    with pytest.raises(InputError, match="model_enum is 0–"):
        _ = model.architecture


def test_slices_in_two_and_three_dimensions(data, tmp_path):
    model = trained(data, model_enum="UNet lite")
    frame = SEFrame(str(data / "tomo.mrc"))
    image = frame.get_slice(3)
    flat = model.apply_to_slice(image, frame.pixel_size)
    np.testing.assert_array_equal(flat, model.apply_to_slice(image[None], frame.pixel_size))
    assert flat.shape == (160, 176)
    model.save(str(tmp_path / "model.scnm"))
    again = SEModel()
    again.load(str(tmp_path / "model.scnm"))
    np.testing.assert_allclose(again.apply_to_slice(image), model.apply_to_slice(image), atol=0.01)
    assert (again.box_size, again.apix) == (32, 10.0)


def test_frame_speaks_nanometres(data):
    frame = SEFrame(str(data / "tomo.mrc"))
    assert (frame.n_slices, frame.height, frame.width) == (6, 160, 176)
    assert frame.pixel_size == pytest.approx(1.0)
    assert frame.crop_roi == [0, 0, 176, 160]
    assert (frame.export_bottom, frame.export_top) == (0, 6)
    assert frame.title == "tomo"


def test_model_given_as_training_data_is_named_as_such(data, tmp_path):
    SegmentationModel("UNet lite", "A").build(32).save(tmp_path / "a.scnm")
    model = SEModel()
    model.train_data_path = str(tmp_path / "a.scnm")
    with pytest.raises(FileFormatError, match=r"a\.scnm is a model .*expected a training set"):
        model.train()


def test_progress_ends_at_one_after_a_failure(data, tmp_path, capsys):
    """Scripts wait for 1.0: they must not hang, and the reason is printed and kept."""
    boxes = open_file(data / "32_1.000_Ribosomes.scnt")
    boxes.labels[:] = 0
    boxes.save(tmp_path / "empty.scnt")
    model = trained(data, train_data_path=str(tmp_path / "empty.scnt"))
    assert model.background_process_train.progress == 1.0
    assert "holds a labelled pixel" in str(model.background_process_train.error)
    assert "failed" in capsys.readouterr().err
    assert not model.compiled
