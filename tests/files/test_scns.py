from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError, InputError, TomogramMissingError, UnsafeFileError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.mrc import read_mrc, write_mrc
from ais_jupyter.core.files.pickle_writer import NamedClass, NamedObject, dump
from ais_jupyter.core.files.scns import read_scns

NAMES = ["sample_f32", "sample_i16", "sample_i8", "sample_i8_withmap"]
OLD = ["legacy_ais_1.0.0", "legacy_scnodes_2023-10", "minimal_p2", "minimal_full_p4"]


def digest(mask: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(mask).tobytes()).hexdigest()


def manifest(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "samples/manifest.json").read_text())["scns"]


@pytest.mark.parametrize("name", NAMES)
def test_samples(shared: Path, name: str) -> None:
    facts = manifest(shared)[f"{name}.scns"]
    found = open_file(shared / "samples/scns" / f"{name}.scns")
    shape = (facts["n_slices"], facts["height"], facts["width"])
    assert (found.name, found.tomogram.shape) == (facts["title"], shape)
    assert found.tomogram.pixel_size == pytest.approx(facts["pixel_size_nm"] * 10, rel=1e-6)
    assert found.roi == Region.from_ais(facts["crop_roi"], facts["height"])
    assert found.z_range == (facts["export_bottom"], facts["export_top"])
    assert found.display["contrast"] == tuple(facts["contrast_lims"])
    assert found.display["slice"] == facts["current_slice"]
    for key in ("invert", "autocontrast", "interpolate"):
        assert found.display[key] == facts[key]
    for key in ("sample", "export", "feature_counter"):
        assert found.extra[key] == facts[key]
    assert found.features[found.extra["active_feature"]].title == facts["active_feature"]
    assert found.tomogram.available
    for feature, expected in zip(found.features, facts["features"], strict=True):
        assert feature.title == expected["title"]
        assert feature.color == pytest.approx(expected["colour"])
        settings_ = (feature.alpha, feature.visible, feature.filled, feature.show_boxes, feature.flood)
        assert settings_ == (
            expected["alpha"], not expected["hide"], not expected["contour"], expected["show_boxes"], expected["magic"],
        )  # fmt: skip
        sizes = (feature.brush_radius, feature.box_size, feature.flood_sensitivity, feature.extra["collapsed"])
        assert sizes == (
            expected["brush_size_px"], expected["box_size_px"], expected["magic_strength"], expected["collapsed"],
        )  # fmt: skip
        assert feature.annotated_slices == sorted(expected["edited_slices"])
        assert len(feature.boxes) == expected["n_boxes"]
        assert feature.boxes == [(int(z), y, x) for z, boxes in expected["boxes"].items() for x, y in boxes]
        for z, about in expected["slices"].items():
            mask = feature.mask(int(z))
            assert (mask is None) == (about is None)
            if mask is not None:
                assert digest(mask) == about["sha256"]


@pytest.mark.parametrize("name", OLD)
def test_older_and_hand_written_samples(shared: Path, name: str) -> None:
    found = open_file(shared / "samples/scns" / f"{name}.scns")
    for feature, (title, facts) in zip(
        found.features, manifest(shared)[f"{name}.scns"]["features"].items(), strict=True
    ):
        assert feature.title == title
        assert feature.box_size == facts["box_size"]
        if "brush" in facts:
            assert feature.brush_radius == facts["brush"]
            assert feature.flood_sensitivity == (facts["magic_strength"] or 50.0)
        assert feature.boxes == [(int(z), y, x) for z, boxes in facts["boxes"].items() for x, y in boxes]
        for z, about in facts["slices"].items():
            mask = feature.mask(int(z))
            assert (mask is None) == (about is None)
            if mask is not None:
                assert (int(mask.sum()), list(mask.shape), digest(mask)) == (about[0], about[2], about[3])


def test_map_inside(shared: Path, tmp_path: Path) -> None:
    original = read_mrc(shared / "samples/tomo/sample_i8.mrc").slab(0, 32)
    found = read_scns(shared / "samples/scns/sample_i8_withmap.scns")
    assert found.tomogram.path is None
    np.testing.assert_array_equal(found.tomogram.slab(0, 32), original)
    found.save(tmp_path / "again.scns")  # the volume exists nowhere else: it must not be lost
    np.testing.assert_array_equal(read_scns(tmp_path / "again.scns").tomogram.slab(0, 32), original)


# finding the tomogram ------------------------------------------------------------------------------------------------


