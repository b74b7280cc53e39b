"""The autosave journal: a file to which each step is added as one record, and from which work comes back after a crash.

Policy
------
- Each record is handed to the operating system at once: it survives the death of the process (``kill -9``).
- Records are flushed to the disk within `SYNC_SECONDS`: a power cut loses at most the strokes of that time.
- A record carries its length and a checksum. Reading stops at the first that is torn or damaged.
- When the steps outgrow the annotations themselves, the file is replaced by a fresh one that starts from the present.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import threading
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.errors import FileFormatError

MAGIC = b"AISJNL1\n"
SYNC_SECONDS = 1.0
COMPACT_BYTES = 8 << 20

_RECORD = struct.Struct("<II")  # length and CRC-32 of the payload
_LENGTH = struct.Struct("<I")


@dataclass
class Record:
    """One entry: what kind it is, fields of plain values, and bytes to which they refer by index."""

    kind: str
    fields: dict[str, Any]
    blobs: Sequence[bytes] = ()

    def to_bytes(self) -> bytes:
        """Length, checksum and payload: length of the JSON text, the text, the bytes."""
        content = [self.kind, self.fields, [len(blob) for blob in self.blobs]]
        text = json.dumps(content, default=_plain).encode()
        payload = b"".join([_LENGTH.pack(len(text)), text, *self.blobs])
        return _RECORD.pack(len(payload), zlib.crc32(payload)) + payload

    @classmethod
    def from_payload(cls, payload: bytes) -> Record:
        """Read back what `to_bytes` wrote after length and checksum."""
        try:
            (length,) = _LENGTH.unpack_from(payload)
            kind, fields, sizes = json.loads(payload[_LENGTH.size : _LENGTH.size + length])
            blobs, at = [], _LENGTH.size + length
            for size in sizes:
                blobs.append(payload[at : at + size])
                at += size
            if at != len(payload):
                raise ValueError("sizes do not add up")
        except (ValueError, TypeError, struct.error, RecursionError) as error:
            raise FileFormatError(f"a journal record is damaged: {error}") from error
        return cls(kind, fields, blobs)


def read_records(path: Path) -> Iterator[tuple[Record, int]]:
    """Yield the whole records of a journal, each with the position in the file after it; stop before any damage.

    Raises
    ------
    FileFormatError
        The file is not a journal.
    OSError
        It cannot be read.
    """
    size = path.stat().st_size
    with open(path, "rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise FileFormatError(f"{path.name} is not a journal of this program")
        while True:
            head = file.read(_RECORD.size)
            if len(head) < _RECORD.size:
                return
            length, checksum = _RECORD.unpack(head)
            if length > size - file.tell():
                return
            payload = file.read(length)
            if zlib.crc32(payload) != checksum:
                return
            try:
                record = Record.from_payload(payload)
            except FileFormatError:
                return
            yield record, file.tell()


class Journal:
    """A journal that is being written. The file appears whole, with its first records in it, or not at all."""

    def __init__(self, path: Path, records: Sequence[Record] | None, keep: int | None = None) -> None:
        """Start a journal with `records`, or continue an existing one after its first `keep` bytes."""
        self.path = path
        self._pid = os.getpid()
        self._mutex = threading.Lock()
        self._timer: threading.Timer | None = None
        if records is not None:
            self._start(records)
        else:
            self._file = open(path, "r+b", buffering=0)  # noqa: SIM115  it stays open for the next record
            self._size = self._started = keep or 0
            self._file.truncate(self._size)
            self._file.seek(self._size)

    def _start(self, records: Sequence[Record]) -> None:
        temporary = self.path.with_name(self.path.name + ".new")
        content = MAGIC + b"".join(record.to_bytes() for record in records)
        file = open(temporary, "w+b", buffering=0)  # noqa: SIM115  it stays open for the next record
        try:
            _write_all(file, content)
            os.fsync(file.fileno())
            if os.name == "nt":  # an open file cannot be renamed there
                file.close()
            os.replace(temporary, self.path)
            if os.name == "nt":
                file = open(self.path, "r+b", buffering=0)  # noqa: SIM115
                file.seek(0, os.SEEK_END)
        except OSError:
            file.close()
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        self._file = file
        self._size = self._started = len(content)

    @property
    def wants_compaction(self) -> bool:
        """Whether the steps have outgrown what the journal began with."""
        return self._size - self._started > max(COMPACT_BYTES, 2 * self._started)

    def append(self, record: Record) -> None:
        """Write a record.

        Raises
        ------
        OSError
            It could not be written (disk full …); the journal is as before, if the disk allows.
        """
        if os.getpid() != self._pid:  # a forked child shares the file but not the work
            return
        data = record.to_bytes()
        with self._mutex:
            try:
                _write_all(self._file, data)
            except OSError:
                with contextlib.suppress(OSError):
                    self._file.truncate(self._size)
                    self._file.seek(self._size)
                raise
            self._size += len(data)
            if self._timer is None:
                self._timer = threading.Timer(SYNC_SECONDS, self._sync)
                self._timer.daemon = True
                self._timer.start()

    def compact(self, records: Sequence[Record]) -> None:
        """Replace the file by one that starts with `records`."""
        with self._mutex:
            old = self._file
            if os.name == "nt":
                old.close()
            self._start(records)
            old.close()

    def close(self) -> None:
        """Stop writing; the file stays."""
        with self._mutex:
            self._file.close()

    def remove(self) -> None:
        """Stop writing and delete the file: nothing in it is needed any more."""
        self.close()
        if os.getpid() == self._pid:
            self.path.unlink(missing_ok=True)

    def _sync(self) -> None:
        with self._mutex:
            self._timer = None
            if not self._file.closed:
                with contextlib.suppress(OSError):
                    os.fsync(self._file.fileno())


def _plain(value: Any) -> Any:
    """Let scripts set settings to NumPy numbers."""
    return value.item() if hasattr(value, "item") else str(value)


def _write_all(file: Any, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
