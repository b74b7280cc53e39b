"""What all windows of one kernel share: one processor to train on, and one set of annotations per file."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.jobs.queue import JobQueue

if TYPE_CHECKING:
    from ais_jupyter.core.session.session import Session


class Program:
    """The sessions of one process and the queue in which they train.

    A file that is open in two windows is one object with one history, and two trainings would only slow each other
    down and add up their memory. Everything that is shared for these reasons is here; all else belongs to a `Session`.

    Attributes
    ----------
    training_queue : JobQueue
    """

    def __init__(self) -> None:
        self.training_queue = JobQueue()
        self._sessions: weakref.WeakSet[Session] = weakref.WeakSet()
        self._training: weakref.WeakKeyDictionary[Any, Job] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def add(self, session: Session) -> None:
        """Count a session in until it is removed or no longer used."""
        self._sessions.add(session)

    def remove(self, session: Session) -> None:
        """Forget a session that was closed."""
        self._sessions.discard(session)

    def documents(self) -> Iterator[Document]:
        """Every open document once, over all sessions."""
        seen: set[int] = set()
        for session in list(self._sessions):
            for document in session.documents:
                if id(document) not in seen:
                    seen.add(id(document))
                    yield document

    def is_open(self, annotated: AnnotatedTomogram) -> bool:
        """Whether any session has these annotations open."""
        return any(document.annotated is annotated for document in self.documents())

    def training_of(self, model: Any) -> Job | None:
        """Return the training of `model` that runs or waits, whichever window started it."""
        return self._training.get(model)

    def begin_training(self, model: Any, job: Job) -> bool:
        """Note that `job` trains `model`; False, and nothing noted, where another job does already."""
        with self._lock:
            if self.training_of(model) is not None:
                return False
            self._training[model] = job
        job.listen(self._let_go)
        return True

    def _let_go(self, job: Job) -> None:
        """Forget a training that has ended: it holds its model, its training set and its window."""
        if job.state in ("waiting", "running"):
            return
        with self._lock:
            for model in [model for model, training in self._training.items() if training is job]:
                del self._training[model]
        self.training_queue.forget_ended()


#: The program that sessions belong to unless they are given another.
PROGRAM = Program()
