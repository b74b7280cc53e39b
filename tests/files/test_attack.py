"""Hostile files that keep their structure end in a result or in words: no crash, hang, execution, stray file."""

from __future__ import annotations

import json
import random

import pytest
from attack.mutations import MUTATIONS, json_value, tar_members, tiff_tags
from attack.watched import FAULTS, try_files
from test_fuzz import KINDS, make_files

EACH = 250  # of every kind; `python -m tests.files.attack 100000` tries more


def test_every_kind_has_its_damage():
    assert list(MUTATIONS) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_files(kind):
    found = try_files(kind, 0, EACH)
    assert {name: found[name] for name in FAULTS} == {name: [] for name in FAULTS}
    assert found["opened"] + found["refused"] == EACH
    assert found["refused"] > EACH * 0.05  # the damage is felt


def test_damage_is_the_same_every_time_and_keeps_the_structure(tmp_path):
    made = make_files(tmp_path)
    for kind, mutation in (("tiff", tiff_tags), ("scnm", tar_members), ("library", json_value)):
        good = made[kind].read_bytes()
        damaged = [mutation(good, random.Random(f"{kind} {n}")) for n in range(40)]
        assert damaged == [mutation(good, random.Random(f"{kind} {n}")) for n in range(40)]
        assert len({*damaged, good}) > 20
        if kind == "tiff":
            assert {one[:4] for one in damaged} == {good[:4]}
        elif kind == "scnm":
            assert all(one[257:262] == b"ustar" for one in damaged)
        else:
            assert sum(_is_json(one) for one in damaged) > 30


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
