"""Forests in files: every number comes back, and nothing that makes no sense comes in."""

from __future__ import annotations

import copy
import json
import tarfile

import numpy as np
import pytest
from test_fuzz import forest

from ais_jupyter.core.data.errors import AisError, FileFormatError
from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.files.forest_json import read_forest, write_forest
from ais_jupyter.core.files.scnm import read_scnm, write_scnm

GOOD = json.loads(write_forest(forest()))


def test_numbers_come_back_to_the_bit():
    rng = np.random.default_rng(0)
    hard = (rng.normal(size=(9, 64)) * 10.0 ** rng.integers(-30, 30, (9, 64))).astype(np.float32)
    asked = rng.integers(0, 40, (9, 6)).astype(np.int32)
    made = Forest(FilterBank((0.7, 5.3), 5), 1 / 3, asked % 20, hard[:, :6].copy(), hard)
    found = read_forest(write_forest(made), "a")
    assert (found.bank, found.prior) == (made.bank, made.prior)
    for name in ("responses", "thresholds", "leaves"):
        ours, theirs = getattr(made, name), getattr(found, name)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


def test_a_forest_without_trees():
    found = read_forest(write_forest(Forest(FilterBank(depth=3))), "a")
    assert (len(found.responses), found.bank.depth) == (0, 3)


@pytest.mark.parametrize(
    ("place", "value"),
    [(("format_version",), 2), (("format_version",), None), (("filters",), []), (("filters", "sigmas"), []),
     (("filters", "sigmas"), [1e9]), (("filters", "sigmas"), ["1"]), (("filters", "sigmas"), [True]),
     (("filters", "sigmas"), [1] * 10_000), (("filters", "depth"), 0), (("filters", "depth"), 10**9),
     (("filters", "depth"), 1.5), (("prior",), float("inf")), (("prior",), "a"), (("responses",), None),
     (("responses", 0), []), (("responses", 0), "ab"), (("responses", 0, 0), -1), (("responses", 0, 0), 20),
     (("responses", 0, 0), 2**40), (("responses", 0, 0), 1.5), (("responses", 0, 0), True),
     (("responses", 0, 0), [1]), (("thresholds", 1, 1), float("nan")), (("thresholds", 1, 1), 1e300),
     (("thresholds", 1, 1), 10**400), (("thresholds",), [[1.0]]), (("leaves",), [[0.0] * 4]),
     (("leaves", 0), [0.0] * 8), (("leaves", 0, 0), None), (("leaves",), []), (("responses",), [[0] * 40] * 2),
     (("responses",), [[]] * 100)],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(place, value):
    content = copy.deepcopy(GOOD)
    inside = content
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    with pytest.raises(FileFormatError, match="^a: "):
        read_forest(json.dumps(content).encode(), "a")


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"[" * 200_000, b"{}", json.dumps(GOOD)[:-9].encode()])
def test_what_is_no_forest_is_refused(data):
    with pytest.raises(FileFormatError):
        read_forest(data, "a")


def test_desktop_ais_finds_no_network_in_it(tmp_path):
    path = tmp_path / "a.scnm"
    write_scnm(StoredModel(ModelInfo("a", "Instant forest"), forest()), path)
    with tarfile.open(path) as archive:
        names = archive.getnames()
        metadata = json.load(archive.extractfile("a_metadata.json"))
    assert sorted(names) == ["a_forest.json", "a_metadata.json"]
    assert metadata["arch"] == "Instant forest"
    assert metadata["info"].startswith("Instant forest (")


def test_the_forest_decides_how_deep_its_input_is(tmp_path):
    path = tmp_path / "a.scnm"
    write_scnm(StoredModel(ModelInfo("a", "Instant forest", depth=7), forest()), path)
    found = read_scnm(path)
    assert (found.info.depth, found.info.n_parameters) == (1, 12)


def test_a_huge_member_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "a.scnm"
    write_scnm(StoredModel(ModelInfo("a"), forest()), path)
    monkeypatch.setattr("ais_jupyter.core.files.scnm.MOST_BYTES", 100)
    with pytest.raises(AisError, match="at most 100"):
        read_scnm(path)
