"""How messages travel: what is cancelled, what is too large for one message, and how a refusal reads."""

from typing import Annotated, Literal

from typing_extensions import NotRequired, TypedDict

from ais_jupyter.widgets.wire.declare import Count, Index, Items, Nothing, Request, Text, Uid

#: Bytes. The server closes the connection when a message exceeds 10 MiB; what is larger than this travels in parts.
MAX_MESSAGE = 4 * 1024 * 1024


class Upload(TypedDict):
    """One part of buffers that are too large for one message."""

    upload: Annotated[Uid, "names the buffers in the request that follows"]
    part: Index
    parts: Annotated[Index, "how many there are"]


class Received(TypedDict):
    """How much of an upload has arrived."""

    received: Annotated[Count, "parts"]


class Envelope(TypedDict):
    """What every request has beside the fields of its question."""

    id: Uid
    kind: Uid
    upload: NotRequired[Annotated[Uid, "where the buffers are that came before"]]
    lengths: NotRequired[Annotated[list[Count], Items(100_000), "where the uploaded bytes are to be cut"]]


#: What a person can still do about a refusal; the page offers it as a button and asks again with this field true.
Offer = Literal["overwrite", "discard", "allow_custom"]


class Refusal(TypedDict):
    """Why a request was not carried out."""

    type: Annotated[Text, "class of the error"]
    message: Annotated[Text, "for people"]
    offer: NotRequired[Offer]


UPLOAD = Request(
    "upload", Upload, Received, "Send one part of large buffers ahead of the request that needs them.", "1"
)
PING = Request("ping", Nothing, Nothing, "See whether the kernel answers.")
CANCEL_JOB = Request("cancel_job", Nothing, Nothing, "Stop the job that this widget shows.")
