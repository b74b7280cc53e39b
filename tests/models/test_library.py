"""The library: titles, old names, plug-ins good and bad."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from ais_jupyter.core.data import architecture_names
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.learning import architectures as library
from ais_jupyter.models import model_template

PLUGIN = """
title = "{title}"
include = {include}

def create(input_shape):
    import keras
    i = keras.Input(input_shape)
    m = keras.Model(i, keras.layers.Conv2D(1, {size}, padding="same", activation="sigmoid")(i))
    m.compile(loss="binary_crossentropy")
    return m
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, with which the library is loaded anew."""
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path))
    (tmp_path / ".Ais/models").mkdir(parents=True)
    (tmp_path / ".ais_jupyter/models").mkdir(parents=True)
    library.reload()
    yield tmp_path
    monkeypatch.undo()
    library.reload()


def test_current_titles_and_the_documented_nine(home: Path) -> None:
    titles = [entry.title for entry in library.architectures()]
    current = [entry.title for entry in library.architectures() if not entry.retired]
    assert sorted(current) == sorted([
        "ezm-2d", "ezm-2d-bxe", "ezm-2d-dice", "ezm-3d-M", "ezm-3d-L", "Pix2pix", "UNet 2.5D", "UNet L", "UNet M",
        "UNet S", "VGGNet L", "VGGNet M", "VGGNet S", "VGGNet X", "Instant forest",
    ])  # fmt: skip
    assert library.available()[:9] == list(architecture_names.FIRST_LIBRARY)
    assert library.available()[7] == "VGGNet"
    assert len(set(library.available())) == len(library.available())
    assert set(titles) <= set(library.available())
    assert all(library.find(name).create for name in library.available())
    assert all(entry.summary.endswith(".") and len(entry.summary) < 120 for entry in library.architectures())
    assert library.problems() == []
    assert library.find(architecture_names.DEFAULT).title == "VGGNet M"


@pytest.mark.parametrize(
    ("name", "title"),
    [("vggnet m", "VGGNet M"), ("VGGNet_S", "VGGNet S"), ("unets", "UNet S"), ("EZM 3D L", "ezm-3d-L"),
     ("unet-deep", "UNet S"), ("VGGNet", "VGGNet S"), ("VGGNet double", "VGGNet M"), ("Pix2pix", "Pix2pix"),
     ("pix2pix (2024)", "Pix2pix (2024)")],
)  # fmt: skip
def test_names_are_forgiving(name: str, title: str) -> None:
    assert library.find(name).title == title


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(InputError, match=r"'VGGNet Q'.*did you mean 'VGGNet.*There are: .*UNet S"):
        library.find("VGGNet Q")


def test_only_identical_networks_are_renamed() -> None:
    assert library.current_title("VGGNet double") == "VGGNet M"
    assert library.current_title("UNet lite") == "UNet lite"
    assert library.current_title("Something else") == "Something else"


def test_listing_needs_no_keras() -> None:
    code = """
