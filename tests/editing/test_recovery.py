"""The journal gives back what was there, after the process died and when the file is damaged."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing import journal as journal_module
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.recovery import discard, list_recoverable, recover, replay
from ais_jupyter.core.editing.snapshot import same_annotations


def work(annotated):
    """Do a bit of everything."""
    annotated.extra = {"array": np.arange(3), "tuple": (1, 2.5), "unknown": object()}
    feature = annotated.add_feature("A", brush_radius=4)
    annotated.roi = Region(1, 10, 2, 12)
    for i in range(6):
        feature.edit_mask(i % 5, Region(i, i + 3, i, i + 5), np.ones((3, 5)))
    feature.add_box(1, 2, 3)
    feature.add_box(1, -5, 40)
    other = annotated.add_feature("B")
    other.set_mask(2, np.eye(20, 30))
    annotated.move_feature(other, 0)
    Document.of(annotated).undo()
    other.color = "#102030"
    annotated.remove_feature("B")
    Document.of(annotated).undo()
    feature.remove_box(1, 2, 3)


def journal_of(document) -> str:
    return document._journal.path


def test_recovered_annotations_are_the_same(annotated):
    document = Document.of(annotated)
    work(annotated)
    assert list_recoverable() == []  # in use
    path = journal_of(document)
    document.close()
    (entry,) = list_recoverable()
    assert (entry.name, entry.shape, entry.path) == ("t", (5, 20, 30), path)
    again = recover(entry)
    assert list_recoverable() == []
    assert again.unsaved
    assert same_annotations(again.annotated, annotated)
    assert again.annotated.roi == Region(1, 10, 2, 12)
    extra = again.annotated.extra
    assert extra["array"].tolist() == [0, 1, 2]
    assert extra["tuple"] == (1, 2.5)
    assert "unknown" not in extra
    assert not again.annotated.tomogram.available
    with pytest.raises(InputError):
        recover(entry)


def test_undo_goes_on_after_recovery(annotated):
    document = Document.of(annotated)
    work(annotated)
    document.close()
    again = recover(list_recoverable()[0], annotated.tomogram)
    names = []
    while step := again.undo():
        names.append(step.name)
    assert len(names) > 8
    assert again.annotated.features == []
    again.redo()
    again.close()
    third = recover(list_recoverable()[0], annotated.tomogram)
    assert [f.title for f in third.annotated.features] == ["A"]


def test_a_damaged_journal_loses_only_what_was_damaged_and_after(annotated, tmp_path):
    document = Document.of(annotated)
    feature = annotated.add_feature("A")
    sizes, states = [], []
    for i in range(12):
        feature.edit_mask(0, Region(i, i + 1, 0, 30), np.ones((1, 30)))
        sizes.append(journal_of(document).stat().st_size)
        states.append(feature.mask(0).copy())
    whole = journal_of(document).read_bytes()
    damaged = tmp_path / "damaged.journal"
    rng = np.random.default_rng(1)
    for at in rng.choice(len(whole), 150, replace=False):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << int(rng.integers(8))
        for content in (bytes(flipped), whole[:at]):  # a flipped bit, and a file torn there
            damaged.write_bytes(content)
            intact = sum(size <= at for size in sizes)
            if intact == 0:
                try:
                    replay(damaged)
                except FileFormatError:
                    continue
            found, _, _, end = replay(damaged)
            if intact:
                assert np.array_equal(found.feature("A").mask(0), states[intact - 1])
                assert end == sizes[intact - 1]


def test_a_torn_end_is_cut_before_writing_goes_on(annotated):
    document = Document.of(annotated)
    feature = annotated.add_feature("A")
    feature.set_mask(0, np.ones((20, 30)))
    document.close()
    (entry,) = list_recoverable()
    with open(entry.path, "ab") as file:
        file.write(b"\x40\x00\x00\x00torn")
    again = recover(entry)
    again.annotated.feature("A").add_box(0, 1, 1)
    again.close()
    third = recover(list_recoverable()[0])
    assert third.annotated.feature("A").boxes == [(0, 1, 1)]


def test_a_long_journal_is_compacted(annotated, monkeypatch):
    monkeypatch.setattr(journal_module, "COMPACT_BYTES", 5000)
    document = Document.of(annotated)
    feature = annotated.add_feature("A")
    largest = 0
    for i in range(400):
        feature.edit_mask(i % 5, Region(i % 20, i % 20 + 1, 0, 30), np.random.default_rng(i).integers(0, 2, (1, 30)))
        largest = max(largest, journal_of(document).stat().st_size)
    assert largest < 20_000
    document.close()
    again = recover(list_recoverable()[0])
    assert same_annotations(again.annotated, annotated)
    assert again.annotated.feature("A").uid == feature.uid


def test_saved_or_undone_work_is_not_offered(annotated):
    document = Document.of(annotated)
    annotated.add_feature("A")
    document.undo()
    path = journal_of(document)
    copy = path.with_name("0" * 32 + ".journal")
    copy.write_bytes(path.read_bytes())
    document.close()
    assert list_recoverable() == []
    assert list(path.parent.iterdir()) == []


def test_numpy_numbers_are_kept(annotated):
    document = Document.of(annotated)
    feature = annotated.add_feature("A")
    feature.add_box(1, 2, 3)
    feature.box_size = np.int64(64)
    feature.color = np.array([0.5, 0.25, 0.125], np.float32)
    assert document.autosave_error is None
    document.close()
    found = recover(list_recoverable()[0]).annotated.feature("A")
    assert (found.box_size, found.color) == (64, (0.5, 0.25, 0.125))


def test_empty_features_are_not_offered(annotated):
    document = Document.of(annotated)
    annotated.add_feature("A", brush_radius=3)
    document.close()
    assert list_recoverable() == []


def test_discarded_work_is_gone(annotated, state_folder):
    document = Document.of(annotated)
    annotated.add_feature("A").add_box(1, 2, 3)
    document.close()
    discard(list_recoverable()[0])
    assert list((state_folder / "recovery").iterdir()) == []


def test_forgotten_annotations_can_be_recovered_in_the_same_program():
    annotated = AnnotatedTomogram(Tomogram(np.zeros((2, 4, 4)), name="lost"))
    Document.of(annotated)
    annotated.add_feature("A").add_box(1, 2, 3)
    del annotated
    gc.collect()
    assert [entry.name for entry in list_recoverable()] == ["lost"]


def test_rubbish_in_the_folder_does_no_harm(state_folder, annotated):
    folder = state_folder / "recovery"
    folder.mkdir(parents=True)
    for name, content in [
        ("a", b""),
        ("b", b"hello"),
        ("c", journal_module.MAGIC),
        ("d", journal_module.MAGIC + b"x" * 99),
    ]:
        (folder / f"{name}.journal").write_bytes(content)
    assert list_recoverable() == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_killed_program_loses_at_most_the_last_stroke():
    code = """
        import sys, json, numpy as np
        from ais_jupyter.core.data.annotations import AnnotatedTomogram
        from ais_jupyter.core.data.tomogram import Tomogram
        from ais_jupyter.core.data.geometry import Region
        from ais_jupyter.core.editing.document import Document

        annotated = AnnotatedTomogram(Tomogram(np.zeros((3, 2000, 8), np.float32), name="killed"))
        document = Document.of(annotated)
        feature = annotated.add_feature("A")
        print("ready", flush=True)
        for i in range(2000):
            with document.step("Brush"):
                feature.edit_mask(0, Region(i, i + 1, 0, 8), np.ones((1, 8)))
                feature.edit_mask(1, Region(i, i + 1, 0, 8), np.ones((1, 8)))
            print(i, flush=True)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    seen = -1
    for line in process.stdout:
        if line.strip().isdigit():
            seen = int(line)
        if seen == 40:
            assert list_recoverable() == []  # the living program holds it
        if seen >= 120:
            break
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split()
    process.wait()
    last = max([seen, *(int(word) for word in rest if word.isdigit())])
    (entry,) = list_recoverable()
    mask = recover(entry).annotated.feature("A").mask(0)
    rows = int(mask[:, 0].sum())
    assert last + 1 <= rows <= last + 2
    assert np.array_equal(mask, recover_mask(rows, mask.shape))


def recover_mask(rows, shape):
    expected = np.zeros(shape, np.uint8)
    expected[:rows] = 1
    return expected
