"""Runs in the environment of the released Ais and uses nothing of ours: what it reads from and writes to our files.

Usage: python inside_ais.py TASK JOB.json; the job says which files, the answer is JSON in the file named "answer".
"""

import json
import pickle
import sys

import numpy as np

KEYS = (
    "title", "arch", "apix", "compiled", "box_size", "model_depth", "loss", "normalization", "info", "n_parameters",
    "model_enum", "tta", "threshold", "overlap", "emit", "absorb",
)  # fmt: skip


def new_model():
    from Ais.core.se_model import SEModel

    if not SEModel.MODELS_LOADED:
        SEModel.load_models()
    return SEModel(no_glfw=True)


def predict(job):
    """Load models as Ais does and apply their networks; also its own slice-wise application."""
    answers = []
    for item in job["models"]:
        model = new_model()
        model.load(item["path"])
        batch = np.load(item["input"])
        np.save(item["output"], np.asarray(model.model.predict(batch, verbose=0), np.float32))
        answers.append(
            {
                key: getattr(model, key)
                for key in KEYS
            }
        )  # fmt: skip
        forget()
    return answers


def load(job):
    """Load a model as Ais does, and say what it has then."""
    model = new_model()
    model.load(job["path"])
    return {"title": model.title, "compiled": model.compiled, "has network": model.model is not None}


def create(job):
    """Make a network of every architecture with random weights and statistics, save it, and apply it."""
    answers = []
    chance = np.random.default_rng(job["seed"])
    for item in job["models"]:
        model = new_model()
        if item["title"] not in model.AVAILABLE_MODELS:
            answers.append(None)
            continue
        model.model_enum = model.AVAILABLE_MODELS.index(item["title"])
        batch = np.load(item["input"])
        model.compile(item["box"], item["depth"])
        network = getattr(model.model, "generator", model.model)
        weights = network.get_weights()
        network.set_weights([shaken(w, v.name, chance) for w, v in zip(weights, network.weights)])
        model.title, model.apix, model.loss = "made by Ais", 7.84, 0.25
        model.save(item["path"])
        np.save(item["output"], np.asarray(network.predict(batch, verbose=0), np.float32))
        answers.append({"n_parameters": int(network.count_params())})
        forget()
    return answers


def shaken(weight, name, chance):
    """Statistics and scales that a trained network could have; other weights stay as they were drawn."""
    if "moving_variance" in name or "gamma" in name:
        return chance.uniform(0.5, 1.5, weight.shape)
    if "moving_mean" in name or "beta" in name or "bias" in name:
        return chance.normal(0, 0.1, weight.shape)
    return weight


def forget():
    import gc

    import tensorflow as tf

    tf.keras.backend.clear_session()
    gc.collect()


def annotations(job):
    """Open annotations as ``ais extract`` does, with the standard pickle module."""
    import Ais.core.se_frame  # noqa: F401

    answers = []
    for path in job["files"]:
        with open(path, "rb") as file:
            frame = pickle.load(file)
        answers.append(
            {
                "title": frame.title,
                "path": frame.path,
                "shape": [int(frame.n_slices), int(frame.height), int(frame.width)],
                "pixel_size": float(frame.pixel_size),
                "crop_roi": [int(v) for v in frame.crop_roi],
                "range": [int(frame.export_bottom), int(frame.export_top)],
                "contrast": [float(v) for v in frame.contrast_lims],
                "map": None if frame.map is None else float(np.asarray(frame.map.data, float).sum()),
                "features": [feature(f, frame) for f in frame.features],
            }
        )
    return answers


def feature(f, frame):
    return {
        "title": f.title,
        "colour": [float(c) for c in f.colour],
        "settings": [
            float(f.alpha), bool(f.hide), bool(f.contour), float(f.brush_size), bool(f.show_boxes), int(f.box_size),
        ],
        "parent": f.parent is frame,
        "n_boxes": int(f.n_boxes),
        "boxes": {str(z): [[int(v) for v in box] for box in boxes] for z, boxes in f.boxes.items()},
        "edited": sorted(int(z) for z in f.edited_slices),
        "masks": {str(z): None if mask is None else about(mask) for z, mask in f.slices.items()},
    }  # fmt: skip


def about(mask):
    places = np.arange(mask.size).reshape(mask.shape)
    return [list(mask.shape), str(mask.dtype), int(mask.sum()), int((mask * places).sum())]


def slices(job):
    """Apply a model to a slice as the program does: normalisation, padding, everything."""
    model = new_model()
    model.load(job["path"])
    image = np.load(job["input"])
    return np.asarray(model.apply_to_slice(image, job["pixel_size_nm"]), float).tolist()


if __name__ == "__main__":
    with open(sys.argv[2]) as handle:
        task = json.load(handle)
    result = {"predict": predict, "load": load, "create": create, "annotations": annotations, "slices": slices}[
        sys.argv[1]
    ](task)
    with open(task["answer"], "w") as handle:
        json.dump(result, handle)
