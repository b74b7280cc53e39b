"""Damage that keeps a file's structure and spoils one fact in it: what random bytes rarely reach."""

from __future__ import annotations

import gzip
import io
import json
import pickletools
import random
import struct
import tarfile
from collections.abc import Callable, Sequence
from typing import Any

from tests.files.attack import hdf5_facts

#: Numbers that hurt: nothing, signs, the ends of 8 to 64 bits, and sizes that no file has.
HURTFUL = (0, 1, -1, 2, 127, 128, 255, 256, 32767, 65535, 1 << 20, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 40,
           (1 << 63) - 1)  # fmt: skip
TEXTS = ("", "../../x", "\ud800", "\0", "\x1b[31m", "a" * 100_000, "/etc/passwd", "nan", "1e400", "\u202e")
VALUES: tuple[Any, ...] = (*HURTFUL, *TEXTS, None, True, [], {}, [[]], 1e308, float("nan"), float("inf"), -0.5)

#: Tags of TIFF that say where voxels are, and how; names of members that lead elsewhere or mean something.
TAGS = (256, 257, 258, 259, 273, 277, 278, 279, 317, 322, 330)
MEMBERS = ("", "../x", "/x", "y/../../x", "a" * 300, "metadata.json")

Mutation = Callable[[bytes, random.Random], bytes]


def words(good: bytes, chance: random.Random) -> bytes:
    """Replace whole binary numbers by hurtful ones, mostly in the header."""
    data = bytearray(good)
    for _ in range(chance.choice([1, 1, 2, 5])):
        size = chance.choice([1, 2, 4, 8])
        end = min(len(data), 1100) if chance.random() < 0.7 else len(data)
        if end <= size:
            continue
        place = chance.randrange(0, end - size + 1)
        if chance.random() < 0.7:
            place -= place % size
        order = chance.choice(["little", "big"])
        data[place : place + size] = (chance.choice(HURTFUL) % (1 << (8 * size))).to_bytes(size, order)
    return bytes(data)


def tiff_tags(good: bytes, chance: random.Random) -> bytes:
    """Spoil a tag, type, count, value or the chain of a TIFF's first directories."""
    data = bytearray(good)
    order = "<" if good[:2] == b"II" else ">"
    (offset,) = struct.unpack_from(order + "I", data, 4)
    for _ in range(chance.randrange(3)):
        (number,) = struct.unpack_from(order + "H", data, offset)
        (following,) = struct.unpack_from(order + "I", data, offset + 2 + 12 * number)
        if not following:
            break
        offset = following
    (number,) = struct.unpack_from(order + "H", data, offset)
    entry = offset + 2 + 12 * chance.randrange(number)
    way = chance.randrange(6)
    if way == 0:
        struct.pack_into(order + "H", data, entry, chance.choice(TAGS))
    elif way == 1:
        struct.pack_into(order + "H", data, entry + 2, chance.choice([0, 1, 2, 3, 4, 5, 12, 13, 16, 99]))
    elif way == 2:
        struct.pack_into(order + "I", data, entry + 4, chance.choice(HURTFUL) % (1 << 32))
    elif way == 3:
        struct.pack_into(order + "I", data, entry + 8, chance.choice([*HURTFUL, len(data), offset]) % (1 << 32))
    elif way == 4:  # to itself, to the middle of an entry, or behind the end
        struct.pack_into(order + "I", data, offset + 2 + 12 * number, chance.choice([offset, entry, 8, len(data) + 5]))
    else:
        struct.pack_into(order + "H", data, offset, chance.choice([0, 1, number + 1, 4095, 65535]))
    return bytes(data)


def tar_members(good: bytes, chance: random.Random) -> bytes:
    """Write the archive anew, its checksums right, with one member renamed, doubled, dropped, linked or spoilt."""
    members = []
    with tarfile.open(fileobj=io.BytesIO(good)) as archive:
        for info in archive:
            file = archive.extractfile(info)
            members.append((info, file.read() if file else b""))
    place = chance.randrange(len(members))
    info, content = members[place]
    way = chance.randrange(7)
    if way == 0:
        info.name = chance.choice([*MEMBERS, members[0][0].name])
    elif way == 1:
        members.append((info, content))
    elif way == 2:
        del members[place]
    elif way == 3:
        info.type, info.linkname = chance.choice([tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE]), "/etc/passwd"
        content = b""
        members[place] = (info, content)
    else:
        members[place] = (info, inner(content, chance))
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    data = bytearray(made.getvalue())
    if chance.random() < 0.15:  # a size that is not that of the content; the checksum agrees with it
        data[124:136] = b"%011o\0" % (chance.choice(HURTFUL) % (1 << 33))
        data[148:156] = b" " * 8
        data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


