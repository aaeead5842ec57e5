# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that are made are up to date, and the check says so when they are not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hack.generate import role_files
from hack.generate.files import bring_up_to_date
from hack.generate.modules import names
from hack.generate.places import filled
from hack.generate.roles import ROLES
from sandbox.state import REPOSITORY

PAGE = "docs/docsite/rst/options.rst"


def test_every_file_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert (bring_up_to_date(REPOSITORY, check=True), capsys.readouterr().out) == (0, "")


def test_the_check_names_what_is_out_of_date_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = _copied(tmp_path) / PAGE
    made = page.read_text(encoding="utf-8")
    edited = made.replace("``spec.replicas``", "``spec.size``")
    page.write_text(edited, encoding="utf-8")
    assert bring_up_to_date(tmp_path, check=True) == 1
    assert capsys.readouterr().out.splitlines()[0] == PAGE
    assert page.read_text(encoding="utf-8") == edited != made
    assert bring_up_to_date(tmp_path, check=False) == 0
    assert page.read_text(encoding="utf-8") == made


def _copied(repository: Path) -> Path:
    """Copy what is made, and what is around it."""
    for directory in ("roles", "plugins/modules", "plugins/action", "docs/docsite/rst", "meta"):
        shutil.copytree(REPOSITORY / directory, repository / directory)
    shutil.copy(REPOSITORY / "README.md", repository)
    return repository


def test_what_a_new_module_and_role_need_is_made(tmp_path: Path) -> None:
    _copied(tmp_path)
    for name in ("plugins/action", "roles/registry_replicas"):
        shutil.rmtree(tmp_path / name)
    assert bring_up_to_date(tmp_path, check=False) == 0
    for name in ("plugins/action", "roles/registry_replicas"):
        assert _texts(tmp_path, name) == _texts(REPOSITORY, name)
    assert bring_up_to_date(tmp_path, check=True) == 0


def _texts(repository: Path, directory: str) -> set[Path]:
    found = (path.relative_to(repository) for path in (repository / directory).rglob("*.*"))
    return {path for path in found if path.suffix in (".py", ".yml", ".md")}


def test_every_module_has_an_action_plugin_and_no_other_does() -> None:
    assert sorted(path.stem for path in (REPOSITORY / "plugins/action").glob("*.py")) == names(REPOSITORY)


def test_an_option_without_default_needs_an_example(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    examples = tmp_path / "examples.yml"
    text = role_files._EXAMPLES.read_text(encoding="utf-8")
    examples.write_text(text.replace("\nreplicas: 2\n", "\n"), encoding="utf-8")
    monkeypatch.setattr(role_files, "_EXAMPLES", examples)
    with pytest.raises(ValueError, match="a value for replicas,"):
        role_files.files(REPOSITORY)


def test_the_readme_of_every_role_has_an_example() -> None:
    for role in ROLES:
        text = (REPOSITORY / "roles" / role.name / "README.md").read_text(encoding="utf-8")
        assert f"role: okd.image_registry.{role.name}\n" in text, role.name


def test_every_role_is_made() -> None:
    assert {path.name for path in (REPOSITORY / "roles").iterdir()} == {role.name for role in ROLES}


def test_every_module_has_a_role() -> None:
    assert sorted(role.module for role in ROLES) == names(REPOSITORY)


@pytest.mark.parametrize(
    ("option", "field", "since"),
    [
        ("replicas", "spec.replicas", ""),
        (
            "storage.azure.network_access.internal.vnet_name",
            "spec.storage.azure.networkAccess.internal.vnetName",
            "4.15",
        ),
        ("storage.pvc.size", "", ""),
        ("credentials.s3.access_key", "data.REGISTRY_STORAGE_S3_ACCESSKEY", ""),
        ("routes[].tls.certificate", "data.tls.crt", ""),
        ("tolerations[].key", "spec.tolerations[].key", ""),
    ],
)
def test_an_option_stands_beside_its_field_and_version(option: str, field: str, since: str) -> None:
    (row,) = [
        line for line in (REPOSITORY / PAGE).read_text(encoding="utf-8").splitlines() if f" ``{option}``," in line
    ]
    assert [cell.strip(" `") for cell in row.split(",")][:3] == [option, field, since]


@pytest.mark.parametrize("text", ["", "begin\n", "end\nbegin\n", "begin\nend\nbegin\nend\n"])
def test_a_text_without_exactly_one_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="one place"):
        filled(text, "begin\n", "end\n", "content\n")


def test_what_is_around_a_place_stays() -> None:
    assert filled("a\nbegin\nold\nend\nb\n", "begin\n", "end\n", "new\n") == "a\nbegin\nnew\nend\nb\n"
