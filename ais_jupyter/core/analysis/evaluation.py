"""How well a segmentation agrees with the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import clip_z_range
from ais_jupyter.core.data.segmentation import Extent, Segmentation
from ais_jupyter.core.data.tomogram import Tomogram

Volume = Segmentation | Tomogram | np.ndarray
LEVELS = 256


def evaluate(
    segmentation: Volume,
    truth: Volume,
    threshold: float = 127.5,
    ignore: Volume | Sequence[int] | None = None,
    z: tuple[int, int] | None = None,
) -> Scores:
    """Compare a segmentation with the truth, slice by slice.

    Parameters
    ----------
    segmentation : Segmentation, Tomogram or array (z, y, x)
        Levels 0–255 (integers), 0–127 (int8), probabilities 0–1 (floats) or a mask (bool, or integers 0 and 1).
    truth : Segmentation, Tomogram or array (z, y, x)
        Anything but 0 is the feature.
    threshold : float
        Level 0–255 above which a voxel counts as found.
    ignore : volume, or slice numbers
        Voxels (anything but 0) or whole slices to leave out, such as those that were annotated.
    z : (start, stop)
        Only these slices; by default those that were segmented, where the file says so.

    Raises
    ------
    InputError
        The shapes differ, nothing is left to compare, or the values are none of these.
    """
    found, true = _volume(segmentation), _volume(truth)
    left_out, skipped = _split_ignore(ignore)
    for other, what in ((true, "truth"), (left_out, "region to ignore")):
        if other is not None and other.shape != found.shape:
            raise InputError(f"the {what} is {other.shape} (z, y, x), the segmentation {found.shape}; they must agree")
    extent = Extent.of(found)
    wanted = z if z is not None or extent is None else extent.z_range
    part = (slice(None), slice(None)) if extent is None else extent.region.slices
    slices = [i for i in range(*clip_z_range(wanted, found.shape[0])) if i not in skipped]
    if not slices:
        raise InputError("every slice is left out; there is nothing to compare")
    positive = np.zeros((len(slices), LEVELS), np.int64)
    negative = np.zeros((len(slices), LEVELS), np.int64)
    for row, index in enumerate(slices):
        levels = _levels(found.slice(index)[part])
        is_true = true.slice(index)[part] != 0
        if left_out is not None:
            keep = left_out.slice(index)[part] == 0
            levels, is_true = levels[keep], is_true[keep]
        positive[row] = np.bincount(levels[is_true], minlength=LEVELS)
        negative[row] = np.bincount(levels[~is_true], minlength=LEVELS)
    if np.issubdtype(found.dtype, np.integer):
        factor = _integer_factor(found.dtype, positive, negative)
        positive, negative = (_rescaled(counts, factor) for counts in (positive, negative))
    return Scores(float(threshold), np.array(slices), positive, negative)


@dataclass(frozen=True)
class Scores:
    """Agreement of a segmentation with the truth; ratios of nothing to nothing are NaN.

    Attributes
    ----------
    threshold : float
        Level 0–255; voxels above it count as found.
    slices : int (n,)
        The slices that were compared.
    positive, negative : int (n, 256)
        Per slice, how many voxels inside and outside the truth have each level.
    """

    threshold: float
    slices: np.ndarray
    positive: np.ndarray = field(repr=False)
    negative: np.ndarray = field(repr=False)

    def at(self, threshold: float) -> Scores:
        """Return the scores at another threshold (level 0–255)."""
        return replace(self, threshold=float(threshold))

    @property
    def dice(self) -> float:
        """2·TP / (2·TP + FP + FN)."""
        return float(_ratios(*self._counts()[:, 0])["dice"])

    @property
    def iou(self) -> float:
        """TP / (TP + FP + FN)."""
        return float(_ratios(*self._counts()[:, 0])["iou"])

    @property
    def precision(self) -> float:
        """TP / (TP + FP)."""
        return float(_ratios(*self._counts()[:, 0])["precision"])

    @property
    def recall(self) -> float:
        """TP / (TP + FN)."""
        return float(_ratios(*self._counts()[:, 0])["recall"])

    @property
    def per_slice(self) -> dict[str, np.ndarray]:
        """Dice, IoU, precision and recall of every slice, each float (n,)."""
        return _ratios(*self._counts(by_slice=True))

    @property
    def curve(self) -> np.ndarray:
        """Dice at the thresholds 0, 1 … 255, float (256,)."""
        above = [np.cumsum(h.sum(axis=0)[::-1])[::-1] - h.sum(axis=0) for h in (self.positive, self.negative)]
        return _ratios(above[0], above[1], self.positive.sum() - above[0])["dice"]

    @property
    def best_threshold(self) -> int:
        """The threshold with the highest Dice; the middle one where several are equally good."""
        curve = np.nan_to_num(self.curve, nan=-1.0)
        best = np.flatnonzero(curve == curve.max())
        return int(best[len(best) // 2])

    @property
    def best_dice(self) -> float:
        """Dice at the best threshold."""
        return float(self.curve[self.best_threshold])

    def as_rows(self) -> list[dict[str, Any]]:
        """One row for the whole and one per slice, ready for a table: slice, dice, iou, precision, recall."""
        whole = {"slice": "all", **{name: getattr(self, name) for name in ("dice", "iou", "precision", "recall")}}
        values = self.per_slice
        return [
            whole,
            *({"slice": int(z), **{n: float(v[i]) for n, v in values.items()}} for i, z in enumerate(self.slices)),
        ]

    def plot(self, axes: Any = None, label: str | None = None, marked: Sequence[int] = ()) -> Any:
        """Draw Dice over the threshold, and the agreement slice by slice.

        Parameters
        ----------
        axes : two matplotlib axes, optional
            Where to draw; a new figure by default. Those of another `plot` compare several results.
        label : str, optional
            Name of this result in a comparison; then only Dice is drawn.
        marked : slice numbers
            Marked in the plot over slices, such as those that were annotated.

        Returns
        -------
        array of two matplotlib axes
            ``axes[0].figure.savefig("scores.png")`` keeps the picture.
        """
        from ais_jupyter.core.analysis.score_plots import plot_slices, plot_thresholds

        if axes is None:
            import matplotlib.pyplot as plt

            _, axes = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
        plot_thresholds(axes[0], self, label)
        plot_slices(axes[1], self, marked, label)
        return axes

    def _repr_html_(self) -> str:
        from ais_jupyter.core.analysis.score_plots import table

        return table(self)

    def __str__(self) -> str:
        return (
            f"Dice {self.dice:.3f}, IoU {self.iou:.3f}, precision {self.precision:.3f}, recall {self.recall:.3f} "
            f"on {len(self.slices)} slices above level {self.threshold:g}; "
            f"best Dice {self.best_dice:.3f} above level {self.best_threshold}"
        )

    def __repr__(self) -> str:
        return f"<Scores {self}>"

    def _counts(self, by_slice: bool = False) -> np.ndarray:
        """TP, FP, FN as (3, n); n = 1 for all slices together."""
        first = max(0, min(LEVELS, int(np.floor(self.threshold)) + 1))
        hit, wrong = self.positive[:, first:].sum(axis=1), self.negative[:, first:].sum(axis=1)
        counts = np.stack([hit, wrong, self.positive[:, :first].sum(axis=1)])
        return counts if by_slice else counts.sum(axis=1, keepdims=True)


def _ratios(tp: Any, fp: Any, fn: Any) -> dict[str, Any]:
    tp, fp, fn = (np.asarray(v, float) for v in (tp, fp, fn))
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "dice": 2 * tp / (2 * tp + fp + fn),
            "iou": tp / (tp + fp + fn),
            "precision": tp / (tp + fp),
            "recall": tp / (tp + fn),
        }


def _volume(data: Volume) -> Tomogram:
    if isinstance(data, Segmentation):
        return data.volume
    return data if isinstance(data, Tomogram) else Tomogram(np.asarray(data))


def _integer_factor(dtype: np.dtype, positive: np.ndarray, negative: np.ndarray) -> int:
    """Levels 0–255 per unit of an integer volume, by its type and the largest value that was found."""
    largest = int(np.flatnonzero((positive + negative).sum(axis=0))[-1])
    if largest <= 1:
        return 255  # a mask of 0 and 1
    return 2 if dtype == np.int8 else 1


def _rescaled(counts: np.ndarray, factor: int) -> np.ndarray:
    """Return the counts by level of values that are multiplied by `factor`."""
    if factor == 1:
        return counts
    levels = np.minimum(np.arange(LEVELS) * factor, LEVELS - 1)
    scaled = np.zeros_like(counts)
    for value, level in enumerate(levels.tolist()):
        scaled[:, level] += counts[:, value]
    return scaled


def _split_ignore(ignore: Volume | Sequence[int] | None) -> tuple[Tomogram | None, set[int]]:
    if ignore is None:
        return None, set()
    if isinstance(ignore, (Segmentation, Tomogram)) or np.ndim(ignore) == 3:
        return _volume(ignore), set()  # type: ignore[arg-type]
    return None, {int(i) for i in np.atleast_1d(np.asarray(ignore))}


def _levels(values: np.ndarray) -> np.ndarray:
    """Levels 0–255 of floats, flooring as exported volumes do; integers as they are.

    Raises
    ------
    InputError
        The values are of no scale that segmentations have.
    """
    if np.issubdtype(values.dtype, np.integer):
        if values.min() < 0 or values.max() >= LEVELS:
            raise InputError(
                "a segmentation in integers holds levels 0–255 (0–127 in int8) or a mask of 0 and 1; "
                f"found {values.min()} to {values.max()}: divide it by its full scale"
            )
        return values.astype(np.intp)
    numbers = values.astype(np.float32)
    if not (numbers.min() >= 0 and numbers.max() <= 1):  # also when one is NaN
        raise InputError(
            f"a segmentation in floats holds probabilities 0–1; found {numbers.min():g} to {numbers.max():g}"
        )
    return (numbers * 255).astype(np.intp)