def annotated(folder: Path, stored: str = "") -> AnnotatedTomogram:
    """Annotations on a small volume; `stored` replaces its path."""
    write_mrc(folder / "tomo.mrc", np.zeros((4, 6, 8), np.float32), 10.0)
    found = AnnotatedTomogram(read_mrc(folder / "tomo.mrc"))
    feature = found.add_feature("Membrane")
    feature.set_mask(1, np.eye(6, 8))
    feature.add_box(2, 3, 4)
    if stored:
        found.tomogram.path = Path(stored)
    return found


@pytest.mark.parametrize("stored", ["", "/data/cryo/project/tomo/tomo.mrc", "D:\\cryo\\tomo\\tomo.mrc"])
@pytest.mark.parametrize("place", ["annotations", ".", "tomo", "project/tomo", "elsewhere"])
def test_moved_tomograms_are_found(tmp_path: Path, stored: str, place: str) -> None:
    home = tmp_path / "annotations"
    home.mkdir()
    source = tmp_path / "source"
    source.mkdir()
    here = annotated(source)
    kept = here.tomogram.path
    here.tomogram.path = Path(stored) if stored else kept
    here.tomogram.data = None
    here.save(home / "a.scns")
    (tmp_path / place).mkdir(exist_ok=True, parents=True)
    shutil.move(source / "tomo.mrc", tmp_path / place / "tomo.mrc")
    found = read_scns(home / "a.scns", folders=[tmp_path / "elsewhere"])
    if (place == "project/tomo" and "project" not in stored) or (place == "tomo" and not stored):
        assert not found.tomogram.available
    else:
        assert found.tomogram.path == tmp_path / place / "tomo.mrc"
        assert found.tried == []


def test_missing_tomogram_leaves_annotations_usable(tmp_path: Path) -> None:
    here = annotated(tmp_path)
    here.save(tmp_path / "a.scns")
    (tmp_path / "tomo.mrc").rename(tmp_path / "renamed.mrc")
    found = open_file(tmp_path / "a.scns")
    assert not found.tomogram.available
    assert found.tomogram.shape == (4, 6, 8)
    assert found.tomogram.pixel_size == pytest.approx(10.0)
    assert str(tmp_path / "tomo.mrc") in found.tried
    with pytest.raises(TomogramMissingError, match="relink"):
        found.tomogram.slice(0)
    found.feature("Membrane").add_box(0, 1, 1)
    found.save(tmp_path / "a.scns")
    again = open_file(tmp_path / "a.scns")
    assert again.feature("Membrane").boxes == [(2, 3, 4), (0, 1, 1)]
    again.relink(tmp_path / "renamed.mrc")
    assert again.tomogram.available
    write_mrc(tmp_path / "other.mrc", np.zeros((4, 6, 9), np.float32), 10.0)
    with pytest.raises(InputError, match="nothing changed"):
        again.relink(tmp_path / "other.mrc")


def test_annotations_are_saved_although_the_tomogram_has_gone(tmp_path: Path) -> None:
    here = annotated(tmp_path)
    (tmp_path / "tomo.mrc").unlink()
    with pytest.raises(TomogramMissingError, match="moved or deleted while it was open"):
        here.tomogram.slice(0)
    here.save(tmp_path / "a.scns")
    assert open_file(tmp_path / "a.scns").feature("Membrane").boxes == [(2, 3, 4)]


def test_a_tomogram_of_another_size_is_passed_over(tmp_path: Path) -> None:
    annotated(tmp_path).save(tmp_path / "a.scns")
    write_mrc(tmp_path / "tomo.mrc", np.zeros((4, 6, 9), np.float32), 10.0)
    found = open_file(tmp_path / "a.scns")
    assert not found.tomogram.available
    assert any("(4, 6, 9) instead of (4, 6, 8)" in name for name in found.tried)


# write → read --------------------------------------------------------------------------------------------------------


