from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ais_jupyter.core.data.errors import FileFormatError, UnsafeFileError
from ais_jupyter.core.data.model_info import Interaction, ModelInfo, StoredGroup, StoredModel
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.keras2_h5 import read_network, write_network
from ais_jupyter.core.files.safe_tar import add_member
from ais_jupyter.core.files.scnm import read_scnm, write_scnm
from ais_jupyter.core.files.scnm_preview import make_picture
from ais_jupyter.core.files.scnmgroup import write_scnmgroup
from ais_jupyter.core.files.scnt import read_scnt

REQUIRED = {
    "title", "colour", "apix", "compiled", "box_size", "model_enum", "epochs", "batch_size", "n_copies",
    "excess_negative", "active", "blend", "show", "alpha", "threshold", "overlap", "active_tab", "n_parameters", "info",
    "info_short", "emit", "absorb", "loss",
}  # fmt: skip


def weights(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def small_network() -> Network:
    same = {"kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "activation": "relu"}
    return Network(
        [
            Layer("input", "InputLayer", {"shape": [None, None, 1]}),
            Layer("c1", "Conv2D", {"filters": 4, **same}, ["input"], [weights(3, 3, 1, 4), weights(4)]),
            Layer("n1", "BatchNormalization", {"axis": -1, "epsilon": 1e-3}, ["c1"], [weights(4) for _ in range(4)]),
            Layer("l1", "LeakyReLU", {"negative_slope": 0.2}, ["n1"]),
            Layer("p1", "MaxPooling2D", {"pool_size": [2, 2], "strides": [2, 2], "padding": "valid"}, ["l1"]),
            Layer(
                "t1", "Conv2DTranspose",
                {"filters": 3, "kernel_size": [2, 2], "strides": [2, 2], "padding": "same", "use_bias": False},
                ["p1"], [weights(2, 2, 3, 4)],
            ),
            Layer("k1", "Concatenate", {"axis": -1}, ["t1", "l1"]),
            Layer("d1", "Dropout", {"rate": 0.25}, ["k1"]),
            Layer(
                "o1", "Conv2D", {"filters": 1, "kernel_size": [1, 1], "activation": "sigmoid"}, ["d1"],
                [weights(1, 1, 7, 1), weights(1)],
            ),
        ],
        "o1",
        "model",
    )  # fmt: skip


def assert_same_network(found: Network, wanted: Network) -> None:
    assert found.output == wanted.output
    for a, b in zip(found.layers, wanted.layers, strict=True):
        assert (a.name, a.kind, a.config, a.inputs) == (b.name, b.kind, b.config, b.inputs)
        assert len(a.weights) == len(b.weights)
        for x, y in zip(a.weights, b.weights, strict=True):
            np.testing.assert_array_equal(x, y)


# real files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["LinearTest25D", "LinearTest2D", "LinearTest2D_15A", "LinearTest2D_legacynorm", "cli_trained_unet_s",
     "handwritten_h5_minimal", "unet_s_training_mode", "vggnet_m_inference_mode"],
)  # fmt: skip
def test_samples(shared: Path, name: str) -> None:
    facts = json.loads((shared / "samples/manifest.json").read_text())["scnm"][f"{name}.scnm"]["metadata"]
    model = open_file(shared / "samples/scnm" / f"{name}.scnm")
    info = model.info
    named = {"title": "title", "voxel_size": "apix", "architecture": "arch", "depth": "model_depth"}
    for field, key in {**named, **{k: k for k in vars(info) if k in facts}}.items():
        if key in facts:
            assert getattr(info, field) == facts[key], key
    assert info.color == pytest.approx(facts["colour"])
    assert model.network.input_shape == (None, None, facts.get("model_depth", 1))
    if name != "handwritten_h5_minimal":  # which does not tell the truth about itself
        assert model.network.n_parameters == facts["n_parameters"]
    else:
        assert info.architecture == "Mini net"


def test_training_state_and_preview(shared: Path) -> None:
    model = open_file(shared / "samples/scnm/unet_s_training_mode.scnm")
    first = model.network.layers[1]
    assert model.optimizer["adam/conv2d_kernel_momentum"].shape == first.weights[0].shape
    assert model.optimizer["adam/iteration"] > 0
    slices, picture = model.preview
    assert slices.shape == (1, 96, 112)
    assert picture.shape == (512, 512, 3)


def test_group_sample(shared: Path) -> None:
    group = open_file(shared / "samples/scnm/group.scnmgroup")
    assert [m.info.title for m in group.models] == ["Membrane", "Ribosome"]
    assert group.interactions == [
        Interaction("Membrane", "Ribosome", "avoid", 125.0, 0.35),
        Interaction("Ribosome", "Membrane", "colocalize", 300.0, 0.6),
    ]


# writing -------------------------------------------------------------------------------------------------------------


