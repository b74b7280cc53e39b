"""The documentation is true: blocks and commands of every page run, and the keys are those of the program."""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import matplotlib
import pytest

import ais_jupyter as ais
from ais_jupyter.cli.program import run as run_program
from ais_jupyter.core.learning import architectures
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.workflows import annotate_from_mask

sybil = pytest.importorskip("sybil", reason="the package sybil is not installed")
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser  # noqa: E402

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: Commands that are not run: they install, open a browser, or reach other computers. Everything else must work.
NOT_RUN = ("python -m ", "source ", "ssh ", "ais-jupyter demo")


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """The files that the pages speak of, small: tomograms, truth, annotations, boxes, models."""
    folder = tmp_path_factory.mktemp("pages")
    tomograms = folder / "tomograms"
    for name, seed in (("tomogram", 0), ("other", 1)):
        sample = ais.sample_tomogram(folder / "sample", shape=(32, 96, 96), seed=seed)
        tomograms.mkdir(exist_ok=True)
        shutil.copy(sample.tomogram, folder / f"{name}.mrc")
        shutil.copy(sample.tomogram, tomograms / f"{name}.mrc")
        shutil.copy(sample.ribosome_mask, folder / ("truth.mrc" if name == "tomogram" else "other_truth.mrc"))
    annotated = ais.AnnotatedTomogram(ais.open(folder / "tomogram.mrc"))
    mask = ais.open(folder / "truth.mrc").slab(0, 32)
    annotate_from_mask(annotated, "Ribosome", mask, [12, 16, 20], boxes=8, box_size=64)
    annotated.save(folder / "tomogram.scns")
    (folder / "annotations").mkdir()
    annotated.save(folder / "annotations" / "tomogram.scns")
    boxes = ais.extract(annotated, "Ribosome", box_size=64)
    boxes.save(folder / "Ribosome.scnt")
    boxes.save(folder / "64x64x1_10.00Apx_Ribosome.scnt")
    (folder / "sets").mkdir()
    boxes.save(folder / "sets" / "64x64x1_10.00Apx_Ribosome.scnt")
    for title in ("Ribosome", "Membrane"):
        ais.SegmentationModel("UNet lite", title).build(64, 1, 10.0).save(folder / f"{title}.scnm")
    (folder / "segmented").mkdir()
    shutil.copy(folder / "truth.mrc", folder / "segmented" / "tomogram__Ribosome.mrc")
    return folder


@pytest.fixture
def reader(data, tmp_path, monkeypatch):
    """A reader's working folder and home; trainings are cut short, since how well they learn is not the question."""
    folder = tmp_path / "work"
    shutil.copytree(data, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path / "home"))
    architectures.reload()
    training = SegmentationModel.training

    def short(model, training_set, options, *args, **others):
        options = replace(options, epochs=1, n_copies=1)
        few = training_set.subset(range(4)) if isinstance(training_set, ais.TrainingSet) else training_set
        return training(model, few, options, *args, **others)

    monkeypatch.setattr(SegmentationModel, "training", short)
    backend = matplotlib.get_backend()
    matplotlib.use("Agg")
    yield folder
    matplotlib.use(backend)
    architectures.reload()


def run_commands(example) -> None:
    """Run the lines of a shell block in this process."""
    for line in example.parsed.splitlines():
        command = line.split("&& ")[-1].split("#")[0].strip()
        if not command or command.startswith(NOT_RUN):
            continue
        words = shlex.split(command)
        assert words[0] == "ais-jupyter", f"{example.path}: {command!r} is neither run nor in the list of what is not"
        assert run_program(words[1:]) == 0, f"{example.path}, line {example.line}: {command}"


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_blocks_run(page, reader):
    text = page.read_text()
    for name in re.findall(r'\.save\("([^"]+)"', text):
        if text.index(f'"{name}"') == text.index(f'.save("{name}"') + len(".save("):
            (reader / name).unlink(missing_ok=True)  # the page writes it before it reads it
    if "ais-jupyter extract" in text:
        for name in reader.rglob("64x64x1_*.scnt"):
            name.unlink()
    document = sybil.Sybil([PythonCodeBlockParser(), CodeBlockParser("sh", run_commands)]).parse(page)
    for example in document.examples():
        example.evaluate()


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_links_lead_somewhere(name):
    """Those of the site itself are checked when it is built."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / name).read_text())
    assert name != "README.md" or len(links) > 10
    assert [link for link in links if not (ROOT / link).exists()] == []
