"""A few moments of the long run; see `tests.endurance`."""

from __future__ import annotations

import random
import sys

import plugins
import pytest

from tests.endurance.kills import CHECKS, try_moment

#: Each takes a second or two, most of it to start.
MOMENTS = {"painting": 4, "busy": 2, "saving": 5, "recovering": 2, "exporting": 2, "training": 1}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("act", CHECKS)
def test_at_most_the_stroke_in_progress_is_lost_and_nothing_whole_is_less_than_whole(act, tmp_path, monkeypatch):
    for number in range(MOMENTS[act]):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.setenv("AIS_JUPYTER_HOME", str(folder / "home"))
        plugins.install(folder / "home", plugins.TINY)
        try_moment(act, folder, random.Random(f"{act} {number}"))
