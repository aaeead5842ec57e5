# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx builds the site; see build.sh."""

from docutils import nodes

project = "okd.image_registry"
copyright = "okd.image_registry contributors"
html_title = html_short_title = project

extensions = ["myst_parser", "sphinx_antsibull_ext"]
default_role = "any"
highlight_language = "YAML+Jinja"
pygments_style = "ansible"
# The site is ours alone: the pages that list collections have nothing to say on it.
exclude_patterns = ["collections/index.rst", "collections/okd/index.rst", "collections/index_*.rst"]

html_theme = "sphinx_ansible_theme"
html_show_sphinx = False
html_use_index = False
html_copy_source = False

ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
PAGES = {
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
    "list_of_collections": "collections/index.html",
}


def elsewhere(app, environment, reference, text):
    """Lead references to plugins of other collections, and to Ansible's own pages, to docs.ansible.com."""
    target = reference["reftarget"]
    if target in PAGES:
        page = PAGES[target]
    elif target.startswith("ansible_collections.") and not target.startswith(f"ansible_collections.{project}."):
        namespace, name, plugin = target.removeprefix("ansible_collections.").split(".", 2)
        page = f"collections/{namespace}/{name}/{plugin.partition('__')[0]}.html"
    else:
        return None
    return nodes.reference("", "", text, refuri=f"{ANSIBLE}/{page}", internal=False)


def setup(app):
    app.connect("missing-reference", elsewhere)
