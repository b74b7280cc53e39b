"""One picture of a whole run on a tomogram with known truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ais_jupyter.core.analysis.evaluation import Scores

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TRUTH, _FOUND, _INK, _FAINT = "#33d6e8", "#ff4d8d", "#22303c", "#9aa7b2"
_CURVE, _GOOD = "#3d6fe0", "#1b9e77"


def draw_overview(
    path: str | Path,
    *,
    image: np.ndarray,
    truth: np.ndarray,
    probability: np.ndarray,
    pixel_size: float,
    scores: Scores,
    history: Sequence[Mapping[str, Any]] = (),
    annotated_slices: Sequence[int] = (),
    title: str = "",
    subtitle: str = "",
) -> Path:
    """Draw slice, truth, segmentation, training curve and scores into a PNG.

    Parameters
    ----------
    path : path
        Of the PNG.
    image, truth, probability : (y, x)
        One slice: grey values, truth (anything but 0), result of the network 0–1. Row 0 is drawn at the bottom.
    pixel_size : float
        Å; 0 leaves the scale bar out.
    scores : Scores
        Of the whole volume, without the slices that were annotated.
    history : rows of dict
        Of the training job: rows with ``batch_loss``, and rows with ``loss`` (and ``val_loss``) after every epoch.
    annotated_slices : slice numbers
        Marked in the plot over slices.
    title, subtitle : str
        Above the picture.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(15, 9.6), facecolor="white")
    FigureCanvasAgg(figure)
    above = figure.add_gridspec(1, 3, left=0.045, right=0.975, top=0.855, bottom=0.385, wspace=0.035)
    below = figure.add_gridspec(1, 3, left=0.045, right=0.975, top=0.315, bottom=0.065, wspace=0.2)
    pictures = [figure.add_subplot(above[i]) for i in range(3)]
    _draw_slice(pictures[0], image, pixel_size, "Tomogram")
    _draw_slice(pictures[1], image, pixel_size, "Truth")
    _draw_slice(pictures[2], image, pixel_size, "Segmentation")
    _outline(pictures[1], truth > 0, _TRUTH)
    _tint(pictures[2], probability, scores.best_threshold / 255)
    _outline(pictures[2], truth > 0, _TRUTH, width=0.8)

    panels = [figure.add_subplot(below[i]) for i in range(3)]
    _draw_training(panels[0], history)
    _draw_slices(panels[1], scores.at(scores.best_threshold), annotated_slices)
    _draw_thresholds(panels[2], scores)

    figure.text(0.045, 0.955, title, fontsize=21, fontweight="bold", color=_INK, va="center")
    figure.text(0.045, 0.916, subtitle, fontsize=12, color="#5b6873", va="center")
    figure.text(
        0.975,
        0.951,
        f"Dice {scores.best_dice:.3f}",
        fontsize=27,
        fontweight="bold",
        color=_GOOD,
        ha="right",
        va="center",
    )
    at_half = scores.at(127.5).dice
    figure.text(
        0.975, 0.905, f"at the best threshold; {at_half:.3f} at one half", fontsize=10.5, color="#5b6873", ha="right"
    )
    target = Path(path)
    figure.savefig(target, dpi=120, format="png")
    return target


def _draw_slice(axes: Axes, image: np.ndarray, pixel_size: float, title: str) -> None:
    low, high = np.percentile(image, (0.2, 99.8))
    axes.imshow(image, cmap="gray", origin="lower", vmin=low, vmax=high, interpolation="bilinear")
    axes.set_title(title, loc="left", fontsize=13, color=_INK, pad=6)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)
    if pixel_size > 0:
        _scale_bar(axes, image.shape, pixel_size)


def _scale_bar(axes: Axes, shape: tuple[int, ...], pixel_size: float) -> None:
    """Draw a bar of a round number of nanometres, about a fifth of the width."""
    width = shape[1] * pixel_size / 10
    candidates = [m * 10**e for e in range(5) for m in (1, 2, 5)]
    length = max((c for c in candidates if c <= 0.26 * width), default=1)
    pixels, margin = length * 10 / pixel_size, 0.035 * shape[1]
    outline = _halo()
    axes.plot(
        [margin, margin + pixels], [margin, margin], color="white", lw=4, solid_capstyle="butt", path_effects=outline
    )
    axes.text(
        margin + pixels / 2,
        margin + 0.012 * shape[0],
        f"{length} nm",
        color="white",
        fontsize=11,
        ha="center",
        va="bottom",
        path_effects=outline,
    )


def _halo() -> list[Any]:
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3.0, foreground=(0, 0, 0, 0.65))]


