"""The autosave journal: a file to which each step is added as one record, and from which work comes back after a crash.

Policy
------
- Each record is handed to the operating system at once: it survives the death of the process (``kill -9``).
- Records are flushed to the disk within `SYNC_SECONDS`: a power cut loses at most the strokes of that time.
- A record carries its length and a checksum. Reading skips what is damaged up to the next whole record.
- Only the owner may read the file.
- When the steps outgrow the annotations themselves, the file is replaced by a fresh one that starts from the present.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import re
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

_ANY_VERSION = b"AISJNL"
_KINDS = ("about", "snapshot", "step", "undo", "redo", "setting")

_RECORD = struct.Struct("<II")  # length and CRC-32 of the payload
_LENGTH = struct.Struct("<I")
#: How the text of a record begins; it stands 12 bytes behind the record's start.
_TEXT_START = re.compile(rb'\["(?:' + "|".join(_KINDS).encode() + rb')"')
_TEXT_OFFSET = _RECORD.size + _LENGTH.size


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


@dataclass(frozen=True)
class Damage:
    """Bytes of a journal in which no record can be read; `torn` where they are the end of the file.

    A torn end is what a process leaves that dies while it writes: it holds at most the step in progress.
    """

    start: int
    stop: int
    torn: bool


def read_records(path: Path) -> Iterator[tuple[Record | Damage, int]]:
    """Yield the records of a journal and the damage between them, each with the position in the file after it.

    Raises
    ------
    FileFormatError
        The file is not a journal, or was written by another version.
    OSError
        It cannot be read.
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < len(MAGIC):
            raise FileFormatError(f"{path.name} is not a journal of this program")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            start = data[: len(MAGIC)]
            if start != MAGIC and start.startswith(_ANY_VERSION):
                raise FileFormatError(f"{path.name} was written by another version of this program; it is left alone")
            yield from _records_in(data, len(MAGIC) if start == MAGIC else 0)


def _records_in(data: mmap.mmap, at: int) -> Iterator[tuple[Record | Damage, int]]:
    found_any = at > 0
    while at < len(data):
        found = _record_at(data, at)
        if found is None:
            after = _next_record(data, at + 1)
            if after is None and not found_any:
                raise FileFormatError("this is not a journal of this program")
            stop = len(data) if after is None else after
            yield Damage(at, stop, torn=after is None), stop
            at = stop
            continue
        record, at = found
        found_any = True
        yield record, at


def _record_at(data: mmap.mmap, at: int) -> tuple[Record, int] | None:
    """Record that begins at `at`, and where it ends; None where there is no whole one."""
    if len(data) - at < _RECORD.size:
        return None
    length, checksum = _RECORD.unpack_from(data, at)
    begin, end = at + _RECORD.size, at + _RECORD.size + length
    if end > len(data) or zlib.crc32(payload := data[begin:end]) != checksum:
        return None
    try:
        return Record.from_payload(payload), end
    except FileFormatError:
        return None


def _next_record(data: mmap.mmap, at: int) -> int | None:
    """Where the next whole record begins; records are told by how their text begins."""
    budget = 8 * len(data)  # bytes to check: a hostile file must not make this quadratic
    for match in _TEXT_START.finditer(data, at + _TEXT_OFFSET):
        begin = match.start() - _TEXT_OFFSET
        length, _ = _RECORD.unpack_from(data, begin)
        if length > len(data) - begin - _RECORD.size:
            continue
        budget -= length
        if budget < 0:
            return None
        if _record_at(data, begin) is not None:
            return begin
    return None


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
        file = open(temporary, "w+b", buffering=0, opener=_private)  # noqa: SIM115  it stays open for the next record
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


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner can read."""
    return os.open(path, flags, 0o600)


def _plain(value: Any) -> Any:
    """Let scripts set settings to NumPy numbers."""
    return value.item() if hasattr(value, "item") else str(value)


def _write_all(file: Any, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
