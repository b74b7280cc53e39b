"""Names of architectures that are facts of Ais and its files, apart from the library itself."""

from __future__ import annotations

#: What scripts and the command line get unless they choose another.
DEFAULT = "VGGNet M"
#: What windows propose for new models; it suits the boxes that windows cut.
PROPOSED = "UNet 2.5D"
#: Follows the brush: it learns in a second.
INSTANT = "Instant forest"

#: The library of the first versions, in the order of the documentation of Ais: numbers in old scripts
#: and files count in it.
FIRST_LIBRARY = (
    "Eman2", "InceptionNet", "Pix2pix", "ResNet", "UNet deep", "UNet dropout", "UNet lite", "VGGNet", "VGGNet double",
)  # fmt: skip

#: Names of the first versions for networks that Ais still has under another title.
RENAMED = {"VGGNet": "VGGNet S", "VGGNet double": "VGGNet M", "UNet deep": "UNet S"}