def _outline(axes: Axes, mask: np.ndarray, color: str, width: float = 1.5) -> None:
    if mask.any() and not mask.all():
        axes.contour(mask, [0.5], colors=color, linewidths=width)


def _tint(axes: Axes, probability: np.ndarray, threshold: float) -> None:
    """Lay the result over the picture: colour where the network is sure enough, stronger the surer it is."""
    from matplotlib.colors import to_rgb

    overlay = np.empty((*probability.shape, 4), np.float32)
    overlay[..., :3] = to_rgb(_FOUND)
    sure = probability > threshold
    overlay[..., 3] = np.where(sure, 0.30 + 0.35 * np.clip(probability, 0, 1), 0)
    axes.imshow(overlay, origin="lower", interpolation="nearest")
    axes.set_xlim(-0.5, probability.shape[1] - 0.5)


def _plain(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title, loc="left", fontsize=13, color=_INK, pad=8)
    axes.set_xlabel(x, color=_INK)
    axes.set_ylabel(y, color=_INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_FAINT)
    axes.tick_params(colors="#5b6873")
    axes.grid(axis="y", color="#e6eaee", lw=0.8)
    axes.set_axisbelow(True)


def _draw_training(axes: Axes, history: Sequence[Mapping[str, Any]]) -> None:
    """Loss of every batch faintly, of every epoch strongly; validation where there is one."""
    _plain(axes, "Training", "batch", "loss")
    batches: list[tuple[int, float]] = []
    epochs: list[tuple[int, float]] = []
    validation: list[tuple[int, float]] = []
    for row in history:
        if "batch_loss" in row:
            batches.append((len(batches) + 1, float(row["batch_loss"])))
        for name, curve in (("loss", epochs), ("val_loss", validation)):
            if name in row:
                curve.append((len(batches) or len(curve) + 1, float(row[name])))
    if not epochs:
        axes.text(0.5, 0.5, "no training in this run", transform=axes.transAxes, ha="center", color=_FAINT)
        return
    if batches:
        axes.plot(*zip(*batches), color=_CURVE, lw=0.9, alpha=0.35, label="each batch")
    else:
        axes.set_xlabel("epoch")
    axes.plot(*zip(*epochs), color=_CURVE, lw=2.4, label="each epoch")
    if validation:
        axes.plot(*zip(*validation), color="#e08b3d", lw=2.4, label="validation")
    values = [loss for _, loss in (*batches, *epochs, *validation)]
    axes.set_ylim(0, 1.08 * float(np.percentile(values, 99.5)))
    axes.set_xlim(1, max(2, epochs[-1][0]))
    axes.legend(frameon=False, fontsize=9.5)


def _draw_slices(axes: Axes, scores: Scores, annotated_slices: Sequence[int]) -> None:
    _plain(axes, f"Agreement per slice (level {scores.threshold:g})", "slice", "")
    values = scores.per_slice
    voxels = scores.positive.sum(axis=1)
    enough = voxels > 0.02 * max(1, voxels.max())  # a ratio of next to nothing says nothing
    for name, color, width in (("precision", "#e0a13d", 1.2), ("recall", "#8a6fd1", 1.2), ("dice", _GOOD, 2.4)):
        label = "Dice" if name == "dice" else name
        axes.plot(scores.slices, np.where(enough, values[name], np.nan), color=color, lw=width, label=label)
    for number, z in enumerate(annotated_slices):
        axes.axvline(z, color=_FOUND, lw=1.0, alpha=0.6, ls=(0, (3, 2)), label=None if number else "annotated")
    axes.set_ylim(0, 1.02)
    axes.margins(x=0.01)
    axes.legend(frameon=False, loc="lower center", ncols=2, fontsize=9.5)


def _draw_thresholds(axes: Axes, scores: Scores) -> None:
    _plain(axes, "Choice of the threshold", "level (0–255)", "Dice")
    axes.plot(np.arange(256), scores.curve, color=_GOOD, lw=2.4)
    best = scores.best_threshold
    axes.plot([best, best], [0, scores.best_dice], color=_FAINT, lw=1, ls=(0, (3, 2)))
    axes.plot(best, scores.best_dice, "o", color=_GOOD, ms=8)
    axes.annotate(
        f"{scores.best_dice:.3f} above {best}",
        (best, scores.best_dice),
        xytext=(0, -22),
        textcoords="offset points",
        ha="left" if best < 100 else "right" if best > 180 else "center",
        color=_INK,
        fontsize=11,
        bbox={"boxstyle": "round,pad=0.25", "fc": "white", "ec": "none", "alpha": 0.85},
    )
    axes.set_xlim(0, 255)
    axes.set_xticks([0, 64, 128, 192, 255])
    axes.set_ylim(0, 1.02)
