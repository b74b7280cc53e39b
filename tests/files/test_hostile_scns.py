"""Annotations made by strangers: small files that ask for much, that name themselves, or that try to stay behind."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import mrcfile
import numpy as np
import pytest

import ais_jupyter as ais
from ais_jupyter.core.data.errors import FileFormatError, UnsafeFileError
from ais_jupyter.core.files import safe_pickle
from ais_jupyter.core.files.find_tomogram import candidates
from ais_jupyter.core.files.pickle_writer import NamedClass, NamedObject, dump


def write(target: Path, **state: Any) -> Path:
    """Annotations with these attributes."""
    shape = {"n_slices": 4, "height": 8, "width": 10}
    root = NamedObject(NamedClass("Ais.core.se_frame", "SEFrame"), ("/no such tomogram.mrc",), call=True)
    root.state.update({**shape, **state})
    with target.open("wb") as file:
        dump(root, file)
    return target


def feature(**state: Any) -> NamedObject:
    made = NamedObject(NamedClass("Ais.core.se_frame", "Segmentation"))
    made.state.update({"title": "A", "width": 10, "height": 8, **state})
    return made


def doubled(value: Any, times: int = 60) -> Any:
    """A value that holds itself two to the power of `times` times, in a few bytes."""
    for _ in range(times):
        value = (value, value)
    return value


OPEN = """
import sys, resource
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
import ais_jupyter as ais
from ais_jupyter.core.data.errors import AisError
try:
    print("opened", ais.open(sys.argv[1]))
except AisError as error:
    print("refused", error)
"""


def opened_in_a_process(path: Path) -> str:
    """Open in a limited process with a watchdog; returns what it printed."""
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(OPEN), str(path)], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout


BOMB = doubled("bomb")


@pytest.mark.parametrize(
    "state",
    [
        {"title": BOMB},
        {"path": BOMB, "title": BOMB},
        {"n_slices": BOMB},
        {"contrast_lims": (BOMB, 1.0)},
        {"crop_roi": BOMB},
        {"features": [feature(title=BOMB)]},
        {"features": [feature(box_size=BOMB)]},
        {"features": [feature(colour=(BOMB, 0.0, 0.0))]},
        {"features": [feature(boxes={1: [BOMB]})]},
        {"features": [feature(boxes={1: [[BOMB, 2]]})]},
        {"features": [feature(slices={1: BOMB})]},
        {"current_slice": 10**400},
    ],
    ids=range(12),
)
def test_values_that_hold_themselves_end_in_words(tmp_path, state):
    said = opened_in_a_process(write(tmp_path / "a.scns", **state))
    assert said.startswith(("refused", "opened"))
    assert len(said) < 5000


def test_lists_that_are_shared_do_not_multiply(tmp_path):
    shared = [[i % 8, i % 8] for i in range(20_000)]
    boxes = dict.fromkeys(range(4), shared)
    path = write(tmp_path / "a.scns", features=[feature(boxes=boxes) for _ in range(50)])
    assert "more boxes than the file has bytes" in opened_in_a_process(path)


def test_a_stored_path_of_thousands_of_folders(tmp_path):
    stored = "/".join(f"d{i}" for i in range(5000)) + "/t.mrc"
    assert len(list(candidates(stored, tmp_path / "a.scns"))) < 2000
    with mrcfile.new(tmp_path / "t.mrc") as file:
        file.set_data(np.zeros((4, 8, 10), np.float32))
    assert ais.open(write(tmp_path / "a.scns", path=stored)).tomogram.available  # the last folders still count


def test_annotations_that_name_annotations(tmp_path):
    one, two = tmp_path / "one.scns", tmp_path / "two.scns"
    write(one, path=str(one))
    assert not ais.open(one).tomogram.available
    write(one, path=str(two))
    write(two, path=str(one))
    found = ais.open(one)
    assert not found.tomogram.available
    assert any("annotations" in name for name in found.tried)


@pytest.mark.parametrize("title", ["\ud800", "a\0b", "x" * 100_000, "\u202etxt.exe", 7, "line\nline"])
def test_strange_titles_are_opened_printed_and_saved(tmp_path, title):
    found = ais.open(write(tmp_path / "a.scns", features=[feature(title=title)]))
    shown = found.features[0].title
    assert shown.encode()
    assert not {"\0", "\n"} & set(shown)
    again = ais.open(found.save(tmp_path / "b.scns"))
    assert again.features[0].title == shown


# nothing that is read changes what comes after -----------------------------------------------------------------------

BUILD = b"b"


def global_(module: str, name: str) -> bytes:
    return b"c" + module.encode() + b"\n" + name.encode() + b"\n"


def state_of_the_stand_ins() -> str:
    """Everything that a file could change in the reader: attributes of all it may name."""
    seen = []
    for table in (safe_pickle._FUNCTIONS, safe_pickle._RECORDS, safe_pickle._AIS):
        for key, value in table.items():
            attributes = {k: repr(v) for k, v in vars(value).items()} if value is not None else {}
            seen.append((key, sorted(attributes.items())))
    seen.append(sorted((k, repr(v)) for k, v in vars(np.float32).items()))
    return repr(seen)


NAMES = [*safe_pickle._FUNCTIONS, *safe_pickle._RECORDS, ("Ais.core.se_frame", "SEFrame")]


@pytest.mark.parametrize(("module", "name"), NAMES)
@pytest.mark.parametrize("state", [{"x": 1}, (None, {"x": 1}), ({"x": 1}, {"y": 2}), "text"], ids=str)
def test_no_file_changes_what_it_may_name(tmp_path, module, name, state):
    before = state_of_the_stand_ins()
    body = pickle.dumps(state, 2)[2:-1]
    (tmp_path / "a.scns").write_bytes(b"\x80\x02" + global_(module, name) + body + BUILD + b".")
    with pytest.raises(FileFormatError):
        ais.open(tmp_path / "a.scns")
    assert state_of_the_stand_ins() == before


def test_random_instructions_leave_nothing_behind(tmp_path):
    rng = np.random.default_rng(5)
    pieces = [
        *(global_(module, name) for module, name in NAMES), b"}", b"]", b")", b"(", b"t", b"R", b"\x81", b"b", b"s",
        b"u", b"a", b"e", b"0", b"1", b"2", b"N", b"K\x05", b"X\x01\x00\x00\x00k", b"q\x00", b"h\x00", b"\x85", b"\x86",
    ]  # fmt: skip
    before = state_of_the_stand_ins()
    path = tmp_path / "a.scns"
    refused = 0
    for _ in range(3000):
        chosen = rng.integers(len(pieces), size=rng.integers(2, 12))
        path.write_bytes(b"\x80\x02" + b"".join(pieces[i] for i in chosen) + b".")
        try:
            ais.open(path)
        except FileFormatError:
            refused += 1
    assert refused > 2500
    assert state_of_the_stand_ins() == before
    assert os.listdir(tmp_path) == ["a.scns"]


def test_a_stand_in_is_made_anew_for_every_file():
    data = b"\x80\x02" + global_("_codecs", "encode") + b"."
    first, second = (safe_pickle._Unpickler(io.BytesIO(data)).load() for _ in range(2))
    assert first is not second
    with pytest.raises(UnsafeFileError):
        first.__setstate__({})
    with pytest.raises(AttributeError):
        first.x = 1
