"""From boxes to networks to probabilities; with ``models``, the only place that knows Keras and OpenVINO.

Belongs here: extraction, batches, training as a stream of events, engines, and the one `Segmenter`.
Does not belong here: files, claims and queues (`core.files`, `core.workflows`, `core.session`).
"""

from ais_jupyter.core.learning import hardware, quiet_tensorflow

quiet_tensorflow.install(gpu_expected=hardware.gpu_in_sight())
