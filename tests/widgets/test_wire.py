"""The declarations: what they let in, what is generated from them, and that nothing hostile silences a window."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from asking import SETTINGS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.widgets import Annotator, Workspace, wire
from ais_jupyter.widgets.wire import REQUESTS, generate
from ais_jupyter.widgets.wire.annotations import FeatureSettings, MakeEdits, SettingName
from ais_jupyter.widgets.wire.check import MessageError, check, fields_of
from ais_jupyter.widgets.wire.keys import KEYS, actions
from ais_jupyter.widgets.wire.outgoing import plain


@pytest.mark.skipif(not generate.FOLDER.is_dir(), reason="the front end's sources are not beside the package")
def test_what_is_generated_is_up_to_date():
    assert [path.name for path in generate.stale()] == []


def test_every_request_is_answered_by_some_service():
    window = Workspace()
    assert set(window._handlers) == set(REQUESTS) - {"cancel_job"}
    window.close()


def test_the_settings_of_a_feature_are_declared_as_they_are():
    assert set(fields_of(FeatureSettings)) == set(SETTINGS) == set(SettingName.__args__)
    assert check(json.loads(json.dumps(SETTINGS)), FeatureSettings, "settings") == SETTINGS


def test_no_key_stands_for_two_things():
    combinations = [combination for key in KEYS for combination in key.actions]
    assert len(combinations) == len(set(combinations)) == len(actions())


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ({"edit": "paint"}, "no known kind"),
        ({"edit": "patch"}, "lacks the field 'blob'"),
        ({"edit": "patch", "blob": -1}, "between 0 and"),
        ({"edit": "patch", "blob": 0, "more": 1}, "no field 'more'"),
        ({"edit": "setting", "feature": "f", "name": "uid", "before": 1, "after": 2}, "must be one of"),
        ({"edit": "setting", "feature": "f", "name": "alpha", "before": 1, "after": math.inf}, "cannot be inf"),
        ({"edit": "boxes", "feature": "f", "start": 0, "removed": [], "added": [[1, 2]]}, "must have 3 entries"),
        ({"edit": "feature", "feature": "f", "before": True, "after": 0, "content": None}, "must be a number"),
        (["edit"], "cannot be a list of 1"),
        (None, "cannot be None"),
    ],
)
def test_each_kind_of_edit_is_checked_by_its_own_declaration(edit, says):
    question = {"tomogram": "t", "client": "c", "seq": 1, "name": "n", "key": "k", "edits": [edit]}
    with pytest.raises(MessageError, match=says):
        check(question, MakeEdits, "the request 'edit'")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def window():
    made = Annotator(Tomogram(np.zeros((2, 3, 4), np.float32), name="t"))
    made.add_models([])
    sent: list[tuple[dict, list]] = []
    made.send = lambda content, buffers=None: sent.append((json.loads(json.dumps(content, allow_nan=False)), buffers))
    yield made, sent
    made.close()


#: What may be asked with nonsense without reading files, waiting for networks or closing what is tested.
SAFE = sorted(
    set(REQUESTS) - {"architectures", "architecture_facts", "predict", "trainings", "recover", "export", "close"}
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_asked_is_answered_in_json(window, data):
    widget, sent = window
    kind = data.draw(st.sampled_from(SAFE))
    fields = fields_of(REQUESTS[kind].question)
    names = st.sampled_from(sorted(fields)) if fields else st.text(max_size=5)
    content = data.draw(st.dictionaries(names | st.text(max_size=5), JSON, max_size=5))
    if data.draw(st.booleans()) and "tomogram" in fields:
        content["tomogram"] = widget.annotated[0].uid
    content.pop("path", None)  # no nonsense in real folders
    sent.clear()
    widget._answer("q", {**content, "id": "q", "kind": kind}, [])
    answers = [content for content, _ in sent if content.get("id") == "q"]
    assert len(answers) == 1
    if "error" in answers[0]:
        assert answers[0]["error"]["message"]
        assert ".py, line" not in answers[0]["error"]["message"], "an error that was not foreseen"


@given(value=JSON)
def test_whatever_is_said_becomes_valid_json(value):
    said = plain(value)
    text = json.dumps(said, allow_nan=False, ensure_ascii=False)
    assert json.loads(text.encode()) == said


def test_numpy_numbers_and_tuples_are_said_plainly():
    said = plain({"a": np.float32(1.5), "b": (np.int64(2), np.bool_(True)), "c": float("nan"), "d": np.str_("x\ud800")})
    assert said == {"a": 1.5, "b": [2, True], "c": None, "d": "x\ufffd"}
    assert [type(one) for one in said["b"]] == [int, bool]


@pytest.mark.parametrize("value", [object(), b"bytes", {1: 2}, np.zeros(3)])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(TypeError, match="a message cannot"):
        plain(value)


def test_a_message_that_never_ends_is_refused():
    endless: list = []
    endless.append(endless)
    with pytest.raises(TypeError, match="too deeply"):
        plain(endless)


def test_broken_names_do_not_silence_a_window(monkeypatch, tmp_path):
    """A lone surrogate in a tomogram's name, a feature's title and a model's title: lists and snapshots still come."""
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path))
    import ais_jupyter as ais

    made = Workspace(Tomogram(np.zeros((2, 3, 4), np.float32), name="cell\ud800"))
    made.annotated[0].add_feature("Ribosome\udfff")
    made.add_models(ais.SegmentationModel("VGGNet S", "Ribosome\udc00"))
    sent: list[dict] = []
    made.send = lambda content, buffers=None: sent.append(json.loads(json.dumps(content, ensure_ascii=False).encode()))
    uid = made.annotated[0].uid
    for kind, content in (("open", {}), ("snapshot", {"tomogram": uid}), ("models", {}), ("training_set", {})):
        made._answer("q", {"id": "q", "kind": kind, **content}, [])
    answers = [message for message in sent if "id" in message]  # the others are events
    assert ["error" in answer for answer in answers] == [False] * 4
    opened, snapshot, models, training = answers
    assert opened["tomograms"][0]["name"] == "cell\ufffd"
    assert snapshot["features"][0]["settings"]["title"] == "Ribosome\ufffd"
    assert models["models"][0]["title"] == "Ribosome\ufffd"
    assert training["features"][0]["title"] == "Ribosome\ufffd"
    made.close()


