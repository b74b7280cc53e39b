"""Groups, arrays and attributes of an HDF5 file in memory, of the kind that Keras writes. See `hdf5_messages`."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.data.errors import FileFormatError, UnsafeFileError
from ais_jupyter.core.files import hdf5_messages as hdf5

MAGIC = b"\x89HDF\r\n\x1a\n"
_MOST_NODES = 100_000
_SOFT_LINK = 2


class Hdf5Object:
    """A group or an array of the file.

    Raises
    ------
    FileFormatError
        It is damaged, or not of the kind that Keras writes.
    """

    def __init__(self, tree: Hdf5File, address: int) -> None:
        self._tree = tree
        self._messages = hdf5.messages(tree.file, address)

    def has(self, name: str) -> bool:
        """Whether a group has a member of this name."""
        return name in self.members()

    def child(self, path: str) -> Hdf5Object:
        """Return the member at `path`, whose parts are separated by "/"."""
        found = self
        for part in path.split("/"):
            members = found.members()
            if part not in members:
                raise FileFormatError(f"{path!r} is missing")
            found = Hdf5Object(self._tree, members[part])
        return found

    def members(self) -> dict[str, int]:
        """Names and addresses of the members of a group."""
        members = dict(hdf5.parse_link(content) for kind, content in self._messages if kind == hdf5.LINK)
        for kind, content in self._messages:
            if kind == hdf5.SYMBOL_TABLE:
                tree, heap = hdf5.Bytes(content).unpack("QQ", 0)
                members.update(self._tree.symbols(tree, heap))
        return members

    def array(self) -> np.ndarray:
        """Return an array of numbers.

        Raises
        ------
        UnsafeFileError
            The data lie in other files, or more is announced than is stored.
        """
        parts = dict(self._messages)
        if hdf5.EXTERNAL in parts:
            raise UnsafeFileError("the data lie in other files; only data in the file itself is read")
        if hdf5.LAYOUT not in parts or hdf5.DATATYPE not in parts or hdf5.DATASPACE not in parts:
            raise FileFormatError("expected an array of numbers")
        kind, shape = hdf5.parse_type(parts[hdf5.DATATYPE]), hdf5.parse_shape(parts[hdf5.DATASPACE])
        if kind is None or kind.kind in (hdf5.FIXED_TEXT, hdf5.VARIABLE_TEXT):
            raise FileFormatError("expected an array of numbers")
        if hdf5.FILTERS in parts:
            raise FileFormatError("the data are compressed, which Keras does not do")
        array = hdf5.parse_data(self._tree.file, parts[hdf5.LAYOUT], shape, kind)
        self._tree.spend(array.nbytes)
        return array

    def texts(self, name: str) -> list[str] | None:
        """Return a text attribute as a list, of one text where it is no array; None where there is none."""
        for kind, content in self._messages:
            if kind == hdf5.ATTRIBUTE:
                found, text_type, shape, data = hdf5.parse_attribute(content)
                if found == name:
                    return self._tree.decode(text_type, shape, data, name)
        return None

    def names(self, name: str) -> list[str]:
        """Return a list of names; Keras spreads long ones over ``name0``, ``name1`` and so on."""
        whole = self.texts(name)
        if whole is not None:
            return whole
        found: list[str] = []
        part = 0
        while (texts := self.texts(f"{name}{part}")) is not None:
            found += texts
            part += 1
        if not part:
            raise FileFormatError(f"the list {name!r} is missing")
        return found


class Hdf5File:
    """The whole file.

    Attributes
    ----------
    root : Hdf5Object
    """

    def __init__(self, data: bytes) -> None:
        self.file = hdf5.Bytes(data)
        self.file.expect(0, MAGIC)
        version, offsets, lengths = self.file.unpack("B4xBB", 8)
        if version not in (0, 1) or (offsets, lengths) != (8, 8):
            raise FileFormatError("this HDF5 file is of a newer form than Keras writes")
        self._left = 2 * len(data) + (1 << 16)  # no byte need be read twice
        address = 24 + (4 if version == 1 else 0) + 32 + 8
        self.root = Hdf5Object(self, self.file.unpack("Q", address)[0])

    def spend(self, size: int) -> None:
        """Count what was taken out of the file; all of it cannot be more than the file holds."""
        self._left -= size
        if self._left < 0:
            raise UnsafeFileError(
                "the same data are announced again and again, far beyond the size of the file; refused"
            )

    def symbols(self, tree: int, heap: int) -> dict[str, int]:
        """Names and addresses in the tree of a group."""
        self.file.expect(heap, b"HEAP")
        size, _, start = self.file.unpack("QQQ", heap + 8)
        names = self.file.part(start, size)
        found: dict[str, int] = {}
        waiting, seen = [tree], {tree}
        while waiting:
            node = waiting.pop()
            if self.file.part(node, 4) == b"TREE":
                kind, _, count = self.file.unpack("BBH", node + 4)
                if kind != 0:
                    raise FileFormatError("the tree of a group is damaged")
                children = self.file.unpack(f"{2 * count}Q", node + 24)[1::2]
                if seen.intersection(children) or len(seen) > _MOST_NODES:
                    raise FileFormatError("the tree of a group runs in circles")
                seen.update(children)
                waiting += reversed(children)
                continue
            self.file.expect(node, b"SNOD")
            (count,) = self.file.unpack("H", node + 6)
            self.spend(8 * count)
            for place in range(node + 8, node + 8 + 40 * count, 40):
                offset, address, cache = self.file.unpack("QQI", place)
                end = names.find(b"\0", offset) if offset < len(names) else -1
                if end < 0:
                    raise FileFormatError("a name lies outside its place")
                name = names[offset:end].decode("utf-8", "replace")
                if cache == _SOFT_LINK or address == hdf5.NOWHERE:
                    raise UnsafeFileError(f"{name!r} is a link to another place; only data in the file itself is read")
                found[name] = address
        return found

    def decode(self, kind: hdf5.Type | None, shape: tuple[int, ...], data: bytes, name: str) -> list[str]:
        """Return the texts of an attribute."""
        if kind is None or kind.kind not in (hdf5.FIXED_TEXT, hdf5.VARIABLE_TEXT):
            if kind is not None and 0 in shape:
                return []  # an empty list of names may have any type
            raise FileFormatError(f"attribute {name!r} should be text")
        pieces = [data[at : at + kind.size] for at in range(0, len(data), kind.size)]
        if kind.kind == hdf5.VARIABLE_TEXT:
            pieces = [self._from_heap(*hdf5.Bytes(piece).unpack("IQI", 0)) for piece in pieces]
        self.spend(sum(map(len, pieces)))
        return [piece.split(b"\0", 1)[0].decode("utf-8", "replace") for piece in pieces]

    def _from_heap(self, length: int, address: int, index: int) -> bytes:
        """Return an object of a global heap, where texts of variable length lie."""
        if length == 0:
            return b""
        self.file.expect(address, b"GCOL")
        (size,) = self.file.unpack("Q", address + 8)
        at, end = address + 16, address + size
        while at + 16 <= min(end, len(self.file.data)):
            found, _, _, size = self.file.unpack("HHIQ", at)
            if found == 0:
                break
            if found == index:
                if length > size:
                    break
                return self.file.part(at + 16, length)
            at += 16 + -(-size // 8) * 8
        raise FileFormatError("a text is missing")
