"""Several models that are applied together and act on each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.model_info import Interaction, StoredGroup
from ais_jupyter.core.learning.model import SegmentationModel


class ModelGroup:
    """Models and their interactions.

    Parameters
    ----------
    models : list of SegmentationModel
        With different titles: interactions name models by title.
    interactions : list of Interaction
        Applied in this order.

    Raises
    ------
    InputError
        Two models have the same title, or an interaction names a model that is not there.
    """

    def __init__(self, models: Sequence[SegmentationModel], interactions: Sequence[Interaction] = ()) -> None:
        self.models = list(models)
        self.interactions = list(interactions)
        titles = [model.title for model in self.models]
        doubles = sorted({title for title in titles if titles.count(title) > 1})
        if doubles:
            raise InputError(f"models of a group need different titles; used more than once: {', '.join(doubles)}")
        for interaction in self.interactions:
            for title in (interaction.parent, interaction.partner):
                if title not in titles:
                    raise InputError(f"an interaction names {title!r}, which is not in the group ({', '.join(titles)})")

    @classmethod
    def from_stored(cls, stored: StoredGroup) -> ModelGroup:
        """Make a group from `stored`, what a file holds; interactions of models not in it are dropped, as by Ais."""
        models = [SegmentationModel.from_stored(model) for model in stored.models]
        titles = {model.title for model in models}
        kept = [i for i in stored.interactions if i.parent in titles and i.partner in titles]
        return cls(models, kept)

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write a ``.scnmgroup`` that Ais opens to `path`, and return the path.

        Raises
        ------
        InputError
            A file is there that the group does not come from and `overwrite` is false, or one of another kind.
        """
        stored = StoredGroup([model.to_stored() for model in self.models], list(self.interactions))
        return storage.save(stored, path, overwrite, owner=self)

    def __iter__(self) -> Iterator[SegmentationModel]:
        return iter(self.models)

    def __len__(self) -> int:
        return len(self.models)

    def __repr__(self) -> str:
        return f"<ModelGroup {', '.join(m.title for m in self.models)}; {len(self.interactions)} interactions>"
