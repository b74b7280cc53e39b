"""Scores as a table for a notebook and as plots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ais_jupyter.core.analysis.evaluation import Scores

INK, FAINT, LABELS = "#22303c", "#9aa7b2", "#5b6873"
_DICE, _PRECISION, _RECALL, _MARK = "#1b9e77", "#e0a13d", "#8a6fd1", "#ff4d8d"
_SHADED = 0.02  # slices with less of the feature than this, relative to the fullest, have no meaningful ratio

_RATIOS = ("dice", "iou", "precision", "recall")
_NAMES = {"dice": "Dice", "iou": "IoU", "precision": "Precision", "recall": "Recall"}


def table(scores: Scores) -> str:
    """Return an HTML table: at the chosen threshold, at the best one, and folded away every slice."""
    best = scores.at(scores.best_threshold)
    rows = [(f"above level {s.threshold:g}{tail}", s) for s, tail in ((scores, ""), (best, " (best)"))]
    whole = _html("all slices", [(name, [getattr(s, r) for r in _RATIOS]) for name, s in rows])
    per_slice = [(str(row["slice"]), [row[r] for r in _RATIOS]) for row in scores.as_rows()[1:]]
    return (
        f"{whole}<details><summary>{len(per_slice)} slices, above level {scores.threshold:g}</summary>"
        f"{_html('slice', per_slice)}</details>"
    )


def _html(corner: str, rows: Sequence[tuple[str, Sequence[float]]]) -> str:
    head = "".join(f"<th>{title}</th>" for title in (corner, *_NAMES.values()))
    body = "".join(
        f"<tr><th>{name}</th>{''.join(f'<td>{_number(value)}</td>' for value in values)}</tr>" for name, values in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"


def plain_axes(axes: Axes, title: str, x: str, y: str) -> None:
    """Give `axes` a title, labels and nothing that distracts."""
    axes.set_title(title, loc="left", fontsize=13, color=INK, pad=8)
    axes.set_xlabel(x, color=INK)
    axes.set_ylabel(y, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.tick_params(colors=LABELS)
    axes.grid(axis="y", color="#e6eaee", lw=0.8)
    axes.set_axisbelow(True)


def plot_slices(axes: Axes, scores: Scores, marked: Sequence[int] = (), label: str | None = None) -> None:
    """Draw Dice of every slice, and without a `label` precision and recall too; `marked` slices get a line."""
    values = scores.per_slice
    voxels = scores.positive.sum(axis=1)
    enough = voxels > _SHADED * max(1, voxels.max())
    title = "Agreement per slice" + (f" (level {scores.threshold:g})" if label is None else "")
    plain_axes(axes, title, "slice", "Dice" if label else "")
    if label is None:
        axes.plot(scores.slices, np.where(enough, values["precision"], np.nan), color=_PRECISION, lw=1.2,
                  label="precision")  # fmt: skip
        axes.plot(scores.slices, np.where(enough, values["recall"], np.nan), color=_RECALL, lw=1.2, label="recall")
    color = _DICE if label is None else None  # the next of the cycle
    axes.plot(scores.slices, np.where(enough, values["dice"], np.nan), color=color, lw=2.4, label=label or "Dice")
    for number, z in enumerate(marked):
        axes.axvline(z, color=_MARK, lw=1.0, alpha=0.6, ls=(0, (3, 2)), label=None if number else "annotated")
    axes.set_ylim(0, 1.02)
    axes.margins(x=0.01)
    axes.legend(frameon=False, loc="lower center", ncols=2, fontsize=9.5)


def plot_thresholds(axes: Axes, scores: Scores, label: str | None = None) -> None:
    """Draw Dice over the threshold with its best point."""
    plain_axes(axes, "Choice of the threshold", "level (0–255)", "Dice")
    (line,) = axes.plot(np.arange(256), scores.curve, color=_DICE if label is None else None, lw=2.4, label=label)
    best = scores.best_threshold
    axes.plot(best, scores.best_dice, "o", color=line.get_color(), ms=8)
    axes.set_xlim(0, 255)
    axes.set_xticks([0, 64, 128, 192, 255])
    axes.set_ylim(0, 1.02)
    if label is not None:
        axes.legend(frameon=False, fontsize=9.5)
        return
    axes.plot([best, best], [0, scores.best_dice], color=FAINT, lw=1, ls=(0, (3, 2)))
    axes.annotate(
        f"{scores.best_dice:.3f} above {best}",
        (best, scores.best_dice),
        xytext=(0, -22),
        textcoords="offset points",
        ha="left" if best < 100 else "right" if best > 180 else "center",
        color=INK,
        fontsize=11,
        bbox={"boxstyle": "round,pad=0.25", "fc": "white", "ec": "none", "alpha": 0.85},
    )
