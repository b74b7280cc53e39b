"""Whether the bytes of an MRC file of mode 0 are signed: the format and its programs disagree.

MRC2014 says signed. IMOD leaves a stamp and a flag, and without them takes bytes as signed where the header's minimum
is negative. Ais, and with it many Python programs, stores bytes from 0 to 255 through `mrcfile`, which writes them, and
the minimum and maximum, as if they were signed. The voxels decide where the header cannot: read the wrong way, the
histogram is torn apart in its middle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.files.mrc_header import MrcHeader

#: Grey levels on either side of the place where one of the readings breaks the histogram.
_REACH = 4
#: How much emptier one of the two breaks must be to decide.
_CLEARLY = 2.0


@dataclass(frozen=True)
class ByteReading:
    """How the bytes of a volume are seen, and why.

    Attributes
    ----------
    signed : bool
    shifted : bool
        128 is added to signed bytes, as IMOD does with its own files: grey values from 0 to 255.
    reason : str
        For people.
    """

    signed: bool
    shifted: bool
    reason: str

    @property
    def dtype(self) -> np.dtype:
        """Type of the voxels as they are given."""
        return np.dtype(np.int8 if self.signed and not self.shifted else np.uint8)

    def __str__(self) -> str:
        kind = "signed, shown as 0–255" if self.shifted else "signed" if self.signed else "unsigned"
        return f"{kind} ({self.reason})"


def header_decides(header: MrcHeader) -> ByteReading | None:
    """Return how the header says the bytes of mode 0 are to be read; None where only the voxels can tell."""
    if header.imod_flags is not None:
        signed = bool(header.imod_flags & 1)
        return ByteReading(signed, signed, f"IMOD's flag says {'signed' if signed else 'unsigned'} bytes")
    if not header.minimum < 0:
        return ByteReading(False, False, "the header's minimum is not negative")
    return None


def voxels_decide(sample: np.ndarray, header: MrcHeader) -> ByteReading:
    """Return how a sample of the bytes (uint8, any shape) is to be read, where the header's minimum is negative."""
    counts = np.bincount(sample.reshape(-1), minlength=256)
    if_signed = min(int(counts[128 - _REACH : 128].sum()), int(counts[128 : 128 + _REACH].sum()))
    if_unsigned = min(int(counts[-_REACH:].sum()), int(counts[:_REACH].sum()))
    minimum = f"the header's minimum is {header.minimum:g}"
    if if_signed > _CLEARLY * if_unsigned:
        return ByteReading(False, False, f"{minimum}, but only as unsigned numbers the grey values hang together")
    return ByteReading(True, False, minimum)


def asked_for(signed: bool) -> ByteReading:
    """Return the reading that a person chose."""
    return ByteReading(signed, False, "as asked for")
