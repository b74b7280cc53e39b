"""Surfaces, picks and the current slice in three dimensions, drawn by pythreejs."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import traitlets

from ais_jupyter.core.data.colors import CYCLE, Color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import ASSUMED_VOXEL_SIZE
from ais_jupyter.core.data.numbers import number, shown, whole
from ais_jupyter.core.data.picks import Picks, check_belonging
from ais_jupyter.core.data.segmentation import Segmentation, check_same_space
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.widgets.parts import parts_of
from ais_jupyter.widgets.scene import Space, pick_positions, slice_image
from ais_jupyter.widgets.surface_feature import SurfaceFeature
from ais_jupyter.widgets.three_scene import ThreeScene

_NM = 10.0  # Å
_PICK_COLOR: Color = (1.0, 0.85, 0.2)
_BACKGROUNDS = {"dark": "#15191e", "light": "#ffffff"}
_VIEWS = {"xy": "z", "xz": "y", "yz": "x"}


class SurfaceViewer(ipywidgets.HBox):
    """Surfaces of segmentations, with picks and the current slice, to turn and zoom.

    Drag to turn, right-drag to move, wheel to zoom; a double click on a surface moves the slice there. Each feature has
    a level, dust and an opacity. The surface is coarse while a slider moves, and fine when it stands still.

    Parameters
    ----------
    segmentations : path, Segmentation, Tomogram, or list of these
        ``<tomogram>__<feature>.mrc`` of one tomogram.
    tomogram : path or Tomogram, optional
        Shown as one slice across the volume.
    picks : Picks or path, optional
        Shown as balls.
    threshold : float
        Level 1–255 at which surfaces begin.
    dust : float
        Å³; smaller components are left out.
    pick_diameter : float
        Å; of the balls.
    width, height : int
        Of the picture, pixels.
    background : str
        "dark", "light", or a CSS colour.

    Attributes
    ----------
    features : dict of str → SurfaceFeature
        By title; `threshold`, `dust`, `opacity` and `visible` of each may be set.
    slice : int
        The slice that is shown.
    picks : Picks or None
        The picks that are shown; may be set.

    Raises
    ------
    InputError
        Nothing was given, the volumes are of different tomograms, or picks lie outside.
    """

    slice = traitlets.Int(help="Number of the slice that is shown")

    #: Nothing yet; `close` is also called for what could not be made.
    features: Mapping[str, SurfaceFeature] = {}

    def __init__(
        self,
        segmentations: Any,
        tomogram: Any = None,
        picks: Any = None,
        *,
        threshold: float = 128.0,
        dust: float = 1000.0,
        pick_diameter: float = 100.0,
        width: int = 720,
        height: int = 540,
        background: str = "dark",
        **kwargs: Any,
    ) -> None:
        from ais_jupyter.core.workflows.opening import open_segmentation, open_tomogram

        many = segmentations if isinstance(segmentations, list | tuple) else [segmentations]
        found = [open_segmentation(one) for one in many]
        if not found:
            raise InputError("give at least one segmentation")
        number(threshold, "threshold, a level,", 1, 255)
        number(dust, "dust, in Å³,", 0, 1e15)
        self._diameter = number(pick_diameter, "pick_diameter, in Å,", 0, 1e5, above=True)
        self._tomogram: Tomogram | None = None if tomogram is None else open_tomogram(tomogram)
        self._volume = self._tomogram or found[0].volume
        self._size = self._volume.pixel_size or ASSUMED_VOXEL_SIZE
        z, y, x = (side or ASSUMED_VOXEL_SIZE for side in self._volume.voxel_size)
        space = Space(_extent(self._volume), (z, y, x))
        for one in found:
            check_same_space(self._volume, one.volume)
        size = whole(width, "width, in pixels,", 50, 4000), whole(height, "height, in pixels,", 50, 4000)
        self._scene = ThreeScene(space, *size, _BACKGROUNDS.get(background, background))
        self._message = ipywidgets.HTML(layout={"width": "280px"})
        self.features = _titled(found, self._scene, threshold, dust, self._say)
        self._picks: Picks | None = None
        super().__init__([self._scene.renderer, self._controls()], **kwargs)
        self._scene.clicks.observe(self._clicked, "point")
        if self._tomogram is not None:
            self.slice = self._volume.shape[0] // 2
        try:
            self.picks = picks
        except BaseException:  # nothing of it stays open
            self.close()
            raise

    def _controls(self) -> ipywidgets.Widget:
        views = [ipywidgets.Button(description=title, layout={"width": "48px"}) for title in ("3D", "XY", "XZ", "YZ")]
        for button in views:
            button.on_click(lambda pressed: self.look(pressed.description.lower()))
        rows: list[ipywidgets.Widget] = [ipywidgets.HBox(views)]
        if self._tomogram is not None:
            slider = ipywidgets.IntSlider(
                min=0, max=self._volume.shape[0] - 1, description="Slice", layout={"width": "280px"},
                style={"description_width": "72px"},
            )  # fmt: skip
            traitlets.link((self, "slice"), (slider, "value"))
            shown_plane = ipywidgets.Checkbox(value=True, description="Show the slice", indent=False)
            shown_plane.observe(lambda change: setattr(self._scene.plane, "visible", change["new"]), "value")
            rows += [slider, shown_plane]
        rows += [feature.controls for feature in self.features.values()]
        return ipywidgets.VBox([*rows, self._message], layout={"padding": "0 0 0 12px"})

    def look(self, view: str) -> None:
        """Look at the volume from a side.

        Parameters
        ----------
        view : "xy", "xz", "yz" or "3d"
            The plane that is seen face on, or the view of the beginning.

        Raises
        ------
        InputError
            It is none of these.
        """
        if view != "3d" and view not in _VIEWS:
            raise InputError(f"view is xy, xz, yz or 3d, not {shown(view)}")
        self._scene.look_along(_VIEWS.get(view, "start"))

    @property
    def picks(self) -> Picks | None:
        """The picks that are shown, in voxels of the tomogram."""
        return self._picks

    @picks.setter
    def picks(self, source: Picks | str | Path | None) -> None:
        from ais_jupyter.core.workflows.opening import open_any

        found = open_any(source) if isinstance(source, str | Path) else source
        if found is None:
            found = Picks(np.zeros((0, 3)))
        if not isinstance(found, Picks):
            raise InputError(f"expected the picks of one tomogram, not {shown(found)}")
        found = check_belonging(found, self._volume)
        self._picks = found
        self._scene.show_points(pick_positions(found, self._size, self._scene.space), self._diameter / _NM, _PICK_COLOR)

    @traitlets.validate("slice")
    def _inside(self, proposal: Mapping[str, Any]) -> int:
        return min(max(int(proposal["value"]), 0), self._volume.shape[0] - 1)

    @traitlets.observe("slice")
    def _show_slice(self, change: Mapping[str, Any]) -> None:
        if self._tomogram is not None:
            depth = self._scene.space.size[2]
            height = (self.slice + 0.5) / self._volume.shape[0] * depth - depth / 2
            self._scene.show_slice(slice_image(self._tomogram, self.slice), height)

    def _clicked(self, change: Mapping[str, Any]) -> None:
        depth = self._scene.space.size[2]
        self.slice = int((change["new"][2] + depth / 2) / depth * self._volume.shape[0])

    def _say(self, text: str) -> None:
        self._message.value = html.escape(text)

    def close(self) -> None:
        """Leave the page and let go of the volumes."""
        for feature in self.features.values():
            feature.close()
        self.features = {}
        self._scene = self._tomogram = self._volume = None  # type: ignore[assignment]
        for part in parts_of(self):
            if part is not self:
                part.close()
        super().close()


def _titled(
    found: Sequence[Segmentation], scene: ThreeScene, threshold: float, dust: float, say: Any
) -> dict[str, SurfaceFeature]:
    features: dict[str, SurfaceFeature] = {}
    for place, segmentation in enumerate(found):
        feature = SurfaceFeature(segmentation, CYCLE[place % len(CYCLE)], scene, threshold, dust, say)
        title, count = feature.title, 2
        while title in features:
            title, count = f"{feature.title} ({count})", count + 1
        features[title] = feature
    return features


def _extent(volume: Tomogram) -> tuple[float, float, float]:
    z, y, x = (n * (side or ASSUMED_VOXEL_SIZE) for n, side in zip(volume.shape, volume.voxel_size))
    return z, y, x
