# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive: links in its README are absolute where galaxy.yml says what they start with."""

import json
import re
import tarfile
from pathlib import Path

from hack.artifact import REPOSITORY, build, with_absolute_links

SOURCES = "https://git.example.com/registry"
SITE = "https://docs.example.com/collections/okd/image_registry/"
PAGE = """\
![A picture](docs/picture.svg), [a guide](docs/docsite/rst/guide_storage.rst#claims), [a file](./docs/rbac.md#rights),
[above](#above) and [elsewhere](https://elsewhere.example.com/docs/rbac.md).

```
[in an example](docs/rbac.md)
```
"""
RELATIVE = re.compile(r"\]\((?!https?:|#)([^)]+)\)")


def test_without_addresses_a_page_stays_as_it_is() -> None:
    assert with_absolute_links(PAGE, {"repository": None}) == PAGE


def test_links_lead_to_the_repository() -> None:
    page = with_absolute_links(PAGE, {"repository": SOURCES})
    assert f"![A picture]({SOURCES}/raw/HEAD/docs/picture.svg)" in page
    assert f"[a guide]({SOURCES}/blob/HEAD/docs/docsite/rst/guide_storage.rst#claims)" in page
    assert f"[a file]({SOURCES}/blob/HEAD/docs/rbac.md#rights)" in page


def test_links_to_guides_lead_to_the_site() -> None:
    page = with_absolute_links(PAGE, {"repository": SOURCES, "documentation": SITE})
    assert f"[a guide]({SITE}docsite/guide_storage.html#claims)" in page
    assert f"[a file]({SOURCES}/blob/HEAD/docs/rbac.md#rights)" in page


def test_without_a_repository_only_links_to_guides_change() -> None:
    page = with_absolute_links(PAGE, {"documentation": SITE})
    assert f"[a guide]({SITE}docsite/guide_storage.html#claims)" in page
    assert "![A picture](docs/picture.svg)" in page


def test_anchors_other_addresses_and_examples_stay() -> None:
    page = with_absolute_links(PAGE, {"repository": SOURCES})
    assert "[above](#above) and [elsewhere](https://elsewhere.example.com/docs/rbac.md)" in page
    assert "[in an example](docs/rbac.md)" in page


def test_the_archive_has_the_readme_as_it_is_where_nothing_is_published(tmp_path: Path) -> None:
    archive = build(REPOSITORY, tmp_path, {"repository": "", "documentation": ""})
    assert _read(archive, "README.md") == (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_the_archive_has_the_addresses_and_no_relative_link(tmp_path: Path) -> None:
    archive = build(REPOSITORY, tmp_path, {"repository": SOURCES})
    assert json.loads(_read(archive, "MANIFEST.json"))["collection_info"]["repository"] == SOURCES
    assert not RELATIVE.findall(_read(archive, "README.md"))


def _read(archive: Path, name: str) -> str:
    with tarfile.open(archive) as opened:
        content = opened.extractfile(name)
        assert content is not None
        return content.read().decode()
