"""What Keras 2 and Keras 3 compute differently under the same name.

Only ``hard_sigmoid`` does among the activations and layers of the catalogue: it is clip(0.2 x + 0.5, 0, 1) in Keras 2
and clip(x / 6 + 0.5, 0, 1) in Keras 3. Both are spelled out with layers that mean the same in either, so that a network
computes what it was trained to, whoever reads it.
"""

from __future__ import annotations

from dataclasses import replace

from ais_jupyter.core.data.network import Layer, Network

#: Activations that the two versions compute differently.
CHANGED = {"hard_sigmoid"}
_SLOPE_2, _SLOPE_3 = 0.2, 1 / 6


def from_keras2_meaning(network: Network) -> Network:
    """Return a network as Keras 2 stored it in layers that Keras 3 computes alike."""
    return _spelled_out(network, _SLOPE_2)


def to_keras2_meaning(network: Network) -> Network:
    """Return a network of Keras 3 in layers that Keras 2 computes alike."""
    return _spelled_out(network, _SLOPE_3)


def _spelled_out(network: Network, slope: float) -> Network:
    """Put ``hard_sigmoid`` into layers of their own: a scale and an offset, cut off at 0 and 1."""
    if not any(layer.config.get("activation") in CHANGED for layer in network.layers):
        return network
    names = {layer.name for layer in network.layers}
    ends: dict[str, str] = {}  # layer → the layer that now ends it
    layers: list[Layer] = []
    for layer in network.layers:
        layer = replace(layer, inputs=[ends.get(name, name) for name in layer.inputs])
        if layer.config.get("activation") not in CHANGED:
            layers.append(layer)
            continue
        scaled, cut = (_free(f"{layer.name}_{part}", names) for part in ("scaled", "clipped"))
        layers += [
            replace(layer, config={**layer.config, "activation": "linear"}),
            Layer(scaled, "Rescaling", {"scale": slope, "offset": 0.5}, [layer.name]),
            Layer(cut, "ReLU", {"max_value": 1.0, "negative_slope": 0.0, "threshold": 0.0}, [scaled]),
        ]
        ends[layer.name] = cut
    return Network(layers, ends.get(network.output, network.output), network.name)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name
