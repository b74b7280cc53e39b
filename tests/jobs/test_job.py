from __future__ import annotations

import threading
import time

import pytest

from ais_jupyter.core.data.errors import CancelledError, InputError
from ais_jupyter.core.data.progress import Progress, run_to_end
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.jobs.queue import JobQueue


def counting(n, pause=0.0, keeps=True):
    """Count to n; when told to stop, return what was reached or give up."""
    for i in range(n):
        if (yield Progress(i / n, f"at {i}", {"i": i})):
            if keeps:
                return i
            raise CancelledError("stopped")
        time.sleep(pause)
    return n


def failing():
    yield Progress(0.5)
    raise InputError("wrong on purpose")


def test_runs_to_the_end_and_keeps_what_was_reported():
    job = Job(counting(5), "count")
    assert job.result(5) == 5
    assert (job.state, job.progress, job.message) == ("done", 1.0, "at 4")
    assert job.history == [{"i": i} for i in range(5)]
    assert job.elapsed >= 0
    assert job.time_left is None
    assert "done" in repr(job)


def test_cancelling_may_keep_a_result():
    job = Job(counting(10_000, 0.001))
    job.listen(lambda j: j.cancel() if len(j.history) == 3 else None)
    assert job.result(5) == 2
    assert job.state == "cancelled"
    assert job.progress < 1


def test_cancelling_without_a_result():
    job = Job(counting(10_000, 0.001, keeps=False))
    job.cancel()
    with pytest.raises(CancelledError):
        job.result(5)
    assert job.state == "cancelled"


def test_errors_are_kept_and_raised():
    job = Job(failing())
    with pytest.raises(InputError, match="wrong on purpose"):
        job.result(5)
    assert job.state == "failed"
    assert "wrong on purpose" in job.traceback
    assert job.progress == 0.5


def test_result_waits_no_longer_than_asked():
    job = Job(counting(1000, 0.01))
    with pytest.raises(TimeoutError, match="is at"):
        job.result(0.05)
    job.cancel()
    job.wait(5)


def test_waits_to_be_started_and_can_be_cancelled_before():
    job = Job(counting(3), start=False)
    assert job.state == "waiting"
    job.cancel()
    assert job.wait(0)
    assert job.start().state == "cancelled"


def test_runs_off_the_calling_thread():
    seen = []

    def where():
        seen.append(threading.current_thread())
        yield Progress(0.0)

    Job(where()).result(5)
    assert seen[0] is not threading.current_thread()


def test_a_listener_can_leave():
    seen = []
    job = Job(counting(3), start=False)
    leave = job.listen(lambda j: seen.append(j.progress))
    leave()
    job.start().result(5)
    assert seen == []


def test_follow_shows_a_bar_and_returns_the_result(capsys):
    assert Job(counting(3), "counting").follow() == 3
    assert "counting: 100%" in capsys.readouterr().err


def test_queue_runs_in_order_and_goes_on_after_a_failure():
    order = []

    def noting(name):
        order.append(name)
        yield Progress(0.0)

    queue = JobQueue()
    jobs = [queue.add(Job(work, start=False)) for work in (noting("a"), failing(), noting("b"))]
    for job in jobs:
        assert job.wait(5)
    assert order == ["a", "b"]
    assert [job.state for job in queue] == ["done", "failed", "done"]
    late = queue.add(Job(noting("c"), start=False))
    assert late.wait(5)
    assert late.state == "done"


def test_queue_cancels_what_waits():
    queue = JobQueue()
    jobs = [queue.add(Job(counting(10_000, 0.001), start=False)) for _ in range(3)]
    time.sleep(0.05)
    queue.cancel_all()
    for job in jobs:
        assert job.wait(5)
    assert {job.state for job in jobs} == {"cancelled"}


def test_long_work_can_be_run_in_place():
    assert run_to_end(counting(4)) == 4


def test_who_waits_goes_on_when_everybody_was_told():
    told = []

    def slow_listener(job):
        if job.state == "done":
            time.sleep(0.2)
            told.append(job.result())

    job = Job(counting(3), "count", start=False)
    job.listen(slow_listener)
    job.start()
    assert job.result(5) == 3
    assert told == [3]