def test_a_listener_that_fails_stops_neither_its_job_nor_the_queue():
    from ais_jupyter.core.jobs.job import Job
    from ais_jupyter.core.jobs.queue import JobQueue

    def work():
        yield from ()
        return 1

    def fail(job):
        raise ValueError("no connection")

    queue, jobs = JobQueue(), [Job(work(), start=False) for _ in range(3)]
    jobs[0].listen(fail)
    for job in jobs:
        queue.add(job)
    assert [job.result() for job in jobs] == [1, 1, 1]


def test_a_job_with_a_broken_title_is_shown():
    from ais_jupyter.core.jobs.job import Job
    from ais_jupyter.widgets.job_view import JobView

    def work():
        yield from ()

    view = JobView(Job(work(), title="a\ud800", start=False))
    assert view.status["title"] == "a\ufffd"
    view.close()


def test_no_answer_has_a_field_that_means_something_else_in_a_message():
    """`error` marks a refusal and `event` an event; an answer with such a field would be taken for one."""
    for request in REQUESTS.values():
        for record in request.answer.__args__ if hasattr(request.answer, "__args__") else (request.answer,):
            assert not {"id", "error", "event"} & set(fields_of(record)), request.kind


def test_declared_names_are_all_in_one_spelling():
    """snake_case, as in Python and in files."""
    seen = {name for request in REQUESTS.values() for name in fields_of(request.question)}
    seen |= {name for event in wire.EVENTS.values() for name in fields_of(event.content)}
    assert all(name == name.lower() for name in seen)
