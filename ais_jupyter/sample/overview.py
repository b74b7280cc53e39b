"""One picture of a whole run on a tomogram with known truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ais_jupyter.core.analysis.evaluation import Scores
from ais_jupyter.core.analysis.score_plots import FAINT, INK, LABELS, plain_axes, plot_slices, plot_thresholds

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TRUTH, _FOUND = "#33d6e8", "#ff4d8d"
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
    plot_slices(panels[1], scores.at(scores.best_threshold), annotated_slices)
    plot_thresholds(panels[2], scores)

    figure.text(0.045, 0.955, title, fontsize=21, fontweight="bold", color=INK, va="center")
    figure.text(0.045, 0.916, subtitle, fontsize=12, color=LABELS, va="center")
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
        0.975, 0.905, f"at the best threshold; {at_half:.3f} at one half", fontsize=10.5, color=LABELS, ha="right"
    )
    target = Path(path)
    figure.savefig(target, dpi=120, format="png")
    return target


def _draw_slice(axes: Axes, image: np.ndarray, pixel_size: float, title: str) -> None:
    low, high = np.percentile(image, (0.2, 99.8))
    axes.imshow(image, cmap="gray", origin="lower", vmin=low, vmax=high, interpolation="bilinear")
    axes.set_title(title, loc="left", fontsize=13, color=INK, pad=6)
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


def _draw_training(axes: Axes, history: Sequence[Mapping[str, Any]]) -> None:
    """Loss of every batch faintly, of every epoch strongly; validation where there is one."""
    plain_axes(axes, "Training", "batch", "loss")
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
        axes.text(0.5, 0.5, "no training in this run", transform=axes.transAxes, ha="center", color=FAINT)
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
