"""File names on Windows's and POSIX's rules: one path component, reversible, unique."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ais_jupyter.core.data.names import (
    component,
    folded,
    plain,
    result_name,
    split_result,
    unique_names,
    volume_stem,
)

texts = st.text(st.characters(exclude_categories=[]), max_size=40)
nasty = st.sampled_from(
    ["", ".", "..", "../../t", "x/../../t", "/etc/passwd", "C:\\t", "\\\\host\\share", "a/b", "actin/tubulin", "nul",
     "COM1.txt", "con", "a\nb", "a\0b", " a ", "a.", ".a", "a__b", "__", "_a", "a_", "%2F", "100%", "\u202egpj.exe",
     "e\u0301", "\u212b", "\ud800", "~", "a'b\"c", "-rf", "𝒳", "ﬁ"]
)  # fmt: skip
titles = st.one_of(texts, nasty)


def is_one_component(name: str) -> bool:
    return (
        len(PurePosixPath(name).parts) == 1
        and len(PureWindowsPath(name).parts) == 1
        and name not in (".", "..")
        and not PureWindowsPath(name).drive
        and not re.search(r'[\x00-\x1f<>:"/\\|?*]', name)
        and name[-1] not in ". "
        and len(name.encode()) <= 255
        and not re.fullmatch(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", name)
    )


@given(titles)
def test_a_component_is_safe_and_reversible(text):
    name = component(text)
    assert is_one_component(name)
    assert plain(name) == text or "~" in name[-9:]


@given(titles, titles)
def test_results_can_be_taken_apart(tomogram, title):
    name = result_name(tomogram, title)
    assert is_one_component(name)
    found = split_result(name)
    if "~" not in name:
        assert found == (tomogram, title)


@given(st.lists(titles, min_size=2, max_size=2, unique=True))
def test_different_titles_give_different_names(pair):
    first, second = (result_name("t", title) for title in pair)
    assert first != second


@pytest.mark.parametrize("text", ["a" * 300, "ä" * 300, "/" * 300, "Ribosome " * 40])
def test_long_titles_are_cut_and_stay_different(text):
    assert is_one_component(result_name(text, text))
    assert component(text) != component(text + "x")


def test_ordinary_names_stay_as_they_are():
    for name in ("Ribosome", "TS_01", "grid__ts1", "80S ribosome (large)", "Membran-Ä", "微管", "a.b", "x=1,y", "T's"):
        assert component(name) == name
    assert result_name("TS_01", "Ribosome") == "TS_01__Ribosome.mrc"


def test_double_underscores_belong_to_the_tomogram():
    assert split_result("grid__ts1__Ribosome.mrc") == ("grid__ts1", "Ribosome")
    assert result_name("grid__ts1", "a__b") == "grid__ts1__a_%5Fb.mrc"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("t.mrc", "t"), ("t.MRC", "t"), ("t.rec.gz", "t"), ("t.map.bz2", "t"), ("t.mrcs", "t"), ("t.ali", "t"),
        ("t.st", "t"), ("t.ome.tif", "t"), ("t.ome.tiff", "t"), ("t.tif", "t"), ("a.b.mrc", "a.b"), ("t", "t"),
        ("TS_01_10.00Apx.mrc", "TS_01_10.00Apx"), ("TS_01_10.00Apx", "TS_01_10.00Apx"), (".hidden.mrc", ".hidden"),
        ("t.2024.mrc", "t.2024"), ("t.tomostar", "t"), ("t.scns", "t"), (".mrc", ".mrc"), (r"C:\data\t.mrc", "t"),
        ("/data/x.y/t.rec", "t"), ("t.v1.5", "t.v1.5"),
    ],
)  # fmt: skip
def test_stems(name, stem):
    assert volume_stem(name) == stem


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a.mrc", "b.mrc"], ["a", "b"]),
        (["TS_01/rec.mrc", "TS_02/rec.mrc"], ["TS_01_rec", "TS_02_rec"]),
        (["TS_01/rec.mrc", "TS_02/rec.mrc", "c.mrc"], ["TS_01_rec", "TS_02_rec", "c"]),
        (["a.mrc", "a.rec"], ["a_mrc", "a_rec"]),
        (["a.mrc", "A.mrc"], ["a_mrc_1", "A_mrc_2"]),
        (["1/x/rec.mrc", "2/x/rec.mrc"], ["1_x_rec", "2_x_rec"]),
        (["a.rec.gz", "a.rec"], ["a_rec_gz", "a_rec"]),
    ],
)
def test_tomograms_of_one_name_are_told_apart(paths, names):
    assert unique_names([Path(path) for path in paths]) == names


paths = st.tuples(st.sampled_from("abAB"), st.sampled_from("xyX"), st.sampled_from([".mrc", ".rec"]))


@given(st.lists(paths, max_size=8, unique=True))
def test_names_are_unique_on_every_file_system(parts):
    names = unique_names([Path(folder) / (stem + suffix) for folder, stem, suffix in parts])
    assert len({folded(name) for name in names}) == len(parts)
