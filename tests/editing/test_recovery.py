"""The journal gives back what was there, after the process died and when the file is damaged."""

from __future__ import annotations

import errno
import gc
import os
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
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.replay import recover, replay
from ais_jupyter.core.editing.snapshot import same_annotations
from ais_jupyter.core.safekeeping import journal as journal_module
from ais_jupyter.core.safekeeping.journal import read_records
from ais_jupyter.core.safekeeping.unsaved_work import discard, list_recoverable


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


def strokes_on_rows(annotated, count):
    """One stroke per row of slice 0; returns the document and where each record of the journal ends."""
    document = Document.of(annotated)
    feature = annotated.add_feature("A")
    ends = []
    for i in range(count):
        feature.edit_mask(0, Region(i, i + 1, 0, 30), np.ones((1, 30)))
        ends.append(journal_of(document).stat().st_size)
    return document, ends


def rows_of(annotated):
    mask = annotated.features[0].mask(0) if annotated.features else None
    return set() if mask is None else set(np.flatnonzero(mask[:, 0]).tolist())


@pytest.mark.parametrize("kind", ["flipped bit", "4 KB of zeros", "cut"])
def test_every_stroke_outside_the_damage_comes_back(annotated, tmp_path, kind):
    document, ends = strokes_on_rows(annotated, 19)
    whole = journal_of(document).read_bytes()
    damaged = tmp_path / "damaged.journal"
    rng = np.random.default_rng(1)
    for at in rng.choice(len(whole), 200, replace=False):
        at = int(at)
        if kind == "flipped bit":
            content, stop = bytearray(whole), at + 1
            content[at] ^= 1 << int(rng.integers(8))
        elif kind == "cut":
            content, stop = bytearray(whole[:at]), len(whole)
        else:
            content, stop = bytearray(whole), min(len(whole), at + 4096)
            content[at:stop] = bytes(stop - at)
        damaged.write_bytes(content)
        starts = [0, *ends[:-1]]
        intact = {i for i, (start, end) in enumerate(zip(starts, ends)) if end <= at or start >= stop}
        try:
            found = replay(damaged)
        except FileFormatError:
            # the tomogram is named at the beginning and in every sixteenth step
            assert kind != "flipped bit"
            assert at < ends[0]
            continue
        assert intact <= rows_of(found.annotated), (kind, at)
        if kind == "flipped bit" and at >= ends[0]:
            assert rows_of(found.annotated) == intact


def test_damaged_work_is_listed_kept_aside_and_continued(annotated, state_folder):
    document, ends = strokes_on_rows(annotated, 12)
    path = journal_of(document)
    document.close()
    content = bytearray(path.read_bytes())
    content[ends[4] + 20 : ends[6] - 10] = bytes(ends[6] - ends[4] - 30)
    path.write_bytes(content)
    (entry,) = list_recoverable()
    assert "damaged in one place" in entry.damage
    again = recover(entry, annotated.tomogram)
    assert rows_of(again.annotated) == set(range(12)) - {5, 6}
    assert "steps there are missing" in again.recovery_note
    assert path.with_suffix(".damaged").read_bytes() == bytes(content)
    assert str(path.with_suffix(".damaged")) in again.recovery_note
    again.annotated.features[0].add_box(1, 2, 3)
    again.close()
    (entry,) = list_recoverable()
    assert entry.damage == ""
    third = recover(entry, annotated.tomogram)
    assert rows_of(third.annotated) == set(range(12)) - {5, 6}
    assert third.annotated.features[0].boxes == [(1, 2, 3)]


@pytest.mark.parametrize("record", [0, 1, 2])
def test_damage_at_the_beginning_does_not_delete_the_rest(annotated, record):
    document, _ = strokes_on_rows(annotated, 18)
    path = journal_of(document)
    document.close()
    starts = [position for _, position in read_records(path)]
    begin = ([8, *starts])[record]
    content = bytearray(path.read_bytes())
    content[begin + 30] ^= 0xFF
    path.write_bytes(content)
    for _ in range(2):
        (entry,) = list_recoverable()
    found = recover(entry, annotated.tomogram)
    assert rows_of(found.annotated) >= set(range(1, 18))


def test_a_journal_of_another_version_is_left_alone(annotated, state_folder):
    folder = state_folder / "recovery"
    folder.mkdir(parents=True)
    path = folder / "later.journal"
    path.write_bytes(b"AISJNL9\n" + b"x" * 500)
    assert list_recoverable() == []
    assert path.exists()


def test_a_journal_dated_in_the_future_is_offered(annotated):
    document, _ = strokes_on_rows(annotated, 3)
    path = journal_of(document)
    document.close()
    os.utime(path, (4e9, 4e9))
    (entry,) = list_recoverable()
    assert entry.time < 4e9
    assert rows_of(recover(entry).annotated) == {0, 1, 2}


def test_journals_are_private(annotated):
    document, _ = strokes_on_rows(annotated, 1)
    path = journal_of(document)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_work_is_listed_and_recovered_on_a_full_disk(annotated, monkeypatch):
    document, _ = strokes_on_rows(annotated, 5)
    document.close()

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pathlib.Path.mkdir", full)
    monkeypatch.setattr("ais_jupyter.core.safekeeping.journal._write_all", full)
    monkeypatch.setattr("shutil.copy2", full)
    (entry,) = list_recoverable()
    again = recover(entry, annotated.tomogram)
    assert rows_of(again.annotated) == set(range(5))
    again.annotated.features[0].add_box(1, 2, 3)
    assert "could not be autosaved" in again.autosave_error
    assert entry.path.exists()


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
