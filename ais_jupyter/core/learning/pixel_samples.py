"""Pixels to learn from, with what the filters see around them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.training_set import BACKGROUND, FOREGROUND, GLOBAL_MAD, TrainingSet
from ais_jupyter.core.learning.filter_responses import responses
from ais_jupyter.core.learning.normalization import standardize


@dataclass
class Samples:
    """Pixels, chosen from more.

    Attributes
    ----------
    responses : float32 (response, pixel)
        As `filter_responses` gives them.
    labels : uint8 (pixel,)
        0 or 1.
    weights : float32 (pixel,)
        How many pixels of the annotation each stands for.
    """

    responses: np.ndarray
    labels: np.ndarray
    weights: np.ndarray

    @classmethod
    def joined(cls, parts: Sequence[Samples]) -> Samples:
        """Return all of them together."""
        return cls(
            np.concatenate([part.responses for part in parts], axis=1),
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.weights for part in parts]),
        )


#: Yields the fraction that is done, and returns the samples.
Sampling = Generator[float, None, Samples]


@dataclass
class Choice:
    """Which pixels are chosen: flat indices into an array of labels, and what each stands for."""

    places: np.ndarray
    weights: np.ndarray


def choose(labels: np.ndarray, most: int, rng: np.random.Generator) -> Choice:
    """Choose pixels at random, up to `most`: half of them of the feature, if there are so many, and no ignored ones."""
    flat = labels.ravel()
    found = [np.flatnonzero(flat == kind) for kind in (FOREGROUND, BACKGROUND)]
    few = min(len(one) for one in found)
    wanted = [min(len(one), max(most // 2, most - few)) for one in found]
    places = [rng.choice(one, count, replace=False) for one, count in zip(found, wanted)]
    weights = [np.full(count, len(one) / max(1, count), np.float32) for one, count in zip(found, wanted)]
    order = np.argsort(np.concatenate(places), kind="stable")
    return Choice(np.concatenate(places)[order], np.concatenate(weights)[order])


def sampling_boxes(
    training_set: TrainingSet, indices: np.ndarray, bank: FilterBank, most: int, rng: np.random.Generator
) -> Sampling:
    """Sample boxes of a training set, `most` pixels of all together.

    Raises
    ------
    InputError
        The boxes do not hold both the feature and something else.
    """
    labels = middle_labels(training_set)[indices]
    if not (labels == FOREGROUND).any() or not (labels == BACKGROUND).any():
        raise InputError(
            f"the {len(indices)} boxes to learn from do not hold both pixels of the feature and others: "
            "draw inside the boxes of the feature, then extract again"
        )
    chosen = choose(labels, most, rng)
    size = training_set.box_size**2
    parts = []
    for number, index in enumerate(indices):
        inside = slice(*np.searchsorted(chosen.places, (number * size, (number + 1) * size)))
        places = chosen.places[inside] - number * size
        if len(places):
            seen = responses(box_image(training_set, int(index), bank.depth), bank)
            part = Samples(
                seen.reshape(len(seen), -1)[:, places], labels[number].ravel()[places], chosen.weights[inside]
            )
            parts.append(part)
        yield (number + 1) / len(indices)
    return Samples.joined(parts)


def middle_labels(training_set: TrainingSet) -> np.ndarray:
    """Labels (n, y, x) of the slices that boxes are placed on."""
    labels = training_set.labels
    return labels if labels.ndim == 3 else labels[..., labels.shape[3] // 2]


def box_image(training_set: TrainingSet, index: int, depth: int) -> np.ndarray:
    """Return the slices (z, y, x) around the one that a box is placed on, normalised."""
    image = training_set.images[index]
    first = image.shape[2] // 2 - depth // 2
    block = np.moveaxis(image[..., first : first + depth], -1, 0)
    return block if training_set.normalization == GLOBAL_MAD else standardize(block)
