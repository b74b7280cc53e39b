"""How much of the machine's arithmetic our networks use: GFLOP/s beside matrix products and convolutions, in one run.

python benchmarks/compute.py
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import inputs
import numpy as np
from measure import describe_machine, median

import ais_jupyter as ais
from ais_jupyter.core.data.network import Network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-a", "--architectures", nargs="+", default=["VGGNet S", "VGGNet M", "UNet M"])
    parser.add_argument("--size", type=int, default=576, help="edge of the slice that the network sees")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-training", action="store_true")
    options = parser.parse_args()
    print(describe_machine())

    contestants = peaks()
    for title in options.architectures:
        contestants.update(inference(title, options.size))
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(options.rounds):  # all in turn, so that what else the machine does falls on all
        for name, (work, gflop) in contestants.items():
            rates[name].append(gflop / seconds(work))
    roof = {p: max(median(rates[n]) for n in rates if n.startswith("peak") and p in n) for p in ("float32", "bfloat16")}
    print(f"\n{'':44s}{'GFLOP/s':>9s}{'of the peak':>13s}   medians of {options.rounds} interleaved rounds")
    for name, values in rates.items():
        precision = "bfloat16" if "bfloat16" in name else "float32"
        print(f"{name:44s}{median(values):9.0f}{median(values) / roof[precision]:13.0%}")
    if not options.no_training:
        for title in options.architectures:
            training(title, roof)


def seconds(work: Callable[[], object], at_least: float = 0.6) -> float:
    """Median time of one call, after a first one to warm up."""
    work()
    times: list[float] = []
    while sum(times) < at_least or len(times) < 3:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def peaks() -> dict[str, tuple[Callable[[], object], float]]:
    """Matrix products and a 3×3 convolution of 128 channels, each with its GFLOP."""
    import tensorflow as tf

    n = 2048
    a = np.random.default_rng(0).random((n, n), np.float32)
    product = 2 * n**3 / 1e9
    half = tf.cast(a, tf.bfloat16)
    found = {
        "peak: NumPy matmul float32": (lambda: a @ a, product),
        "peak: TensorFlow matmul float32": (lambda: tf.matmul(a, a).numpy(), product),
        "peak: TensorFlow matmul bfloat16": (lambda: tf.matmul(half, half)[0, 0].numpy(), product),
    }
    edge, channels, layers = 128, 128, 4
    image = tf.random.normal((4, edge, edge, channels))
    kernel = tf.random.normal((3, 3, channels, channels))
    convolution = 2 * 9 * channels**2 * edge**2 * 4 / 1e9
    for kind in (tf.float32, tf.bfloat16):
        x, k = tf.cast(image, kind), tf.cast(kernel, kind)
        work = tf.function(lambda x=x, k=k: tf.reduce_sum(tf.nn.conv2d(x, k, 1, "SAME")[0, 0, 0]))
        found[f"peak: TensorFlow conv 3×3 {kind.name}"] = (lambda work=work: work().numpy(), convolution)
    try:
        for precision in ("float32", "bfloat16"):
            found[f"peak: OpenVINO conv 3×3 {precision}"] = (
                _openvino(precision, layers, channels, edge),
                layers * convolution,
            )
    except ImportError:
        print("OpenVINO is not installed: its convolution is left out")
    return found


def _openvino(precision: str, layers: int, channels: int, edge: int) -> Callable[[], object]:
    """Chain of plain convolutions on four images, straight in OpenVINO."""
    import openvino as ov
    from openvino import opset13 as ops

    rng = np.random.default_rng(0)
    first = node = ops.parameter([4, channels, edge, edge], np.float32)
    for _ in range(layers):
        kernel = ops.constant(rng.normal(0, 0.03, (channels, channels, 3, 3)).astype(np.float32))
        node = ops.relu(ops.convolution(node, kernel, [1, 1], [1, 1], [1, 1], [1, 1]))
    least = ops.reduce_max(node, np.array([1, 2, 3]), False)
    hint = {"INFERENCE_PRECISION_HINT": "f32" if precision == "float32" else "bf16"}
    compiled = ov.Core().compile_model(ov.Model([least], [first]), "CPU", hint)
    image = rng.random((4, channels, edge, edge), np.float32)
    return lambda: compiled(image)


def inference(title: str, size: int) -> dict[str, tuple[Callable[[], object], float]]:
    """Our engine on one slice, in both precisions."""
    model = ais.SegmentationModel(title, "benchmark").build(box_size=64)
    assert model.network is not None
    gflop = flops(model.network, size) / 1e9
    image = np.random.default_rng(0).normal(size=(1, size, size, 1)).astype(np.float32)
    found = {}
    for precision in ("float32", "bfloat16"):
        engine = model.engine(precision=precision)
        name = f"{title}, {gflop:.0f} GFLOP per {size}², {precision}"
        found[name] = (lambda engine=engine: engine.predict(image), gflop)
    return found


def training(title: str, roof: dict[str, float]) -> None:
    """Steps of 32 boxes of 64 px; forward and backward count as three times forward."""
    with tempfile.TemporaryDirectory() as folder:
        boxes = ais.open(inputs.training_set(Path(folder)))
    for precision in ("float32", "bfloat16"):
        model = ais.SegmentationModel(title, "benchmark").build(box_size=64)
        assert model.network is not None
        gflop = 3 * 32 * flops(model.network, 64) / 1e9
        from ais_jupyter.core.learning.training_options import TrainingOptions

        work = model.training(boxes, TrainingOptions(epochs=2, n_copies=4, precision=precision))
        marks = [time.perf_counter() for report in work if "batch_loss" in report.values]
        rate = gflop / median(np.diff(marks[3:]).tolist())
        print(f"{f'{title}, training, {precision}':44s}{rate:9.0f}{rate / roof[precision]:13.0%}")


def flops(network: Network, size: int) -> float:
    """Operations (multiplications and additions) of the convolutions for one square image of this edge."""
    edges = {network.layers[0].name: size}
    total = 0.0
    for layer in network.layers[1:]:
        edge = edges[layer.inputs[0]]
        step = int(np.atleast_1d(layer.config.get("strides") or 1)[0])
        if layer.kind == "Conv2D":
            edge = -(-edge // step)
            total += 2.0 * layer.weights[0].size * edge**2
        elif layer.kind == "Conv2DTranspose":
            total += 2.0 * layer.weights[0].size * edge**2
            edge *= step
        elif layer.kind in ("MaxPooling2D", "AveragePooling2D"):
            edge //= int(np.atleast_1d(layer.config.get("strides") or layer.config.get("pool_size", 2))[0])
        elif layer.kind == "UpSampling2D":
            edge *= int(np.atleast_1d(layer.config.get("size", 2))[0])
        edges[layer.name] = edge
    return total


if __name__ == "__main__":
    main()
