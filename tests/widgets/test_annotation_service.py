"""Annotations in browser and kernel stay the same: numbered changes, revisions, undo and redo, events."""

from __future__ import annotations

import time

import numpy as np
import pytest
from asking import SETTINGS

from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing import patch as patch_module
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.packing import pack_mask, unpack_mask
from ais_jupyter.core.editing.patch import Patch
from ais_jupyter.core.editing.replay import replay
from ais_jupyter.core.safekeeping.unsaved_work import list_recoverable
from ais_jupyter.widgets import Annotator, annotation_service
from ais_jupyter.widgets.wire import REQUESTS
from ais_jupyter.widgets.wire.check import fields_of

UID = "0123456789abcdef0123456789abcdef"


class Page:
    """What a browser does with an annotator, without a browser."""

    def __init__(self, annotator: Annotator, client: str = "page") -> None:
        self.annotator, self.client, self.seq = annotator, client, 0
        self.sent: list = []
        annotator.send = lambda content, buffers=None: self.sent.append((content, buffers))
        self.tomogram = annotator.annotated[0].uid

    def ask(self, kind, buffers=(), **content):
        request = {"id": "q", "kind": kind, **content}
        if "tomogram" in fields_of(REQUESTS[kind].question):
            request.setdefault("tomogram", self.tomogram)
        self.annotator._receive(self.annotator, request, buffers)
        return next(c for c, _ in reversed(self.sent) if c.get("id") == "q")

    def change(self, kind, buffers=(), seq=None, **content):
        self.seq = seq or self.seq + 1
        if kind == "edit":
            content["key"] = f"{self.client}:{self.seq}"
        return self.ask(kind, buffers, client=self.client, seq=self.seq, **content)

    def add_feature(self, uid=UID, title="Ribosome"):
        content = {
            "uid": uid,
            "settings": {**SETTINGS, "title": title, "color": [1, 0, 0]},
            "extra": {"dict": []},
            "boxes": [],
            "masks": [],
        }
        edit = {"edit": "feature", "feature": uid, "before": None, "after": 0, "content": content}
        return self.change("edit", name="Add feature", edits=[edit])

    def paint(self, z, region, value=1, before=None, **more):
        values = np.full(region.shape, value, np.uint8)
        patch = Patch(self.tomogram, UID, z, region, None if before is None else pack_mask(before), pack_mask(values))
        edits = [{"edit": "patch", "blob": 0}]
        return self.change("edit", [patch.to_bytes()], name="Brush", edits=edits, **more)

    def events(self, name="changes"):
        return [(c, b) for c, b in self.sent if c.get("event") == name]


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path))
    annotator = Annotator(Tomogram(np.zeros((6, 30, 40), np.float32), voxel_size=10, name="t"))
    yield Page(annotator)
    annotator.close()


@pytest.fixture
def feature(page):
    page.add_feature()
    return page.annotator.annotated[0].feature("Ribosome")


def test_a_stroke_is_in_the_mask_and_is_one_step(page, feature):
    answer = page.paint(2, Region(3, 8, 10, 20))
    assert feature.mask(2).sum() == 50
    assert (answer["revision"], answer["info"]["undo"], answer["info"]["unsaved"]) == (2, "Brush", True)
    page.change("undo", expect="page:2")
    assert feature.mask(2) is None
    page.change("redo", expect="page:2")
    assert feature.mask(2).sum() == 50


