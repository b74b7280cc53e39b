"""What runs in the kernel while the annotator is measured."""

from __future__ import annotations

# A volume that needs no disk: noise, and in the middle of each slice a square whose grey tells its number.
ANNOTATOR = """
import numpy as np, ais_jupyter as ais

class Stack:
    def __init__(self, n, size, dtype):
        self.shape, self.dtype = (n, size, size), np.dtype(dtype)
        self.noise = np.random.default_rng(0).integers(0, 256, (size, size)).astype(dtype)
        self.patch = slice(size // 2 - 24, size // 2 + 24)

    def __getitem__(self, key):
        key = key if isinstance(key, tuple) else (key,)
        z, rows, columns = (*key, slice(None), slice(None))[:3]
        if isinstance(z, slice):
            picked = range(*z.indices(self.shape[0]))
            return np.broadcast_to(self.noise[rows, columns], (len(picked), *np.shape(self.noise[rows, columns])))
        image = self.noise.copy()
        image[self.patch, self.patch] = 20 + (z * 5 % 15) * 15
        return image[rows, columns]

annotator = ais.Annotator(ais.Tomogram(Stack({n}, {size}, "{dtype}"), voxel_size=10.0, name="stack"))
annotator
"""

# The least that any widget needs to get as many bytes from the kernel.
ECHO = """
import anywidget

class Echo(anywidget.AnyWidget):
    _esm = '''
    export default { render({ model }) {
      window.echo = (n, grey = 0) => new Promise((done) => {
        const start = performance.now();
        const answered = (_, [{ buffer, byteOffset, byteLength }]) => {
          model.off("msg:custom", answered);
          done({ took: performance.now() - start, bytes: new Uint8Array(buffer, byteOffset, byteLength) });
        };
        model.on("msg:custom", answered);
        model.send({ n, grey });
      });
    } }'''

    def answer(self, _widget, content, _buffers):
        self.send({}, [np.full(content["n"], content["grey"], np.uint8).data])
        if self.comm is not None:
            vars(self.comm).pop("_reply_subshell_id", None)

echo = Echo()
echo.on_msg(echo.answer)
echo
"""

TRAINING = """
rng = np.random.default_rng(1)
training_set = ais.TrainingSet(
    rng.normal(size=(200, 64, 64, 1)).astype(np.float32), rng.integers(0, 2, (200, 64, 64, 1)).astype(np.uint8), 10.0
)
model = ais.SegmentationModel("VGGNet M", "load")
model.build(box_size=64, voxel_size=10.0)
job = model.train(training_set, epochs=1000)
"""
