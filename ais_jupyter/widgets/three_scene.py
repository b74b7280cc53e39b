"""A scene as objects of pythreejs, whose arrays are swapped and which are never made anew."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pythreejs as three

from ais_jupyter.core.data.colors import Color
from ais_jupyter.widgets.scene import MeshArrays, Space, ball_image

_FIELD_OF_VIEW = 35.0  # degrees
_DIRECTIONS = {"z": (0, 0, 1), "y": (0, -1, 0), "x": (1, 0, 0), "start": (0.55, -0.75, 0.6)}


def css(color: Color) -> str:
    """Colour (0–1) as pythreejs takes it."""
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, c))):02x}" for c in color)


class ThreeMesh:
    """One feature: a mesh whose arrays, colour and opacity change."""

    def __init__(self, color: Color, opacity: float) -> None:
        arrays = MeshArrays.empty()
        self._position = three.BufferAttribute(arrays.position, normalized=False)
        self._normal = three.BufferAttribute(arrays.normal, normalized=False)
        self._index = three.BufferAttribute(arrays.index, normalized=False)
        self._geometry = three.BufferGeometry(
            attributes={"position": self._position, "normal": self._normal}, index=self._index
        )
        self.material = three.MeshPhongMaterial(
            color=css(color), opacity=opacity, transparent=opacity < 1, side="DoubleSide", shininess=20
        )
        self.object = three.Mesh(self._geometry, self.material, frustumCulled=False)

    def show(self, arrays: MeshArrays) -> None:
        """Swap the arrays; call it while the renderer is held."""
        self._position.array, self._normal.array = arrays.position, arrays.normal
        self._index.array = arrays.index
        self._geometry.exec_three_obj_method("computeBoundingSphere")  # clicks look at it first

    def set_opacity(self, opacity: float) -> None:
        """Set the opacity, 0–1."""
        self.material.opacity, self.material.transparent = opacity, opacity < 1


class ThreeScene:
    """Camera, lights, bounding box, features, picks and the current slice.

    Parameters
    ----------
    space : Space
    width, height : int
        Pixels.
    background : str
        CSS colour.
    """

    def __init__(self, space: Space, width: int, height: int, background: str) -> None:
        self.space = space
        self._distance = 0.95 * float(np.linalg.norm(space.size)) / (2 * math.tan(math.radians(_FIELD_OF_VIEW) / 2))
        self.camera = three.PerspectiveCamera(
            fov=_FIELD_OF_VIEW, aspect=width / height, near=self._distance / 200, far=self._distance * 10, up=(0, 0, 1)
        )
        self.camera.add(three.DirectionalLight("#ffffff", intensity=0.7, position=(-1, 2, 3)))
        self.features = three.Group()
        edges = three.BufferGeometry(attributes={"position": three.BufferAttribute(space.edges(), normalized=False)})
        self.box = three.LineSegments(edges, three.LineBasicMaterial(color="#8a97a5"))
        self._points = three.BufferAttribute(np.full((1, 3), 1e6, np.float32), normalized=False)
        self._points_material = three.PointsMaterial(
            size=1, sizeAttenuation=True, map=three.DataTexture(ball_image(), flipY=False), alphaTest=0.5
        )
        geometry = three.BufferGeometry(attributes={"position": self._points})
        self.points = three.Points(geometry, self._points_material, frustumCulled=False)
        self._texture: three.DataTexture | None = None
        self.plane = three.Group()
        lights = [three.AmbientLight("#ffffff", intensity=0.45)]
        parts = [self.camera, *lights, self.features, self.box, self.points, self.plane]
        self.scene = three.Scene(children=parts, background=background)
        self.controls = three.OrbitControls(controlling=self.camera, screenSpacePanning=True)
        self.clicks = three.Picker(controlling=self.features, event="dblclick")
        self.renderer = three.Renderer(
            self.scene,
            self.camera,
            [self.controls, self.clicks],
            antialias=True,
            width=width,
            height=height,
        )
        self.look_along("start")

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Draw what changes inside as one picture."""
        with self.renderer.hold():
            yield

    def add_feature(self, color: Color, opacity: float) -> ThreeMesh:
        """Add a feature, empty at first."""
        mesh = ThreeMesh(color, opacity)
        self.features.add(mesh.object)
        return mesh

    def look_along(self, axis: str) -> None:
        """Look along "z", "y" or "x", or as in the beginning ("start")."""
        direction = np.array(_DIRECTIONS[axis], float)
        with self.at_once():
            self.camera.up = (0, 1, 0) if axis == "z" else (0, 0, 1)
            self.camera.position = tuple((direction / np.linalg.norm(direction) * self._distance).tolist())
            self.controls.target = (0, 0, 0)
            self.camera.lookAt((0, 0, 0))

    def show_points(self, positions: np.ndarray, diameter: float, color: Color) -> None:
        """Show balls of `diameter` nm at `positions`, float32 (n, 3)."""
        with self.at_once():
            self._points.array = positions
            # three.js leaves the angle of view out of the size of points
            self._points_material.size = diameter / math.tan(math.radians(_FIELD_OF_VIEW) / 2)
            self._points_material.color = css(color)

    def show_slice(self, image: np.ndarray, height: float) -> None:
        """Show grey values uint8 (y, x) across the volume, `height` nm above its middle."""
        with self.at_once():
            if self._texture is None:
                self._texture = three.DataTexture(
                    image, format="LuminanceFormat", magFilter="LinearFilter", minFilter="LinearFilter"
                )
                width, depth, _ = self.space.size
                material = three.MeshBasicMaterial(map=self._texture, side="DoubleSide")
                self.plane.add(three.Mesh(three.PlaneBufferGeometry(width, depth), material))
            else:
                self._texture.data = image
            self.plane.position = (0, 0, height)
