"""How the documentation is built: ``sphinx-build -W docs build``, where any warning is an error."""

from __future__ import annotations

import ais_jupyter

project = "ais_jupyter"
author = "the ais_jupyter developers"
copyright = author
version = release = ais_jupyter.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
exclude_patterns = ["_build"]
default_role = "py:obj"  # a name in `…` of a docstring becomes a link where it is documented

myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it for people
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
# the build checks that a docstring is there, has a summary, and describes no parameter that is gone
numpydoc_validation_checks = {"GL08", "SS01", "PR02", "PR07"}
numpydoc_validation_exclude = {r"\.__\w+__$"}

html_theme = "pydata_sphinx_theme"
html_title = "ais_jupyter"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {"index": []}
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
    "show_prev_next": True,
    "pygments_light_style": "default",
}
