"""Changes other than of masks: of boxes, settings and the list of features. Each can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ais_jupyter.core.data.annotations import AnnotatedTomogram, Box, Feature
from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.editing.patch import Patch
from ais_jupyter.core.editing.snapshot import decode_feature, encode_feature


class Edit(Protocol):
    """One change of annotations. A `Patch` is one too."""

    def apply(self, annotated: AnnotatedTomogram) -> None:
        """Make the change."""

    def inverse(self) -> Edit:
        """Return the change that undoes this one."""

    @property
    def feature(self) -> str:
        """The `uid` of the feature that changes."""

    @property
    def nbytes(self) -> int:
        """Approximate memory in bytes."""

    def encode(self, blobs: list[bytes]) -> dict[str, Any]:
        """Fields for the journal; bytes go to `blobs`."""


@dataclass(frozen=True)
class BoxesEdit:
    """From index `start` of a feature's boxes, `removed` are replaced by `added`; both (z, y, x)."""

    feature: str
    start: int
    removed: tuple[Box, ...]
    added: tuple[Box, ...]

    @property
    def z(self) -> int:
        """The slice of the first box concerned."""
        return (self.added or self.removed)[0][0]

    @property
    def nbytes(self) -> int:
        """Approximate memory in bytes."""
        return 100 + 150 * (len(self.removed) + len(self.added))

    def apply(self, annotated: AnnotatedTomogram) -> None:
        """Make the change."""
        annotated.feature_by_uid(self.feature).splice_boxes(self.start, len(self.removed), self.added)

    def inverse(self) -> BoxesEdit:
        """Return the change that undoes this one."""
        return BoxesEdit(self.feature, self.start, self.added, self.removed)

    def encode(self, blobs: list[bytes]) -> dict[str, Any]:
        """Fields for the journal."""
        return {
            "edit": "boxes", "feature": self.feature, "start": self.start, "removed": self.removed, "added": self.added,
        }  # fmt: skip


@dataclass(frozen=True)
class SettingEdit:
    """An attribute of a feature, such as its title, changes its value."""

    feature: str
    name: str
    before: Any
    after: Any

    @property
    def nbytes(self) -> int:
        """Approximate memory in bytes."""
        return 300

    def apply(self, annotated: AnnotatedTomogram) -> None:
        """Make the change."""
        feature = annotated.feature_by_uid(self.feature)
        if self.name not in feature.settings():
            raise FileFormatError(f"a feature has no setting {self.name!r}")
        setattr(feature, self.name, self.after)

    def inverse(self) -> SettingEdit:
        """Return the change that undoes this one."""
        return SettingEdit(self.feature, self.name, self.after, self.before)

    def encode(self, blobs: list[bytes]) -> dict[str, Any]:
        """Fields for the journal."""
        return {
            "edit": "setting", "feature": self.feature, "name": self.name, "before": self.before, "after": self.after,
        }  # fmt: skip


@dataclass
class FeatureEdit:
    """A feature is added (`before` is None), removed (`after` is None) or moved from one index to another.

    `content` is the feature itself, which comes back as the same object when its removal is undone. `arrived` is a copy
    of one that came, as it was then, for the journal: later changes of the same step are written after it.
    """

    feature: str
    before: int | None
    after: int | None
    content: Feature | None = field(default=None, repr=False)
    arrived: Feature | None = field(default=None, repr=False)

    @property
    def nbytes(self) -> int:
        """Approximate memory; that of a removed feature includes its masks, which are kept only here."""
        if self.after is not None or self.content is None:
            return 1000
        return 1000 + sum(mask.nbytes for mask in self.content.masks.values())

    def apply(self, annotated: AnnotatedTomogram) -> None:
        """Make the change."""
        if self.before is None:
            if self.content is None:
                raise FileFormatError("a feature that comes has no content")
            annotated.insert_feature(self.content, self.after)
            return
        found = annotated.feature_by_uid(self.feature)
        if self.after is None:
            self.content = found
            annotated.remove_feature(found)
        else:
            annotated.move_feature(found, self.after)

    def inverse(self) -> FeatureEdit:
        """Return the change that undoes this one."""
        return FeatureEdit(self.feature, self.after, self.before, self.content)

    def encode(self, blobs: list[bytes]) -> dict[str, Any]:
        """Fields for the journal; the content only of a feature that is added."""
        came = self.arrived or self.content
        content = encode_feature(came, blobs) if self.before is None and came else None
        return {
            "edit": "feature", "feature": self.feature, "before": self.before, "after": self.after, "content": content,
        }  # fmt: skip


def decode_edit(
    fields: dict[str, Any], blobs: Sequence[bytes], shape: tuple[int, int, int], unpack: bool = True
) -> Edit:
    """Edit from the fields that its `encode` gave, for a tomogram of `shape` (z, y, x).

    `unpack` as in `Patch.from_bytes`.

    Raises
    ------
    FileFormatError
        They are not those of an edit.
    """
    try:
        kind = fields["edit"]
        if kind == "patch":
            return Patch.from_bytes(blobs[fields["blob"]], unpack)
        if kind == "boxes":
            removed, added = ([(z, y, x) for z, y, x in fields[name]] for name in ("removed", "added"))
            return BoxesEdit(fields["feature"], fields["start"], tuple(removed), tuple(added))
        if kind == "setting":
            before, after = (
                tuple(value) if isinstance(value, list) else value for value in (fields["before"], fields["after"])
            )
            return SettingEdit(fields["feature"], fields["name"], before, after)
        if kind == "feature":
            content = fields["content"] and decode_feature(fields["content"], blobs, shape)
            return FeatureEdit(fields["feature"], fields["before"], fields["after"], content)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise FileFormatError(f"a kept edit is incomplete: {error!r}") from error
    raise FileFormatError(f"unknown kind of edit {kind!r}")
