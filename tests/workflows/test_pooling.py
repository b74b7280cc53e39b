"""Several training sets as one."""

from __future__ import annotations

import numpy as np
import pytest

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.workflows.pooling import pooled


def boxes(margin: int, labelled: int = 8, n: int = 2) -> TrainingSet:
    """Boxes whose labelled part is 1 in the middle of noise."""
    size = labelled + 2 * margin
    images = np.random.default_rng(margin).normal(size=(n, size, size, 1)).astype(np.float32)
    labels = np.full((n, size, size), 2, np.uint8)
    labels[:, margin : size - margin, margin : size - margin] = 1
    extra = (np.array([1]), images[1:] + 1)
    return TrainingSet(images, labels, 10.0, "global_mad", ["A"], flavours={"denoised": extra}, margin=margin)


def test_the_smallest_margin_is_kept_of_all() -> None:
    wide, narrow = boxes(4), boxes(2)
    made = pooled([wide, narrow])
    assert (len(made), made.margin, made.box_size, made.stored_size) == (4, 2, 8, 12)
    np.testing.assert_array_equal(made.images[:2], wide.images[:, 2:-2, 2:-2])
    np.testing.assert_array_equal(made.images[2:], narrow.images)
    assert (made.labels == 1).sum() == 4 * 8 * 8
    where, extra = made.flavours["denoised"]
    assert where.tolist() == [1, 3]
    np.testing.assert_allclose(extra, made.images[where] + 1, atol=1e-6)


def test_boxes_of_different_size_are_not_pooled() -> None:
    with pytest.raises(InputError, match="found 8×1 and 12×1"):
        pooled([boxes(4, 8), boxes(2, 12)])


@pytest.mark.parametrize("margin", [-1, 8, 9])
def test_a_margin_leaves_something_of_the_boxes(margin: int) -> None:
    made = boxes(4)
    with pytest.raises(InputError, match=f"a margin of {margin} px leaves nothing of boxes of 16 px"):
        TrainingSet(made.images, made.labels, margin=margin)


def test_a_margin_can_only_become_smaller() -> None:
    with pytest.raises(InputError, match="the boxes have a margin of 2 px, not 4"):
        boxes(2).trimmed(4)
