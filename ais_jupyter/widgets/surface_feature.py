"""One feature of the surface viewer: its surface, coarse at once and fine when nothing moves, and its controls."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import ipywidgets

from ais_jupyter.core.data.colors import Color
from ais_jupyter.core.data.errors import AisError
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.surface import Surface
from ais_jupyter.core.workflows.surfacing import SurfaceMaker, default_binning
from ais_jupyter.widgets.scene import MeshArrays
from ais_jupyter.widgets.three_scene import ThreeMesh, ThreeScene, css

#: Voxels of the coarse volume, whose surface takes less than 0.2 s.
_COARSE_VOXELS = 400_000
#: Seconds without a change after which the fine surface is made.
_STILL = 0.4
_CUBIC_NM = 1000.0  # Å³
_LAYOUT = {"width": "280px"}  # not a widget: each control has its own
_STYLE = {"description_width": "72px"}


class SurfaceFeature:
    """A segmentation in the viewer.

    Parameters
    ----------
    segmentation : Segmentation
    color : (r, g, b)
    scene : ThreeScene
    threshold : float
        Level 1–255.
    dust : float
        Å³.
    say : function
        Shows a sentence to the person.

    Attributes
    ----------
    surface : Surface or None
        What is shown, without dust; None while nothing reaches the threshold.
    fine : bool
        Whether it is the fine one.
    threshold, dust, opacity, visible
        As the controls say; may be set.
    """

    def __init__(
        self,
        segmentation: Segmentation,
        color: Color,
        scene: ThreeScene,
        threshold: float,
        dust: float,
        say: Callable[[str], None],
    ) -> None:
        self.title = segmentation.feature or segmentation.tomogram_name
        self.surface: Surface | None = None
        self.fine = False
        self._scene, self._color, self._say = scene, color, say
        self._segmentation = segmentation
        self._mesh: ThreeMesh = scene.add_feature(color, 1.0)
        binning = default_binning(segmentation.volume.shape)
        coarse = math.ceil((math.prod(segmentation.volume.shape) / _COARSE_VOXELS) ** (1 / 3))
        self._binnings = [coarse, binning] if coarse > binning else [binning]
        self._makers: dict[int, SurfaceMaker] = {}
        self._whole: tuple[tuple[int, float], Surface] | None = None
        self._lock, self._closed = threading.RLock(), False
        self._timer: threading.Timer | None = None
        self._make_controls(threshold, dust)
        self.update()

    def _make_controls(self, threshold: float, dust: float) -> None:
        self._shown = ipywidgets.Checkbox(value=True, description=self.title, indent=False, layout=_LAYOUT)
        self._paint = ipywidgets.ColorPicker(value=css(self._color), concise=True, layout={"width": "28px"})
        self._level = ipywidgets.FloatSlider(
            value=threshold,
            min=1,
            max=255,
            step=1,
            description="Level",
            readout_format=".0f",
            layout=_LAYOUT,
            style=_STYLE,
        )
        self._dust = ipywidgets.FloatLogSlider(
            value=max(dust, _CUBIC_NM) / _CUBIC_NM, min=0, max=6, step=0.1, description="Dust, nm³",
            readout_format=".0f", layout=_LAYOUT, style=_STYLE,
        )  # fmt: skip
        self._opacity = ipywidgets.FloatSlider(
            value=1.0, min=0.05, max=1, step=0.05, description="Opacity", layout=_LAYOUT, style=_STYLE
        )
        self._level.observe(lambda change: self.update(), "value")
        self._dust.observe(lambda change: self.update(), "value")
        self._opacity.observe(lambda change: self._mesh.set_opacity(change["new"]), "value")
        self._shown.observe(lambda change: setattr(self._mesh.object, "visible", change["new"]), "value")
        self._paint.observe(lambda change: setattr(self._mesh.material, "color", change["new"]), "value")
        title = ipywidgets.HBox([self._paint, self._shown])
        self.controls = ipywidgets.VBox([title, self._level, self._dust, self._opacity])

    def update(self) -> None:
        """Show the coarse surface at once, and the fine one when nothing has changed for a moment."""
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            self._show(self._binnings[0])
        if len(self._binnings) > 1 and not self._closed:
            self._timer = threading.Timer(_STILL, self._refine)
            self._timer.daemon = True
            self._timer.start()

    def wait(self) -> None:
        """Return when the fine surface is there."""
        if (timer := self._timer) is not None:
            timer.join()

    def close(self) -> None:
        """Make no more surfaces."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()

    def _refine(self) -> None:
        asked = self.threshold, self.dust
        with self._lock:
            if not self._closed and asked == (self.threshold, self.dust):
                self._show(self._binnings[-1])

    def _show(self, binning: int) -> None:
        try:
            self.surface = self._made(binning).without_dust(self.dust)
            note = "" if len(self.surface.faces) else f"every component is taken as dust below {self.dust:.3g} Å³"
        except AisError as error:
            self.surface, note = None, str(error)
        self.fine = binning == self._binnings[-1]
        arrays = MeshArrays.empty()
        if self.surface is not None and len(self.surface.faces):
            arrays = MeshArrays.of(self.surface, self._scene.space)
        with self._scene.at_once():
            self._mesh.show(arrays)
        if note:
            self._say(f"{self.title}: {note}")
        else:
            self._say(f"{self.title}: {self.described}")

    def _made(self, binning: int) -> Surface:
        """Return the surface with all components; moving the dust slider makes no new one."""
        key = binning, self.threshold
        if self._whole is None or self._whole[0] != key:
            maker = self._makers.get(binning)
            if maker is None:
                maker = self._makers[binning] = SurfaceMaker(self._segmentation, binning)
            self._whole = key, maker.surface(self.threshold, color=self._color)
        return self._whole[1]

    @property
    def described(self) -> str:
        """Size of the surface in words."""
        if self.surface is None:
            return "nothing"
        s = self.surface
        return f"{len(s.faces)} triangles, {s.area / 100:.0f} nm², {s.volume / _CUBIC_NM:.0f} nm³"

    @property
    def threshold(self) -> float:  # noqa: D102
        return float(self._level.value)

    @threshold.setter
    def threshold(self, value: float) -> None:
        self._level.value = value

    @property
    def dust(self) -> float:  # noqa: D102
        return 0.0 if self._dust.value <= 1.0 else float(self._dust.value) * _CUBIC_NM

    @dust.setter
    def dust(self, value: float) -> None:
        self._dust.value = max(value / _CUBIC_NM, 1.0)

    @property
    def opacity(self) -> float:  # noqa: D102
        return float(self._opacity.value)

    @opacity.setter
    def opacity(self, value: float) -> None:
        self._opacity.value = value

    @property
    def visible(self) -> bool:  # noqa: D102
        return bool(self._shown.value)

    @visible.setter
    def visible(self, value: bool) -> None:
        self._shown.value = value

    def __repr__(self) -> str:
        return f"<SurfaceFeature {self.title!r} at level {self.threshold:.0f}: {self.described}>"
