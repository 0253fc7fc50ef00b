"""Sphinx settings. The sources are staged by ``docs/build.py``; run that, not sphinx-build."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # making/, staged beside this file

from making import facts

import polyrates as pr

project = "polyrates"
author = "The polyrates developers"
copyright = author
version = release = pr.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_design",
    "sphinx_copybutton",
    "sphinxcontrib.bibtex",
    "making.sphinx_hooks",
]
exclude_patterns = ["making", "**/.ipynb_checkpoints"]
language = "en"

# Markdown and cells
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
nb_execution_mode = "cache"
nb_execution_cache_path = facts.cache()
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_execution_in_temp = True
nb_execution_excludepatterns = ["course/*"] if facts.quick() else []
nb_render_markdown_format = "myst"
nb_mime_priority_overrides = [("html", "text/markdown", 25), ("html", "text/latex", 27)]
nb_merge_streams = True
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# The names
autodoc_typehints = "none"  # numpydoc's Parameters say more
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
add_module_names = False

bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "plain"

# The page
html_theme = "pydata_sphinx_theme"
html_title = "polyrates"
html_math_renderer = "katex"
html_static_path = ["_static"]
html_css_files = ["katex/katex.min.css", "site.css", "play.css"]
html_js_files = [
    ("katex/katex.min.js", {"defer": "defer"}),
    ("katex/auto-render.min.js", {"defer": "defer"}),
    ("formulas.js", {"defer": "defer"}),
]
html_context = {"default_mode": "auto"}
html_show_sourcelink = False
html_show_search_summary = False  # it would fetch pages, which file:// refuses
html_copy_source = False
html_extra_path = ["extra"]
html_sidebars = {"index": [], "start": [], "play": [], "search": []}
html_theme_options = {
    "logo": {"text": "polyrates"},
    "header_links_before_dropdown": 6,
    "navbar_align": "left",
    "navbar_end": [*facts.switcher_item(), "theme-switcher", "navbar-icon-links"],
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "show_prev_next": True,
    "collapse_navigation": True,
    "show_nav_level": 1,
    "navigation_depth": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_start": ["copyright"],
    "footer_end": [],
    **facts.links(),
}
