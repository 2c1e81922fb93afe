"""Settings of Sphinx for the book, which ``tools/build_site.py`` makes."""

import slicekit

project = "slicekit"
release = slicekit.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

# the chapters come executed, with figures that scroll
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # they would come from the web
myst_heading_anchors = 4
smartquotes = False

# docstrings say types in words
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_ivar = True  # else attributes and properties of one name are described twice
napoleon_use_rtype = False
default_role = "py:obj"

html_theme = "furo"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
html_title = "slicekit"
html_static_path = ["_static"]
html_css_files = ["scroller.css", "book.css"]
html_js_files = [("scroller.js", {"defer": "defer"}), ("book.js", {"defer": "defer"})]
html_copy_source = False
html_show_copyright = False
html_use_index = False
html_domain_indices = False
html_show_search_summary = False  # it reads other pages, which a browser forbids files to do