def inner(content: bytes, chance: random.Random) -> bytes:
    """Spoil what lies in a container, by its kind."""
    if content[:1] in b"{[" and content:
        return json_value(content, chance)
    if content.startswith(hdf5_facts.MAGIC) and chance.random() < 0.8:
        return hdf5_facts.spoil(content, chance, json_value)
    return tiff_tags(content, chance) if content[:4] == b"II*\0" else words(content, chance)


def json_value(good: bytes, chance: random.Random) -> bytes:
    """Replace one value in JSON by another, leave it out, or nest it deeply."""
    value = json.loads(good)
    if chance.random() < 0.05:
        depth = chance.choice([100, 5000, 200_000])
        return b"[" * depth + good + b"]" * depth
    holder, key = value, None
    for _ in range(chance.randrange(1, 6)):
        keys: Sequence[Any] = list(holder) if isinstance(holder, dict) else range(len(holder))
        if not keys:
            break
        key = chance.choice(keys)
        if not isinstance(holder[key], (dict, list)):
            break
        if chance.random() < 0.7 and holder[key]:
            holder = holder[key]
            key = None
    if key is not None:
        if chance.random() < 0.2:
            del holder[key]
        else:
            holder[key] = chance.choice(VALUES)
    return json.dumps(value).encode("utf-8", "surrogatepass")


def pickle_codes(good: bytes, chance: random.Random) -> bytes:
    """Insert, drop or double instructions of a pickle, or change the numbers that belong to them."""
    data = bytearray(good)
    codes = [ord(code.code) for code in pickletools.opcodes]
    for _ in range(chance.choice([1, 2, 4])):
        place = chance.randrange(2, len(data))
        way = chance.randrange(4)
        if way == 0:
            data[place:place] = bytes([chance.choice(codes)])
        elif way == 1:
            data[place] = chance.choice(codes)
        elif way == 2:
            start = chance.randrange(2, len(data))
            data[place:place] = data[start : start + chance.randrange(40)]
        else:
            del data[place : place + chance.randrange(1, 12)]
    return bytes(data)


def text_fields(good: bytes, chance: random.Random) -> bytes:
    """Replace words of a text file, double its lines, or end them elsewhere."""
    lines = good.decode("utf-8", "replace").split("\n")
    place = chance.randrange(len(lines))
    fields = lines[place].split()
    if fields and chance.random() < 0.7:
        fields[chance.randrange(len(fields))] = str(chance.choice(VALUES))
        lines[place] = " ".join(fields)
    elif chance.random() < 0.5:
        lines.insert(place, chance.choice(["loop_", "data_x", "_rlnX #1", "'", ";", "#", *lines]))
    else:
        del lines[place]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def packed(mutation: Mutation) -> Mutation:
    """Do the damage inside a gzip file."""
    return lambda good, chance: gzip.compress(mutation(gzip.decompress(good), chance), 1)


def splice(good: bytes, other: bytes, chance: random.Random) -> bytes:
    """Continue one file with the rest of another."""
    return good[: chance.randrange(len(good))] + other[chance.randrange(len(other)) :]


#: Kind of file (`test_fuzz.make_files`) → what spoils it.
MUTATIONS: dict[str, tuple[Mutation, ...]] = {
    "mrc": (words,),
    "gz": (packed(words), words),
    "bz2": (words,),
    "tiff": (tiff_tags, words),
    "tiff packed": (tiff_tags, words),
    "scns": (pickle_codes, words),
    "scnt tar": (tar_members, words),
    "scnt tiff": (tiff_tags, words),
    "scnm": (tar_members, tar_members, words),
    "scnm pair": (json_value,),
    "group": (tar_members, words),
    "star": (text_fields,),
    "coordinates": (text_fields,),
    "library": (json_value, text_fields),
}
