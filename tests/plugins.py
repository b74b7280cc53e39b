"""Small architectures for tests, written as users write them."""

TINY = """
title = "Tiny"
include = True
summary = "two small convolutions"

def create(input_shape):
    import keras
    from keras import layers
    inputs = keras.Input((None, None, input_shape[2]))
    x = layers.Conv2D(8, 5, padding="same", activation="relu")(inputs)
    outputs = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy")
    return model
"""

TINY_MSE = TINY.replace('"Tiny"', '"Tiny MSE"').replace('"binary_crossentropy"', '"mean_squared_error"')

TINY_NORM = TINY.replace('"Tiny"', '"Tiny norm"').replace(
    "outputs = layers.Conv2D(1",
    "x = layers.BatchNormalization()(x)\n    x = layers.Dropout(0.3)(x)\n    outputs = layers.Conv2D(1",
)  # fmt: skip

#: The contract that the documentation of Ais gives for objects that are no Keras models.
THRESHOLD = '''
import json

title = "Threshold"
include = True

class Threshold:
    """Learns one number: the grey value above which a pixel belongs to the feature."""

    def __init__(self):
        self.value = 0.0
        self.seen = None

    def count_params(self):
        return 1

    def fit(self, train_x, train_y, epochs=1, batch_size=32, shuffle=True, callbacks=()):
        self.seen = (train_x.shape, train_y.shape)
        for callback in callbacks:
            callback.params["epochs"] = epochs
        for epoch in range(epochs):
            inside = train_x[train_y == 1].mean()
            outside = train_x[train_y == 0].mean()
            self.value = float((inside + outside) / 2)
            for callback in callbacks:
                callback.on_batch_end(epoch, {"loss": 1.0 / (epoch + 1)})

    def predict(self, images):
        return (images > self.value).astype("float32")

    def save(self, path):
        with open(path, "w") as file:
            json.dump(self.value, file)

    def load(self, path):
        with open(path) as file:
            self.value = json.load(file)

def create(input_shape):
    return Threshold()
'''


def install(home, *sources):
    """Put plug-ins into the models folder of a home directory."""
    folder = home / ".ais_jupyter" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    for number, source in enumerate(sources):
        (folder / f"plugin_{number}.py").write_text(source)
