"""What the models find in the slice in view."""

from typing import Annotated

from typing_extensions import NotRequired, TypedDict

from ais_jupyter.widgets.wire.declare import Count, Event, Index, Request, Text, Uid
from ais_jupyter.widgets.wire.tomograms import Path


class Predict(TypedDict):
    """Which slice."""

    tomogram: Uid
    z: Index


class PredictedLayer(TypedDict):
    """What one model found."""

    model: Uid
    note: Annotated[Text, "what a person should know, such as that the slice was rescaled; may be empty"]


class Predicted(Predict):
    """A layer for each model that is shown."""

    width: Index
    height: Index
    layers: list[PredictedLayer]


class SavePrediction(Predict):
    """What to write where."""

    model: Uid
    path: Text
    overwrite: NotRequired[bool]


class Weights(TypedDict):
    """A model predicts differently from now on."""

    model: Uid
    version: Annotated[Count, "counts changes of the weights"]


PREDICT = Request(
    "predict", Predict, Predicted, "Apply the models in use to a slice.", "uint8 probabilities, one per layer"
)
PREDICTION_SAVE = Request("prediction_save", SavePrediction, Path, "Write a prediction as an MRC file of one slice.")

WEIGHTS = Event("weights", Weights, "A model has other weights.")