@st.composite
def annotations(draw: st.DrawFn) -> AnnotatedTomogram:
    shape = (draw(st.integers(1, 4)), draw(st.integers(1, 6)), draw(st.integers(1, 6)))
    data = np.random.default_rng(draw(st.integers(0, 99))).normal(size=shape).astype(np.float32)
    made = AnnotatedTomogram(Tomogram(data, draw(st.floats(0.5, 50)), name=draw(st.text(min_size=1, max_size=9))))
    unit = st.floats(0, 1)
    for _ in range(draw(st.integers(0, 3))):
        feature = made.add_feature(
            draw(st.text(min_size=1, max_size=9)), color=draw(st.tuples(unit, unit, unit)), alpha=draw(unit),
            box_size=draw(st.integers(1, 512)), brush_radius=draw(st.floats(0, 99)), visible=draw(st.booleans()),
            filled=draw(st.booleans()), show_boxes=draw(st.booleans()), flood=draw(st.booleans()),
            flood_sensitivity=draw(st.floats(1, 100)),
        )  # fmt: skip
        for z in range(shape[0]):
            if draw(st.booleans()):
                feature.set_mask(z, data[z] > draw(st.floats(-1, 1)))
            for _ in range(draw(st.integers(0, 2))):
                feature.add_box(z, draw(st.integers(-5, 9)), draw(st.integers(-5, 9)))
    y0, x0 = draw(st.integers(0, shape[1] - 1)), draw(st.integers(0, shape[2] - 1))
    made.roi = Region(y0, draw(st.integers(y0 + 1, shape[1])), x0, draw(st.integers(x0 + 1, shape[2])))
    start = draw(st.integers(0, shape[0] - 1))
    made.z_range = (start, draw(st.integers(start + 1, shape[0])))
    made.display = {
        "contrast": (draw(st.floats(-9, 0)), draw(st.floats(0, 9))), "invert": draw(st.booleans()),
        "interpolate": draw(st.booleans()), "autocontrast": draw(st.booleans()), "slice": start,
    }  # fmt: skip
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(annotations())
def test_round_trip(tmp_path: Path, wanted: AnnotatedTomogram) -> None:
    found = open_file(wanted.save(tmp_path / "a.scns", overwrite=True))
    assert (found.roi, found.z_range, found.display) == (wanted.roi, wanted.z_range, wanted.display)
    assert found.name == wanted.name
    np.testing.assert_array_equal(found.tomogram.data, wanted.tomogram.data)
    assert found.tomogram.pixel_size == pytest.approx(wanted.tomogram.pixel_size)
    for a, b in zip(found.features, wanted.features, strict=True):
        assert a.settings() == b.settings()
        assert a.boxes == b.boxes
        assert a.masks.keys() == b.masks.keys()
        for z, mask in b.masks.items():
            np.testing.assert_array_equal(a.mask(z), mask)


def test_an_old_numpy_can_read_what_we_write(tmp_path: Path) -> None:
    annotated(tmp_path).save(tmp_path / "a.scns")
    data = (tmp_path / "a.scns").read_bytes()
    assert b"numpy.core.multiarray" in data
    assert b"_core" not in data.replace(b"numpy.core", b"")
    assert data[1] == 4


# malicious -----------------------------------------------------------------------------------------------------------


