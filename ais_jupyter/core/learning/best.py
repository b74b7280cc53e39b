"""The best epoch of a training, judged in one place."""

from __future__ import annotations


class Best:
    """The epoch of the lowest loss, of validation where there is one.

    Attributes
    ----------
    epoch : int
        0 before the first.
    loss : float
    """

    def __init__(self) -> None:
        self.epoch, self.loss = 0, float("inf")

    def judge(self, epoch: int, scores: dict[str, float]) -> bool:
        """Take an epoch into account, and return whether it is the best so far."""
        loss = scores.get("val_loss", scores["loss"])
        if loss >= self.loss:
            return False
        self.epoch, self.loss = epoch, loss
        return True