def test_undo_of_hundred_and_fifty_strokes(page, feature):
    for i in range(150):
        page.paint(i % 6, Region(5 * (i // 40), 5 * (i // 40) + 5, i % 40, i % 40 + 1))
    for i in reversed(range(150)):
        assert not page.change("undo", expect=f"page:{i + 2}")["disagrees"]
    assert feature.masks == {}
    for _ in range(150):
        page.change("redo", expect=None)
    assert sum(int(m.sum()) for m in feature.masks.values()) == 150 * 5


def test_a_change_that_arrives_twice_is_made_once(page, feature):
    page.change(
        "edit",
        name="Add box",
        edits=[box := {"edit": "boxes", "feature": UID, "start": 0, "removed": [], "added": [[1, 2, 3]]}],
    )
    again = page.change("edit", seq=2, name="Add box", edits=[box])
    assert feature.boxes == [(1, 2, 3)]
    assert "error" not in again


def test_a_change_after_a_lost_one_waits(page, feature):
    assert page.paint(1, Region(0, 2, 0, 2), seq=4) == {"id": "q", "gap": True}
    assert feature.mask(1) is None
    page.paint(0, Region(0, 2, 0, 2), seq=2)
    page.paint(2, Region(0, 2, 0, 2), seq=3)
    page.paint(1, Region(0, 2, 0, 2), seq=4)
    assert feature.annotated_slices == [0, 1, 2]


def test_undo_of_a_step_that_is_not_the_last_is_reported(page, feature):
    page.paint(1, Region(0, 2, 0, 2))
    feature.set_mask(3, np.ones((30, 40)))  # a script comes between
    assert page.change("undo", expect="page:2")["disagrees"]


def test_changes_of_a_script_are_told_in_one_message(page, feature):
    page.sent.clear()
    for z in range(4):
        feature.set_mask(z, np.eye(30, 40))
    feature.add_box(1, 5, 5)
    deadline = time.monotonic() + 3
    while not page.events() and time.monotonic() < deadline:
        time.sleep(0.01)
    (content, blobs), *rest = page.events()
    assert not rest
    assert [edit["edit"] for edit in content["edits"]] == ["patch"] * 4 + ["boxes"]
    assert content["client"] is None
    assert content["revision"] == content["from"] + 1
    patch = Patch.from_bytes(blobs[2])
    assert (patch.z, int(patch.after.sum())) == (2, 30)


def test_a_new_feature_of_a_script_is_told_as_it_was_and_then_its_box(page):
    annotated = page.annotator.annotated[0]
    annotated.add_feature("Membrane").add_box(1, 5, 5)
    page.ask("snapshot")
    (content, _), *_ = page.events()
    assert [edit["edit"] for edit in content["edits"]] == ["feature", "boxes"]
    assert content["edits"][0]["content"]["boxes"] == []


def test_snapshot_holds_everything(page, feature):
    page.paint(2, Region(3, 8, 10, 20))
    page.ask("snapshot")
    content, blobs = next((c, b) for c, b in reversed(page.sent) if "features" in c)
    ((z, blob),) = content["features"][0]["masks"]
    assert np.array_equal(unpack_mask(blobs[blob], (30, 40)), feature.mask(z))
    assert content["revision"] == page.ask("heartbeat")["revisions"][page.tomogram]


def test_another_page_gets_the_very_patch_of_the_first(page, feature):
    page.ask("heartbeat", client="other")
    page.sent.clear()
    answer = page.paint(2, Region(3, 8, 10, 20))
    ((content, blobs),) = page.events()
    assert (content["client"], content["from"], content["revision"]) == ("page", answer["from"], answer["revision"])
    assert int(Patch.from_bytes(blobs[0]).after.sum()) == 50


def test_a_page_that_is_alone_gets_an_acknowledgement_only(page, feature):
    page.sent.clear()
    page.paint(2, Region(3, 8, 10, 20))
    page.change("undo", expect="page:2")
    assert page.events() == []
    assert all("edits" not in content and not buffers for content, buffers in page.sent)


def test_a_page_that_was_not_counted_notices_by_its_heartbeat(page, feature, monkeypatch):
    seen = page.ask("heartbeat", client="hidden")["revisions"]
    monkeypatch.setattr(annotation_service, "PRESENT", 0.0)
    page.paint(2, Region(3, 8, 10, 20))
    assert page.events() == page.events()[:1]  # the feature, from before
    assert page.ask("heartbeat", client="hidden")["revisions"][page.tomogram] == seen[page.tomogram] + 1


def test_a_stroke_that_says_truly_what_was_before_is_kept_as_it_came(page, feature, monkeypatch):
    packed = []
    monkeypatch.setattr(patch_module, "pack_mask", lambda *a: packed.append(1) or pack_mask(*a))
    page.ask("heartbeat", client="other")
    page.paint(2, Region(3, 8, 10, 20))
    page.paint(2, Region(4, 6, 12, 15), 0, before=np.ones((2, 3)))
    assert packed == []
    document = page.annotator.annotated[0].document
    sent = [Patch.from_bytes(blobs[0]) for _, blobs in page.events()[-2:]]
    assert [step.edits[0] for step in list(document.history._done)[-2:]] == sent
    page.change("undo", expect="page:3")
    assert feature.mask(2).sum() == 50


@pytest.mark.parametrize("wrong", ["before", "no mask", "larger", "damaged"])
def test_what_a_stroke_says_wrongly_is_corrected_so_that_undo_brings_back_what_was(page, feature, wrong):
    if wrong != "no mask":
        page.paint(2, Region(3, 8, 10, 20))
    was = None if feature.mask(2) is None else feature.mask(2).copy()
    region = Region(0, 20, 0, 30) if wrong == "larger" else Region(4, 6, 12, 25)
    before = np.zeros(region.shape, np.uint8)
    if wrong == "larger":
        before = was[region.slices].copy()
    packed = bytes([1]) + b"nonsense" if wrong == "damaged" else pack_mask(before)
    value = before.copy() if wrong == "larger" else np.ones(region.shape, np.uint8)
    value[1, 1] = 1 - value[1, 1]
    patch = Patch(page.tomogram, UID, 2, region, packed, pack_mask(value))
    page.change("edit", [patch.to_bytes()], name="Brush", edits=[{"edit": "patch", "blob": 0}])
    (kept,) = list(page.annotator.annotated[0].document.history._done)[-1].edits
    assert kept != patch
    assert kept.region == {"larger": Region(1, 2, 1, 2)}.get(wrong, kept.region)
    page.change("undo", expect=f"page:{page.seq}")
    assert np.array_equal(feature.mask(2), was) if was is not None else feature.mask(2) is None


def test_tool_settings_are_no_step(page, feature):
    edit = {"edit": "setting", "feature": UID, "name": "brush_radius", "before": 10.0, "after": 3.0}
    answer = page.change("edit", name="Change brush radius", edits=[edit])
    assert feature.brush_radius == 3.0
    assert answer["info"]["undo"] == "Add feature"


def test_deleting_a_feature_can_be_undone(page, feature):
    page.paint(2, Region(3, 8, 10, 20))
    page.change(
        "edit",
        name="Delete feature",
        edits=[{"edit": "feature", "feature": UID, "before": 0, "after": None, "content": None}],
    )
    assert page.annotator.annotated[0].features == []
    page.change("undo", expect="page:3")
    assert page.annotator.annotated[0].features == [feature]


def test_a_change_that_does_not_fit_is_refused_whole(page, feature):
    good = {"edit": "boxes", "feature": UID, "start": 0, "removed": [], "added": [[1, 2, 3]]}
    bad = {"edit": "boxes", "feature": UID, "start": 1, "removed": [], "added": [[99, 2, 3]]}
    answer = page.change("edit", name="Add boxes", edits=[good, bad])
    assert "outside the tomogram" in answer["error"]["message"]
    assert feature.boxes == []


def test_interpolation_fills_between(page, feature):
    page.paint(0, Region(5, 15, 5, 15))
    page.paint(4, Region(5, 15, 5, 15))
    assert page.ask("interpolate", feature=UID)["filled"] == 3
    assert feature.mask(2).sum() > 50


@pytest.fixture
def after_a_crash(page, feature):
    """A page whose kernel ended after three strokes, and the same page at a new kernel that has recovered its work."""
    strokes = [Region(i, i + 2, 0, 4) for i in range(0, 12, 2)]
    for stroke in strokes[:3]:
        page.paint(1, stroke)
    page.annotator.close()  # leaves the journal, as a kernel that is killed
    again = Annotator(Tomogram(np.zeros((6, 30, 40), np.float32), voxel_size=10, name="t"))
    next_page = Page(again, page.client)
    (entry,) = next_page.ask("open")["recoverable"]
    next_page.ask("recover", recovery=entry["id"])
    next_page.tomogram = entry["tomogram"]
    next_page.seq = page.seq
    yield next_page, strokes
    again.close()


def painted(page):
    annotated = next(a for a in page.annotator.annotated if a.uid == page.tomogram)
    mask = annotated.feature("Ribosome").mask(1)
    return set(np.flatnonzero(mask.any(axis=1)).tolist())


def test_what_a_page_kept_is_made_once_after_a_crash(after_a_crash):
    page, strokes = after_a_crash
    assert painted(page) == set(range(6))
    page.paint(1, strokes[2], value=0, seq=4, replayed=True)  # the kernel had it: it is not made again
    assert painted(page) == set(range(6))
    page.seq = 4
    for stroke in (strokes[3], strokes[4]):
        assert "gap" not in page.paint(1, stroke, replayed=True)
    assert painted(page) == set(range(10))
    page.paint(1, strokes[4], value=0, seq=6, replayed=True)
    assert painted(page) == set(range(10))


def test_undo_that_a_page_kept_takes_back_its_own_step_only(after_a_crash):
    page, _ = after_a_crash
    assert not page.change("undo", expect="page:4", replayed=True)["disagrees"]  # a step of the journal
    assert painted(page) == set(range(4))
    assert page.change("undo", expect="page:99", replayed=True)["disagrees"]
    assert painted(page) == set(range(4))
    assert not page.change("redo", expect="page:4", replayed=True)["disagrees"]
    assert painted(page) == set(range(6))


def test_what_was_received_survives_a_second_crash_and_a_shortened_journal(after_a_crash):
    page, strokes = after_a_crash
    page.paint(1, strokes[3], replayed=True)
    document = Document.of(next(a for a in page.annotator.annotated if a.uid == page.tomogram))
    document.restart_journal()
    page.annotator.close()
    (entry,) = [e for e in list_recoverable() if e.uid == page.tomogram]
    assert replay(entry.path).received == {"page": 5}


def test_a_change_that_is_told_while_its_tomogram_is_closed_ends_no_thread(page, feature):
    service = next(one for one in page.annotator._services if isinstance(one, annotation_service.AnnotationService))
    recorder = service._recorders[page.tomogram]
    recorder.flush()
    before = recorder.revision
    feature.add_box(1, 5, 5)
    del service._recorders[page.tomogram]  # as closing does, before it waits for what is being told
    recorder.flush()
    told, _ = page.events()[-1]
    assert (told["from"], told["revision"]) == (before, before + 1)
    service._recorders[page.tomogram] = recorder
