"""What is open: tomograms with their annotations, which of them is active, what is unsaved, what can be recovered."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

from psygnal import Signal

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import AisError, InputError
from ais_jupyter.core.data.tomogram import Tomogram, volume_stem
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.history import Step
from ais_jupyter.core.editing.recovery import Recoverable, discard, list_recoverable, recover

#: All of this program: what is opened again by its path is the same object, with its unsaved changes.
_sessions: weakref.WeakSet[Session] = weakref.WeakSet()


class Session:
    """Annotated tomograms that are open together, as in one window.

    Attributes
    ----------
    documents : list of Document
        In the order of opening. Change it through `open`, `close`, `recover`.
    active : Document or None
        The one that is shown; undo and redo act on it.

    Events: `documents_changed()` when one comes, goes or becomes active; `document_changed(document)` after a step,
    undo, redo or save of one of them.
    """

    documents_changed = Signal()
    document_changed = Signal(object)

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self._active: Document | None = None
        self._slots: dict[str, Callable[[], None]] = {}
        _sessions.add(self)

    @property
    def annotated(self) -> list[AnnotatedTomogram]:
        """What is open, as annotations."""
        return [document.annotated for document in self.documents]

    @property
    def active(self) -> Document | None:
        """The document that is shown."""
        return self._active

    def open(self, source: str | Path | Tomogram | AnnotatedTomogram) -> Document:
        """Open a tomogram or annotations and make them active; what is open already is only activated.

        A path names the same dataset as another of the same folder and stem, so that ``tomo.mrc`` and ``tomo.scns`` are
        not opened beside each other.

        Raises
        ------
        AisError
            The file cannot be read, or holds something else.
        """
        annotated = _annotated(source)
        for document in self.documents:
            if document.annotated is annotated:
                self.activate(document)
                return document
        return self._add(Document.of(annotated))

    def open_beside(self, document: Document) -> Document:
        """Open the annotations that lie beside a tomogram (see `annotations_beside`), in the place of `document`.

        Raises
        ------
        InputError
            There are none, or `document` has unsaved changes.
        """
        path = annotations_beside(document.annotated)
        if path is None:
            raise InputError(f"there are no annotations beside {document.annotated.name!r}")
        if document.unsaved:
            raise InputError(f"{document.annotated.name!r} has unsaved changes: save them elsewhere, or discard them")
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
        InputError
            It has unsaved changes and `discard_changes` is false.
        """
        if document.unsaved and not discard_changes:
            raise InputError(f"{document.annotated.name!r} has unsaved changes: save it, or discard them")
        index = self.documents.index(document)
        del self.documents[index]
        document.changed.disconnect(self._slots.pop(document.annotated.uid), missing_ok=True)
        if not any(document in session.documents for session in _sessions):
            if discard_changes:
                document.discard()
            else:
                document.close()
        if document is self._active:
            self._active = self.documents[min(index, len(self.documents) - 1)] if self.documents else None
        self.documents_changed.emit()

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
        """Bring such work back and make it active, in place of an unchanged document of the same dataset.

        Where the file of the tomogram is gone, that of an open one of the same name and shape is used, if there is one.

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


def _annotated(source: str | Path | Tomogram | AnnotatedTomogram) -> AnnotatedTomogram:
    if isinstance(source, AnnotatedTomogram):
        return source
    if isinstance(source, Tomogram):
        return AnnotatedTomogram(source)
    path = Path(source).expanduser()
    key = _dataset_key(path)
    for annotated in [annotated for session in _sessions for annotated in session.annotated]:
        if key in {_dataset_key(p) for p in (annotated.path, annotated.tomogram.path) if p is not None}:
            return annotated
    loaded = storage.load(path, object)
    if isinstance(loaded, Tomogram):
        return AnnotatedTomogram(loaded)
    if isinstance(loaded, AnnotatedTomogram):
        return loaded
    raise InputError(f"{path} holds a {type(loaded).__name__}; expected a tomogram or annotations (.scns)")


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


def _dataset_key(path: Path) -> tuple[str, str]:
    whole = path.expanduser().resolve()
    return str(whole.parent), volume_stem(whole).casefold()