def test_what_is_written_has_every_key_ais_needs(tmp_path: Path) -> None:
    info = ModelInfo("Membrane", "VGGNet double", voxel_size=7.84, box_size=32, loss=0.0824)
    write_scnm(StoredModel(info, small_network()), tmp_path / "Membrane.scnm")
    with tarfile.open(tmp_path / "Membrane.scnm") as archive:
        assert archive.getnames() == ["Membrane_weights.h5", "Membrane_metadata.json"]
        metadata = json.load(archive.extractfile("Membrane_metadata.json"))
        data = archive.extractfile("Membrane_weights.h5").read()
    assert set(metadata) >= REQUIRED
    assert (metadata["arch"], metadata["model_enum"], metadata["compiled"]) == ("VGGNet M", 10, True)
    assert metadata["info"] == "VGGNet M (0.0 Mp, 32-1, 7.8, 0.0824)"
    with h5py.File(io.BytesIO(data)) as file:
        assert (file.attrs["keras_version"], file.attrs["backend"]) == ("2.15.0", "tensorflow")
        config = json.loads(file.attrs["model_config"])
        assert [n.decode() for n in file["model_weights"].attrs["layer_names"]] == [
            layer["name"] for layer in config["config"]["layers"]
        ]
    by_name = {layer["name"]: layer["config"] for layer in config["config"]["layers"]}
    assert by_name["n1"]["axis"] == [-1]
    assert by_name["l1"] == {"name": "l1", "trainable": True, "dtype": "float32", "alpha": 0.2}
    assert "groups" not in by_name["t1"]


values = st.floats(-1e6, 1e6)
infos = st.builds(
    ModelInfo,
    title=st.text(max_size=20), architecture=st.sampled_from(["VGGNet M", "UNet S", "my own"]),
    color=st.tuples(*[st.floats(0, 1)] * 3), voxel_size=values, box_size=st.integers(-1, 512),
    z_jitter=st.integers(0, 16),
    normalization=st.sampled_from([None, "global_mad"]), threshold=values, alpha=values, overlap=values,
    tta=st.integers(1, 16), active=st.booleans(), blend=st.booleans(), show=st.booleans(), emit=st.booleans(),
    absorb=st.booleans(), epochs=st.integers(1, 999), batch_size=st.integers(1, 999), n_copies=st.integers(1, 99),
    excess_negative=st.integers(-100, 500), learning_rate=st.none() | values, loss=values,
    filament_diameter=st.none() | values,
    extra=st.dictionaries(st.text(max_size=5).map("own_{}".format), st.none() | values, max_size=2),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(info=infos, with_optimizer=st.booleans())
def test_round_trip(tmp_path: Path, info: ModelInfo, with_optimizer: bool) -> None:
    network = small_network()
    optimizer = (
        {"adam/iteration": np.array(7), "adam/c1_kernel_momentum": weights(3, 3, 1, 4)} if with_optimizer else {}
    )
    write_scnm(StoredModel(info, network, optimizer=optimizer), tmp_path / "a.scnm")
    found = read_scnm(tmp_path / "a.scnm")
    for name in ("active_tab", "model_enum"):
        found.info.extra.pop(name)
    assert found.info == info
    assert_same_network(found.network, network)
    assert found.optimizer.keys() == optimizer.keys()
    for key, value in optimizer.items():
        np.testing.assert_array_equal(found.optimizer[key], value)


def test_preview_round_trip(tmp_path: Path) -> None:
    image = np.random.default_rng(0).normal(size=(40, 50)).astype(np.float32)
    picture = make_picture(image, image > 1, (1.0, 0.0, 0.0))
    assert picture.shape == (512, 512, 3)
    write_scnm(StoredModel(ModelInfo(), small_network(), preview=(image[np.newaxis], picture)), tmp_path / "a.scnm")
    slices, again = read_scnm(tmp_path / "a.scnm").preview
    np.testing.assert_array_equal(slices[0], image)
    np.testing.assert_array_equal(again, picture)


def test_group_round_trip(tmp_path: Path) -> None:
    models = [StoredModel(ModelInfo(f"m{i}", "UNet S", n_parameters=95), small_network()) for i in range(12)]
    interactions = [Interaction("m1", "m11", "avoid", 125.0, 0.25)]
    write_scnmgroup(StoredGroup(models, interactions), tmp_path / "g.scnmgroup")
    found = open_file(tmp_path / "g.scnmgroup")
    assert [m.info.title for m in found.models] == [f"m{i}" for i in range(12)]
    assert found.interactions == interactions
    with tarfile.open(tmp_path / "g.scnmgroup") as archive:
        assert sorted(archive.getnames()) == sorted([f"g_model_{i}.scnm" for i in range(12)] + ["g_interactions.json"])


def test_weights_of_ones_own_making_are_kept(tmp_path: Path) -> None:
    write_scnm(StoredModel(ModelInfo("a", "mine"), weights_file=b"anything at all"), tmp_path / "a.scnm")
    found = read_scnm(tmp_path / "a.scnm")
    assert (found.network, found.weights_file) == (None, b"anything at all")


def test_a_model_without_weights_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="no weights yet"):
        write_scnm(StoredModel(ModelInfo()), tmp_path / "a.scnm")
    assert list(tmp_path.iterdir()) == []


