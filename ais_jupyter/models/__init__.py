"""The architectures: one file each with ``title``, ``include``, ``summary`` and ``create(input_shape)``.

Files without a ``title`` hold what several architectures share. None of them imports Keras before ``create`` is called,
so that the titles can be listed at once.
"""
