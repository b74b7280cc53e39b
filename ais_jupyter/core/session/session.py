"""What is open in one window: tomograms with their annotations, models, trainings, segmentations."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from psygnal import Signal

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import AisError, InputError, UnsavedChangesError
from ais_jupyter.core.data.names import volume_stem
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.history import Step
from ais_jupyter.core.editing.replay import recover
from ais_jupyter.core.files.paths import same_file
from ais_jupyter.core.safekeeping.unsaved_work import Recoverable, discard, list_recoverable
from ais_jupyter.core.session.live_forests import LiveForests
from ais_jupyter.core.session.open_models import OpenModels
from ais_jupyter.core.session.pick_lists import PickLists
from ais_jupyter.core.session.program import PROGRAM, Program
from ais_jupyter.core.session.training_set_draft import TrainingSetDraft
from ais_jupyter.core.session.trainings import Trainings

if TYPE_CHECKING:
    from ais_jupyter.core.session.segmentation_queue import SegmentationQueue
    from ais_jupyter.core.workflows.predicting import SlicePredictor


class Session:
    """Everything that is open together, as in one window.

    Attributes
    ----------
    documents : list of Document
        Annotated tomograms with their history, in the order of opening. Change it through `open`, `close`, `recover`.
    active : Document or None
        The one that is shown; undo and redo act on it.
    models : OpenModels
    training_set : TrainingSetDraft
        What the next training set is made of, and the set.
    trainings : Trainings
    segmentations : SegmentationQueue
    live : LiveForests
        Forests that follow the brush.
    pick_lists : PickLists
        Particles of the open tomograms.
    predictor : SlicePredictor
        Applies the models to single slices.
    program : Program
        What this session shares with the others of the process.

    Events: `documents_changed()` when one comes, goes or becomes active; `document_changed(document)` after a step,
    undo, redo or save of one of them.
    """

    documents_changed = Signal()
    document_changed = Signal(object)

    def __init__(self, program: Program = PROGRAM) -> None:
        self.program = program
        self.documents: list[Document] = []
        self.models = OpenModels()
        self.training_set = TrainingSetDraft(self)
        self.trainings = Trainings(self.models, program)
        self.live = LiveForests(self)
        self.pick_lists = PickLists()
        self._active: Document | None = None
        self._slots: dict[str, Callable[[], None]] = {}
        program.add(self)

    @cached_property
    def segmentations(self) -> SegmentationQueue:
        """Models × tomograms, one after another."""
        from ais_jupyter.core.session.segmentation_queue import SegmentationQueue  # loads the inference code

        return SegmentationQueue()

    @cached_property
    def predictor(self) -> SlicePredictor:
        """Applies the models to single slices."""
        from ais_jupyter.core.workflows.predicting import SlicePredictor  # loads the inference code

        return SlicePredictor()

    @property
    def annotated(self) -> list[AnnotatedTomogram]:
        """What is open, as annotations."""
        return [document.annotated for document in self.documents]

    def document(self, uid: str) -> Document:
        """Return the document of the annotations with this `uid`.

        Raises
        ------
        InputError
            It is not, or no longer, open.
        """
        for document in self.documents:
            if document.annotated.uid == uid:
                return document
        raise InputError("this tomogram is no longer open")

    def __getitem__(self, uid: str) -> AnnotatedTomogram:
        return self.document(uid).annotated

    @property
    def active(self) -> Document | None:
        """The document that is shown."""
        return self._active

    def open(self, source: str | Path | Tomogram | AnnotatedTomogram) -> Document:
        """Open a tomogram or annotations and make them active; what is already open is only activated.

        A file that is open in another window of this kernel is the same object here. Annotations whose tomogram is
        open here without annotations and unchanged take its place.

        Raises
        ------
        AisError
            The file cannot be read, or holds something else.
        """
        annotated = self._annotated(source)
        for document in self.documents:
            if document.annotated is annotated:
                self.activate(document)
                return document
        twin = next((one for one in self.documents if _is_bare_twin(one, annotated)), None)
        if twin is None:
            return self._add(Document.of(annotated))
        index = self.documents.index(twin)
        self.close(twin)
        return self._add(Document.of(annotated), index)

    def open_beside(self, document: Document) -> Document:
        """Open the annotations that lie beside a tomogram (see `annotations_beside`), in the place of `document`.

        Raises
        ------
        InputError
            There are none.
        UnsavedChangesError
            `document` has unsaved changes.
        """
        path = annotations_beside(document.annotated)
        if path is None:
            raise InputError(f"there are no annotations beside {document.annotated.name!r}")
        if document.unsaved:
            raise UnsavedChangesError(document.annotated.name)
        found = Document.of(storage.load(path, AnnotatedTomogram))
        index = self.documents.index(document)
        self.close(document)
        return self._add(found, index)

    def activate(self, document: Document) -> None:
        """Show `document`."""
        if document not in self.documents:
            raise InputError(f"{document.annotated.name!r} is not open here")
        if document is not self._active:
            self._active = document
            self.documents_changed.emit()

    def close(self, document: Document, discard_changes: bool = False) -> None:
        """Close a document.

        Raises
        ------
        UnsavedChangesError
            It has unsaved changes and `discard_changes` is false.
        """
        if document.unsaved and not discard_changes:
            raise UnsavedChangesError(document.annotated.name)
        index = self.documents.index(document)
        del self.documents[index]
        document.changed.disconnect(self._slots.pop(document.annotated.uid), missing_ok=True)
        if not self.program.is_open(document.annotated):
            if discard_changes:
                document.discard()
            else:
                document.close()
        if document is self._active:
            self._active = self.documents[min(index, len(self.documents) - 1)] if self.documents else None
        self.documents_changed.emit()

    def close_all(self) -> None:
        """Close the session; unsaved work stays in its journals, to be recovered, and trainings run on."""
        self.live.stop()
        self.program.remove(self)
        for document in self.documents:
            document.changed.disconnect(self._slots.pop(document.annotated.uid), missing_ok=True)
            if not self.program.is_open(document.annotated):
                document.close()
        self.documents.clear()
        self._active = None
        self.trainings.close()

    def undo(self) -> Step | None:
        """Take back the last step of the active document."""
        return self._active.undo() if self._active else None

    def redo(self) -> Step | None:
        """Make the last step taken back of the active document again."""
        return self._active.redo() if self._active else None

    @property
    def unsaved(self) -> list[Document]:
        """Documents with changes that are in no file."""
        return [document for document in self.documents if document.unsaved]

    def save_all(self) -> list[Path]:
        """Save every document with unsaved changes."""
        return [document.save() for document in self.unsaved]

    # after a crash ---------------------------------------------------------------------------------------------------

    def recoverable(self) -> list[Recoverable]:
        """List unsaved work that a program left behind when it ended, newest first."""
        return list_recoverable()

    def recover(self, entry: Recoverable) -> Document:
        """Bring such work back and make it active, in place of an unchanged document of the same tomogram.

        Where the tomogram's file is gone, that of an open one of the same name and shape is used, if there is one.

        Raises
        ------
        AisError
            It was recovered elsewhere meanwhile, or its journal is damaged from the beginning.
        """
        twins = [
            document
            for document in self.documents
            if document.annotated.tomogram.shape == entry.shape
            and _absolute(document.annotated.tomogram) == (entry.tomogram or entry.name)
        ]
        document = recover(entry, twins[0].annotated.tomogram if twins else _find_tomogram(entry))
        for twin in twins:
            if not twin.unsaved:
                self.close(twin)
        return self._add(document)

    def discard(self, entry: Recoverable) -> None:
        """Delete unsaved work that is not wanted."""
        discard(entry)

    def _annotated(self, source: str | Path | Tomogram | AnnotatedTomogram) -> AnnotatedTomogram:
        """Return the annotations that `source` is, holds or names; a file that is open anywhere is not read again."""
        if isinstance(source, AnnotatedTomogram):
            return source
        if isinstance(source, Tomogram):
            return AnnotatedTomogram(source)
        path = Path(source).expanduser()
        for document in self.program.documents():
            annotated = document.annotated
            if same_file(path, annotated.path) or same_file(path, annotated.tomogram.path):
                return annotated
        loaded = storage.load(path, object)
        if isinstance(loaded, Tomogram):
            return AnnotatedTomogram(loaded)
        if isinstance(loaded, AnnotatedTomogram):
            return loaded
        raise InputError(f"{path} holds a {type(loaded).__name__}; expected a tomogram or annotations (.scns)")

    def _add(self, document: Document, index: int | None = None) -> Document:
        def tell() -> None:
            self.document_changed.emit(document)

        self._slots[document.annotated.uid] = tell
        document.changed.connect(tell)
        self.documents.insert(len(self.documents) if index is None else index, document)
        self._active = document
        self.documents_changed.emit()
        return document

    def __iter__(self) -> Iterator[Document]:
        return iter(self.documents)


def annotations_beside(annotated: AnnotatedTomogram) -> Path | None:
    """Return the ``.scns`` of the same name beside a tomogram that was opened without it, None where there is none."""
    volume = annotated.tomogram.path
    if annotated.path is not None or volume is None:
        return None
    path = volume.with_name(volume_stem(volume) + ".scns")
    return path if path.is_file() else None


def _is_bare_twin(document: Document, annotated: AnnotatedTomogram) -> bool:
    """Whether `document` shows the tomogram of `annotated` without annotations, and nothing was done to it."""
    shown = document.annotated
    if document.unsaved or shown.path is not None or shown.features or annotated.path is None:
        return False
    return same_file(shown.tomogram.path, annotated.tomogram.path)


def _find_tomogram(entry: Recoverable) -> Tomogram | None:
    """Tomogram of unsaved work, from its own file or from inside the annotations; without, it can still be relinked."""
    if entry.tomogram is not None and entry.tomogram.exists():
        with contextlib.suppress(AisError, OSError, TypeError):
            tomogram = storage.load(entry.tomogram, Tomogram)
            if tomogram.shape == entry.shape:
                return tomogram
    if entry.annotations is not None and entry.annotations.exists():
        with contextlib.suppress(AisError, OSError, TypeError):
            tomogram = storage.load(entry.annotations, AnnotatedTomogram).tomogram
            if tomogram.shape == entry.shape and tomogram.available:
                return tomogram
    return None


def _absolute(tomogram: Tomogram) -> Path | str:
    return tomogram.name if tomogram.path is None else tomogram.path.absolute()