class Call:
    """Pickles as a call of `function`."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.call = (function, args)

    def __reduce__(self) -> Any:
        return self.call


def frame(**state: Any) -> NamedObject:
    root = NamedObject(NamedClass("Ais.core.se_frame", "SEFrame"), ("/no such tomogram.mrc",), call=True)
    root.state.update(state)
    return root


def evil(tmp_path: Path) -> dict[str, Any]:
    """Files that would leave a trace if anything in them ran."""
    trace = f"touch {tmp_path / 'trace'}"
    system = NamedClass("os", "system")
    reconstruct = NamedClass("numpy.core.multiarray", "_reconstruct")

    def made(module: str, name: str, *args: Any) -> NamedObject:
        return NamedObject(NamedClass(module, name), args, call=True)

    rebuilt = made("numpy.core.multiarray", "_reconstruct", system)
    objects = made("dill._dill", "_create_array", reconstruct, (), (1, (1,), None, False, [reconstruct]))
    return {
        "os.system": pickle.dumps(Call(os.system, trace)),
        "inside the frame": frame(features=[made("os", "system", trace)]),
        "posix": frame(title=made("posix", "system", trace)),
        "subprocess": made("subprocess", "check_output", ["sh", "-c", trace]),
        "eval": made("builtins", "eval", f"__import__('os').system({trace!r})"),
        "exec": frame(path=made("builtins", "exec", f"import os; os.system({trace!r})")),
        "getattr": made("builtins", "getattr", NamedClass("os", "path"), "join"),
        "dill eval": made("dill._dill", "_eval_repr", f"__import__('os').system({trace!r})"),
        "dill function": made("dill._dill", "_create_function", None),
        "dill import": made("dill._dill", "_import_module", "os"),
        "through dill": made("dill._dill", "_create_array", system, (trace,), None),
        "dill file": made("dill._dill", "_create_array", NamedClass("io", "open"), (trace, "w"), None),
        "numpy": made("numpy.testing._private.utils", "runstring", f"import os; os.system({trace!r})", {}),
        "numpy load": made("numpy", "load", str(tmp_path / "x.npy")),
        "numpy memmap": made("numpy", "memmap", str(tmp_path / "trace"), "uint8", "w+", 0, (10,)),
        "numpy ndarray": made("numpy", "ndarray", (1 << 40,)),
        "open": made("io", "open", str(tmp_path / "trace"), "w"),
        "dotted name": made("Ais.core.se_frame", "SEFrame.__init__.__globals__", trace),
        "our own module": made("ais_jupyter.core.files.safe_write", "write_text", str(tmp_path / "trace"), "x"),
        "nested": frame(features=[frame(slices={0: rebuilt}), made("os", "system", trace)]),
        "codecs": made("_codecs", "encode", "x", "rot13"),
        "reconstruct": made("copyreg", "_reconstructor", system, NamedClass("builtins", "object"), None),
        "persistent": b"\x80\x04\x8c\x02osQ.",
        "extension": b"\x80\x02\x82\x01.",
        "instance": f"(S'{trace}'\nios\nsystem\n.".encode(),
        "instance in protocol 2": b"\x80\x02" + f"(S'{trace}'\nios\nsystem\n.".encode(),
        "memo bomb": b"\x80\x02]r\xff\xff\xff\x7f.",
        "object array": frame(features=[frame(slices={0: objects})]),
    }  # fmt: skip


@pytest.mark.parametrize("name", list(evil(Path("/x"))))
def test_nothing_in_a_file_runs(tmp_path: Path, name: str) -> None:
    content = evil(tmp_path)[name]
    path = tmp_path / "a.scns"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with path.open("wb") as file:
            dump(content, file)
    harmless_refusals = {"object array", "instance", "persistent", "extension"}
    expected = FileFormatError if name in harmless_refusals or name.startswith("instance") else UnsafeFileError
    with pytest.raises(expected) as caught:
        read_scns(path) if name != "instance" else open_file(path)
    if caught.type is UnsafeFileError:
        assert "nothing of the file was executed" in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.scns"]


def test_the_message_names_what_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.scns").write_bytes(pickle.dumps(Call(os.system, "true")))
    with pytest.raises(UnsafeFileError, match=r"it asks for (posix|nt)\.system, which annotations never need"):
        open_file(tmp_path / "a.scns")


def test_one_array_for_thousands_of_slices_is_refused(tmp_path: Path) -> None:
    mask = np.zeros((2000, 2000), np.uint8)
    feature = NamedObject(NamedClass("Ais.core.se_frame", "Segmentation"))
    feature.state.update(title="a", slices=dict.fromkeys(range(1000), mask))
    with (tmp_path / "a.scns").open("wb") as file:
        dump(frame(features=[feature], n_slices=1000, height=2000, width=2000), file)
    with pytest.raises(UnsafeFileError, match="far more memory"):
        read_scns(tmp_path / "a.scns")


@pytest.mark.parametrize(
    "state",
    [
        {"n_slices": 0, "height": 5, "width": 5},
        {"n_slices": 1 << 40, "height": 5, "width": 5},
        {"n_slices": "3", "height": 5, "width": 5},
        {},
        {"features": 3, "n_slices": 3, "height": 5, "width": 5},
        {"features": [frame(slices=[1, 2])], "n_slices": 3, "height": 5, "width": 5},
        {"features": [frame(slices={7: np.zeros((5, 5), np.uint8)})], "n_slices": 3, "height": 5, "width": 5},
        {"features": [frame(slices={1: np.zeros((5, 6), np.uint8)})], "n_slices": 3, "height": 5, "width": 5},
        {"features": [frame(boxes={1: [[3]]})], "n_slices": 3, "height": 5, "width": 5},
        {"features": [frame(box_size="large")], "n_slices": 3, "height": 5, "width": 5},
    ],
)  # fmt: skip
def test_annotations_that_make_no_sense(tmp_path: Path, state: dict[str, Any]) -> None:
    with (tmp_path / "a.scns").open("wb") as file:
        dump(frame(**state), file)
    with pytest.raises(FileFormatError):
        read_scns(tmp_path / "a.scns")
