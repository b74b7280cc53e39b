"""From boxes to networks to probabilities; with ``models``, the only place that knows Keras."""