import sys
from ais_jupyter.core.learning.architectures import architectures
assert len(architectures()) > 20
assert not {"keras", "tensorflow", "openvino"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_plugin_is_offered_and_works(home: Path) -> None:
    (home / ".Ais/models/mine.py").write_text(PLUGIN.format(title="Mine", include=True, size=3))
    library.reload()
    entry = library.find("mine")
    assert entry.plugin
    assert entry.path == home / ".Ais/models/mine.py"
    assert entry.summary == ""
    assert "Mine" in library.available()
    assert entry.create((32, 32, 2)).output_shape == (None, 32, 32, 1)


def test_a_plugin_that_is_not_included_is_not_offered(home: Path) -> None:
    (home / ".Ais/models/mine.py").write_text(PLUGIN.format(title="Mine", include=False, size=3))
    library.reload()
    assert "Mine" not in [entry.title for entry in library.architectures()]


def test_the_later_file_with_a_title_wins(home: Path) -> None:
    (home / ".Ais/models/b.py").write_text(PLUGIN.format(title="UNet S", include=True, size=5))
    (home / ".ais_jupyter/models/a.py").write_text(PLUGIN.format(title="UNet S", include=True, size=7))
    library.reload()
    assert library.find("UNet S").path == home / ".ais_jupyter/models/a.py"
    assert [entry.title for entry in library.architectures()].count("UNet S") == 1
    (home / ".ais_jupyter/models/a.py").unlink()
    library.reload()
    assert library.find("UNet S").path == home / ".Ais/models/b.py"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("import no_such_package_at_all", "ModuleNotFoundError: No module named 'no_such_package_at_all'"),
        ("def broken(:", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("title = 'X'\ninclude = True", "no function `create"),
        ("title = ''\ninclude = True\ndef create(s): pass", "must be a text"),
        ("title = 'X'\ndef create(s): pass", "`include` is missing"),
    ],
)
def test_a_broken_plugin_is_named_and_breaks_nothing_else(
    home: Path, text: str, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    (home / ".Ais/models/a_broken.py").write_text(text)
    (home / ".Ais/models/b_good.py").write_text(PLUGIN.format(title="Good", include=True, size=3))
    library.reload()
    with caplog.at_level(logging.WARNING):
        (problem,) = library.problems()
    assert problem.source.endswith("a_broken.py")
    assert error in problem.error
    assert "a_broken.py" in caplog.text
    assert library.find("Good")
    assert len(library.architectures()) > 20
    with pytest.raises(InputError, match=r"(?s)not loaded: .*a_broken\.py"):
        library.find("nothing of the kind")


def test_a_helper_file_is_no_architecture_and_no_problem(home: Path) -> None:
    (home / ".Ais/models/helper.py").write_text("def twice(x):\n    return 2 * x\n")
    library.reload()
    assert library.problems() == []


def test_entry_points_are_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "dist").mkdir()
    (home / "dist/some_package.py").write_text(PLUGIN.format(title="From a package", include=True, size=3))
    metadata = home / "dist/some_package-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: some-package\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[ais_jupyter.models]\nmine = some_package\nlost = no_such_module\n")
    monkeypatch.syspath_prepend(home / "dist")
    library.reload()
    assert library.find("from a package").module == "some_package"
    (problem,) = library.problems()
    assert "no_such_module" in problem.source


def test_the_template_is_not_offered_but_becomes_an_architecture(home: Path) -> None:
    assert "My network" not in [entry.title for entry in library.architectures()]
    text = Path(model_template.__file__).read_text()
    text = text.replace("include = False", "include = True").replace("My network", "Blob")
    (home / ".ais_jupyter/models/blob.py").write_text(text)
    library.reload()
    assert library.problems() == []
    model = library.find("Blob").create((32, 32, 1))
    assert model.output_shape == (None, 32, 32, 1)
    assert model.loss is not None


def test_a_plugin_written_for_the_original_works(home: Path, shared: Path) -> None:
    source = shared / "samples/plugins/lineartest.py"
    if not source.exists():
        pytest.skip(f"{source} is absent")
    keras = pytest.importorskip("keras")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("that plug-in imports tensorflow.keras")
    (home / ".Ais/models/lineartest.py").write_text(source.read_text())
    library.reload()
    assert library.problems() == []
    assert library.find("LinearTest").create((32, 32, 5)).count_params() == 46


def test_a_plug_in_may_describe_a_forest(home: Path) -> None:
    path = home / ".ais_jupyter/models/fine.py"
    path.write_text(
        "from ais_jupyter.models.forest_plan import ForestPlan\n"
        "title, include, plan = 'Fine forest', True, ForestPlan(sigmas=(0.7, 1.5), trees=20)\n"
    )
    library.reload()
    found = library.find("fine forest")
    assert (found.plugin, found.plan.trees) == (True, 20)
    assert found.create((64, 64, 1)) is found.plan
    path.write_text("title, include, plan = 'Fine forest', True, {'trees': 20}\n")
    library.reload()
    assert "must be a ForestPlan" in library.problems()[0].error