# the first versions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights_name", ["a.scnm_weights.h5", "a_weights.h5"])
def test_the_form_of_the_first_versions(tmp_path: Path, weights_name: str) -> None:
    metadata = {"title": "Old", "colour": [1, 0, 0], "apix": 7.84, "model_enum": 7, "epochs": 25}
    (tmp_path / "a.scnm").write_text(json.dumps(metadata))
    with pytest.raises(FileFormatError, match=r"second file; looked for a\.scnm_weights\.h5 and a_weights\.h5"):
        open_file(tmp_path / "a.scnm")
    (tmp_path / weights_name).write_bytes(write_network(small_network()))
    model = open_file(tmp_path / "a.scnm")
    assert (model.info.architecture, model.info.title, model.info.normalization) == ("VGGNet", "Old", None)
    assert_same_network(model.network, small_network())
    (tmp_path / "actions.json").write_text('[{"parent_title": "Old", "partner_title": "Old"}]')
    (tmp_path / "g.scnmgroup").write_text(json.dumps(["C:\\x\\actions.json", "/elsewhere/a.scnm"]))
    group = open_file(tmp_path / "g.scnmgroup")
    assert group.models[0].info.title == "Old"
    assert group.interactions == [Interaction("Old", "Old", "colocalize", 100.0, 0.5)]
    (tmp_path / "g.scnmgroup").write_text(json.dumps(["actions.json", "b.scnm"]))
    with pytest.raises(FileFormatError, match="lists b.scnm"):
        open_file(tmp_path / "g.scnmgroup")


def test_architecture_from_info_then_from_number(tmp_path: Path) -> None:
    def named(**metadata: object) -> str:
        with tarfile.open(tmp_path / "a.scnm", "w") as archive:
            add_member(archive, "a_weights.h5", b"own")
            add_member(archive, "a_metadata.json", json.dumps({"title": "a", "apix": 1.0, **metadata}).encode())
        return read_scnm(tmp_path / "a.scnm").info.architecture

    assert named(info="VGGNet (1493059, 64, 7.840, 0.0123)", model_enum=3) == "VGGNet"
    assert named(arch="UNet S", info="VGGNet (1, 2)", model_enum=3) == "UNet S"
    assert named(model_enum=15) == "VGGNet M"
    assert named(model_enum=99) == ""


# refusals ------------------------------------------------------------------------------------------------------------


