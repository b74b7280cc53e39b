"""The order in which boxes are shown to a network, and their final form."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.training_set import GLOBAL_MAD, IGNORE, TrainingSet
from ais_jupyter.core.learning.augmentation import (
    random_intensity,
    random_look,
    random_symmetry,
    random_window,
    soften_filaments,
)
from ais_jupyter.core.learning.normalization import standardize
from ais_jupyter.core.learning.recipe import RECIPES, Recipe
from ais_jupyter.core.learning.streams import ahead
from ais_jupyter.core.learning.training_options import NATURAL_RATIO, TrainingOptions


class Batches:
    """Batches of augmented boxes, epoch after epoch, repeatable by seed.

    Parameters
    ----------
    training_set : TrainingSet
        Boxes with at least one positive among them.
    options : TrainingOptions
        ``batch_size, n_copies, excess_negative, augment, filament_diameter, seed``.
    slab : bool
        The network gives one result per slice of its input (3-D) instead of one for the middle slice.
    recipe : Recipe
        How boxes are varied.
    edge : int, optional
        Edge of what the network sees of each box, in pixels; by default all of it (see `edge_seen`).

    Raises
    ------
    InputError
        The set is empty or has no positive box.
    """

    def __init__(
        self,
        training_set: TrainingSet,
        options: TrainingOptions | None = None,
        slab: bool = False,
        recipe: Recipe = RECIPES["plain"],
        edge: int | None = None,
    ) -> None:
        options = options or TrainingOptions()
        if len(training_set) == 0:
            raise InputError("the training set is empty: extract some boxes first")
        positive = training_set.positive
        if not positive.any():
            raise InputError(
                f"none of the {len(training_set)} boxes holds a labelled pixel: "
                "draw inside the boxes of the feature, then extract again"
            )
        self.set = training_set
        self.slab = slab
        self.augment = options.augment
        self.recipe, self.edge = recipe, edge or training_set.stored_size
        self.n_copies = int(options.n_copies)
        self.excess_negative = int(options.excess_negative)
        self._positives, self._negatives = np.flatnonzero(positive), np.flatnonzero(~positive)
        self.batch_size = int(options.batch_size)
        while self.batch_size > max(1, len(training_set)):
            self.batch_size //= 2
        self._labels = self._prepared_labels(options.filament_diameter)
        self._rng = np.random.default_rng(options.seed)

    @property
    def steps_per_epoch(self) -> int:
        """Batches in one epoch."""
        if self.excess_negative == NATURAL_RATIO or not len(self._negatives):
            return (len(self.set) // self.batch_size) * self.n_copies
        return max(1, (self.n_copies * len(self._positives) + self._wanted_negatives()) // self.batch_size)

    def halve(self) -> None:
        """Continue with batches of half the size, from the next epoch on."""
        self.batch_size = max(1, self.batch_size // 2)

    def epoch(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the batches of one epoch: images (n, y, x, z) and labels (n, y, x, 1); slabs (n, y, x, z, 1) both.

        Each is put together by another thread while the one before it is learned from.
        """
        order, size = self._order(), self.batch_size
        groups = (order[step * size : (step + 1) * size] for step in range(self.steps_per_epoch))
        yield from ahead(map(self.collect, groups))

    def collect(self, indices: np.ndarray, augment: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """Return the boxes with these numbers as one batch, by default augmented and shifted in depth."""
        pairs = [self._sample(int(i), augment) for i in indices]
        images = np.stack([image for image, _ in pairs])
        labels = np.stack([label for _, label in pairs])
        return (images[..., None] if self.slab else images), labels[..., None]

    def _wanted_negatives(self) -> int:
        return int((1 + self.excess_negative / 100) * self.n_copies * len(self._positives))

    def _order(self) -> np.ndarray:
        rng = self._rng
        if self.excess_negative != NATURAL_RATIO and len(self._negatives):
            positives = np.tile(self._positives, self.n_copies)
            negatives = np.resize(rng.permutation(self._negatives), self._wanted_negatives())
            return rng.permutation(np.concatenate([positives, negatives]))
        order = np.concatenate([rng.permutation(len(self.set)) for _ in range(self.n_copies)])
        # each batch begins with a positive box, so that none of them is all background
        guaranteed = np.resize(rng.permutation(self._positives), self.steps_per_epoch)
        order = order[: self.steps_per_epoch * self.batch_size]
        order[:: self.batch_size] = guaranteed[: len(order[:: self.batch_size])]
        return order

    def _prepared_labels(self, filament_diameter: float | None) -> np.ndarray:
        labels = self.set.labels.astype(np.float32)
        if filament_diameter:
            labels = np.stack([soften_filaments(label, filament_diameter) for label in labels])
        return labels

    def _sample(self, index: int, augment: bool) -> tuple[np.ndarray, np.ndarray]:
        image, label = self._flavour(index, augment), self._labels[index]
        middle, depth = image.shape[2] // 2, self.set.depth
        first = middle - depth // 2
        if self.slab:
            if label.ndim == 2:  # only the annotated slice is labelled
                slab = np.full(image.shape, IGNORE, np.float32)
                slab[..., middle] = label
                label = slab
            if augment and self.set.z_jitter:  # the annotated slice may land anywhere in the depth
                reach = min(depth - 1, self.set.z_jitter // 2)
                low, high = (
                    max(0, middle - depth + 1, first - reach),
                    min(middle, image.shape[2] - depth, first + reach),
                )
                first = int(self._rng.integers(low, high + 1))
            label = label[..., first : first + depth]
        elif label.ndim == 3:
            label = label[..., middle]
        image = image[..., first : first + depth]
        if self.set.normalization != GLOBAL_MAD:
            image = standardize(image)
        if augment and self.recipe.move:
            image, label = random_window(image, label, self.edge, self._rng)
        elif self.edge < self.set.stored_size:
            first = (self.set.stored_size - self.edge) // 2
            middle_part = slice(first, first + self.edge)
            image, label = image[middle_part, middle_part], label[middle_part, middle_part]
        if augment:
            image, label = random_symmetry(image, label, self._rng)
            if self.recipe.vary:
                image = random_look(image, self._rng)
            if self.augment:
                image = random_intensity(image, self._rng)
        return np.ascontiguousarray(image, np.float32), np.ascontiguousarray(label, np.float32)

    def _flavour(self, index: int, augment: bool) -> np.ndarray:
        """Return the box, or half of the time one of its other flavours, or a blend of two of them."""
        versions = [self.set.images[index]]
        for where, images in self.set.flavours.values():
            versions.extend(images[i] for i in np.flatnonzero(where == index))
        if len(versions) == 1 or not augment:
            return versions[0]
        if self.set.normalization != GLOBAL_MAD:
            versions = [standardize(v) for v in versions]
        if self._rng.random() < 0.5:
            return versions[int(self._rng.integers(len(versions)))]
        a, b = self._rng.choice(len(versions), 2, replace=False)
        weight = np.float32(self._rng.random())
        return weight * versions[a] + (1 - weight) * versions[b]


def edge_seen(training_set: TrainingSet, move: bool, multiple: int) -> int:
    """Edge of what a network is shown of boxes with a margin, in pixels.

    It is the box without its margin, or where it moves about, with half of it: then it holds what is labelled wherever
    it lies in the box.

    Parameters
    ----------
    multiple : int
        Of pixels, that the network takes.
    """
    wanted = training_set.box_size + (training_set.margin if move else 0)
    return min(training_set.stored_size, -(-wanted // multiple) * multiple)
