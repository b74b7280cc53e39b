"""The architectures: one file each with ``title``, ``include`` and ``create(input_shape)``."""