def hostile(path: Path, layer: dict, **changes: object) -> Path:
    """Write a model whose middle layer is `layer`."""
    data = io.BytesIO(write_network(small_network()))
    with h5py.File(data, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        at = config["config"]["layers"][3]
        at.update(layer)
        file.attrs["model_config"] = json.dumps({**config, **changes})
    with tarfile.open(path, "w") as archive:
        add_member(archive, "a_weights.h5", data.getvalue())
        add_member(archive, "a_metadata.json", b'{"title": "a", "apix": 1.0}')
    return path


CODE = ["4wEAAAAAAAAAAAAAAAEAAAAEAAAAQwAAAHMSAAAAdABkAYMBoAFkAqEBAQB8AFMA", None, None]


@pytest.mark.parametrize(
    "layer",
    [
        {"class_name": "Lambda", "config": {"name": "x", "function": CODE, "function_type": "lambda"}},
        {"class_name": "TFOpLambda", "config": {"name": "x", "function": "io.write_file"}},
        {"class_name": "Custom>Evil", "config": {"name": "x"}},
        {"class_name": "Activation", "config": {"name": "x", "activation": {"class_name": "__lambda__", "config": {}}}},
        {"class_name": "Activation", "config": {"name": "x", "activation": "os.system"}},
    ],
)
def test_code_in_layers_is_refused(tmp_path: Path, layer: dict) -> None:
    with pytest.raises(UnsafeFileError, match="nothing was run|Keras does not name"):
        open_file(hostile(tmp_path / "a.scnm", layer))


def test_those_who_trust_a_file_get_its_weights_unread(tmp_path: Path) -> None:
    path = hostile(tmp_path / "a.scnm", {"class_name": "Lambda", "config": {"name": "x", "function": CODE}})
    model = read_scnm(path, allow_custom_layers=True)
    assert model.network is None
    assert model.weights_file is not None
    assert model.weights_file[:4] == b"\x89HDF"


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ({"class_name": "LSTM"}, "is a LSTM, which is not supported; supported layers are .*Conv2D"),
        ({"inbound_nodes": [[["nowhere", 0, 0, {}]]]}, "do not exist or form a circle"),
        ({"inbound_nodes": [[["n1", 0, 0, {}]], [["c1", 0, 0, {}]]]}, "used more than once"),
        ({"inbound_nodes": [[["n1", 0, 0, {"mask": 1}]]]}, "not described"),
        ({"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": [3, 3]}}, "no weights|weights"),
        ({"class_name": "Conv2D", "config": {"filters": 4, "data_format": "channels_first"}}, "channels first"),
    ],
)
def test_graphs_that_make_no_sense(tmp_path: Path, layer: dict, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        open_file(hostile(tmp_path / "a.scnm", layer))


def edited(change) -> bytes:
    data = io.BytesIO(write_network(small_network()))
    with h5py.File(data, "r+") as file:
        change(file)
    return data.getvalue()


def test_links_out_of_the_file_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["kernel"] = weights(3, 3, 1, 4)

    def external_link(file: h5py.File) -> None:
        del file["model_weights/c1/c1/kernel:0"]
        file["model_weights/c1/c1/kernel:0"] = h5py.ExternalLink(str(secret), "kernel")

    def soft_link(file: h5py.File) -> None:
        del file["model_weights/c1"]
        file["model_weights/c1"] = h5py.SoftLink("/model_weights/n1")

    def external_data(file: h5py.File) -> None:
        group = file["model_weights/c1/c1"]
        del group["kernel:0"]
        group.create_dataset("kernel:0", (3, 3, 1, 4), "f4", external=[(str(secret), 0, 144)])

    def virtual(file: h5py.File) -> None:
        layout = h5py.VirtualLayout((3, 3, 1, 4), "f4")
        layout[:] = h5py.VirtualSource(str(secret), "kernel", (3, 3, 1, 4))
        group = file["model_weights/c1/c1"]
        del group["kernel:0"]
        group.create_virtual_dataset("kernel:0", layout)

    for change in (external_link, soft_link, external_data, virtual):
        with pytest.raises(UnsafeFileError, match="in the file itself"):
            read_network(edited(change), "a")


@pytest.mark.parametrize("options", [{}, {"chunks": (1024, 1024), "fillvalue": 0}])
def test_absurd_arrays_are_refused(options: dict) -> None:
    def huge(file: h5py.File) -> None:
        group = file["model_weights/c1/c1"]
        del group["kernel:0"]
        group.create_dataset("kernel:0", (1 << 20, 1 << 20), "f4", **options)

    with pytest.raises(FileFormatError, match="outside the file|in one piece"):
        read_network(edited(huge), "a")


def test_shapes_larger_than_what_is_stored_are_refused() -> None:
    data = write_network(small_network())
    shape = np.array([3, 3, 1, 4], "<u8").tobytes()
    assert data.count(shape) == 2  # the size and the largest size of the first kernel
    with pytest.raises(UnsafeFileError, match="bytes are announced where 144 are stored"):
        read_network(data.replace(shape, np.array([3 << 30, 3, 1, 4], "<u8").tobytes()), "a")


def test_damaged_metadata(tmp_path: Path) -> None:
    for metadata, message in (
        (b"{", "JSON"),
        (b"[]", "dict"),
        (b'{"apix": "x"}', "number"),
        (b'{"colour": 3}', "colour"),
    ):
        with tarfile.open(tmp_path / "a.scnm", "w") as archive:
            add_member(archive, "a_weights.h5", b"own")
            add_member(archive, "a_metadata.json", metadata)
        with pytest.raises(FileFormatError, match=message):
            read_scnm(tmp_path / "a.scnm")


def test_a_model_given_as_training_set_is_named(shared: Path) -> None:
    with pytest.raises(FileFormatError, match=r"is a trained model \(\.scnm\), not a training set \(\.scnt\)"):
        read_scnt(shared / "samples/scnm/LinearTest2D.scnm")
    with pytest.raises(FileFormatError, match=r"is a training set \(\.scnt\), not a model"):
        read_scnm(shared / "samples/scnt/tar_gui_64x64x1_7.84Apx.scnt")


def test_optimizer_arrays_cannot_unpack_to_more_than_the_file(tmp_path: Path) -> None:
    packed = io.BytesIO()
    np.savez_compressed(packed, a=np.zeros(1 << 22))
    with tarfile.open(tmp_path / "a.scnm", "w") as archive:
        add_member(archive, "a_weights.h5", b"own")
        add_member(archive, "a_metadata.json", b"{}")
        add_member(archive, "a_optimizer.npz", packed.getvalue())
    with pytest.raises(UnsafeFileError, match="uncompressed"):
        read_scnm(tmp_path / "a.scnm")
