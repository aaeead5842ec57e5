# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks and what comes with them: headers that tell how to use them, and variables that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.okd.image_registry.plugins.module_utils._work import writing

from tests.unit.builders import ALL_SECTIONS

REPOSITORY = Path(__file__).resolve().parents[2]
PLAYBOOKS = REPOSITORY / "playbooks"
INVENTORY = PLAYBOOKS / "inventory"
NAMES = {
    "drift",
    "expose",
    "move_to_infra",
    "remove",
    "rotate_credentials",
    "scale",
    "setup",
    "status",
    "storage_pvc",
    "storage_s3",
}
PLATFORMS = {"aws_s3", "azure", "bare_metal", "gcp", "minio_s3", "odf_s3", "openstack", "vsphere"}
IMPORT = "ansible.builtin.import_playbook"
PREFIX = "registry_"


def named(files: Iterator[Path]) -> list[Any]:
    """Return the files as cases that are called by their path."""
    return [pytest.param(path, id=str(path.relative_to(PLAYBOOKS))) for path in sorted(files)]


playbooks = pytest.mark.parametrize("path", named(PLAYBOOKS.glob("*.yml")))
examples = pytest.mark.parametrize("path", named(path for path in PLAYBOOKS.glob("vars/*.yml") if path.stem != "demo"))


def loaded(path: Path) -> Any:
    """Return the content of a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def header(path: Path) -> str:
    """Return the comment between the start of the document and its content."""
    found = re.match(r"# SPDX\S+ \S+\n---\n((?:#.*\n)+)", path.read_text(encoding="utf-8"))
    assert found, f"{path} does not begin with its licence, --- and a comment"
    return found[1]


def tasks(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield every task, also those of blocks."""
    for block in blocks:
        if "block" not in block:
            yield block
        for part in ("block", "rescue", "always"):
            yield from tasks(block.get(part, []))


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for below in value:
            yield from texts(below)
    elif isinstance(value, str):
        yield value


def refusals(variables: dict[str, Any]) -> list[str]:
    """Return what the module has against the options that variables become."""
    options = {name.removeprefix(PREFIX): value for name, value in variables.items() if name.startswith(PREFIX)}
    checked = ArgumentSpecValidator(writing("registry", *ALL_SECTIONS).spec).validate(options)
    messages: list[str] = checked.error_messages
    return messages


def test_the_files_are_those_that_are_promised() -> None:
    assert {path.stem for path in PLAYBOOKS.glob("*.yml")} == NAMES
    assert {path.stem for path in PLAYBOOKS.glob("vars/*.yml")} == PLATFORMS | {"demo"}


@playbooks
def test_playbook_tells_what_it_needs_and_how_to_run_it(path: Path) -> None:
    told = header(path)
    assert re.search(r"^# Needs: \S", told, re.MULTILINE)
    assert re.search(rf"^# Run:   ansible-playbook okd\.image_registry\.{path.stem}\b", told, re.MULTILINE)


def plays(path: Path) -> list[dict[str, Any]]:
    """Return the plays of a playbook that are not imported."""
    return [play for play in loaded(path) if IMPORT not in play]


@playbooks
def test_playbook_runs_on_the_hosts_that_are_asked_for(path: Path) -> None:
    for play in plays(path):
        # An answer to a survey that is empty names none; an empty list is no such answer.
        asked_for = "registry_hosts if registry_hosts | default('') not in [none, ''] else 'localhost'"
        assert asked_for in play["hosts"]
        assert (play["connection"], play["gather_facts"]) == ("local", False)


@playbooks
def test_playbook_fails_when_it_reaches_no_cluster(path: Path) -> None:
    first, *_rest, last = loaded(path)
    assert first[IMPORT] == "plays/begin.yml"
    # That for pipelines has an end of its own, for its exit codes.
    assert last.get(IMPORT) == "plays/end.yml" or "__registry_trouble" in last["hosts"]


@playbooks
def test_playbook_looks_at_the_variables_first_and_at_the_cluster_before_it_changes_it(path: Path) -> None:
    play = plays(path)[0]
    assert play["strategy"] == "ansible.builtin.linear"
    names = [next((str(task[key]) for key in task if "import_tasks" in key), "") for task in tasks(play["tasks"])]
    work = [
        number
        for number, task in enumerate(tasks(play["tasks"]))
        if "ansible.builtin.include_role" in task or any(key.startswith("okd.image_registry.") for key in task)
    ]
    # During an installation, the cluster has to be waited for.
    looking = "tasks/distinct.yml" if path.stem == "setup" else "tasks/cluster.yml"
    assert next(filter(None, names)) == "tasks/begin.yml"
    assert names.index(looking) < work[1 if path.stem == "setup" else 0]


@playbooks
def test_playbook_tells_of_every_variable_that_it_takes(path: Path) -> None:
    """A variable is an option of a module with the prefix, unless it is the playbook's own; both are in the header."""
    told = header(path)
    for task in (task for play in plays(path) for task in tasks(play["tasks"])):
        for module, options in task.items():
            if module.startswith("okd.image_registry."):
                for option, value in options.items():
                    for name in re.findall(r"\{\{ (registry_\w+) \| default", str(value)):
                        assert name == PREFIX + option
                        assert name in told, f"{path.name} does not tell of {name}"


@examples
def test_example_declares_what_the_modules_accept(path: Path) -> None:
    variables = loaded(path)
    assert all(name.startswith(PREFIX) for name in variables)
    assert not refusals(variables)


@examples
def test_example_tells_what_it_needs_and_how_to_use_it(path: Path) -> None:
    told = header(path)
    assert re.search(r"^# Needs: \S", told, re.MULTILINE)
    assert f"# Run:   ansible-playbook okd.image_registry.setup -e @{path.name}" in told


@examples
def test_example_holds_no_secret(path: Path) -> None:
    for text in texts(loaded(path).get("registry_credentials", {})):
        assert text.startswith("{{ ") and text.endswith(" }}"), text


def test_example_inventory_declares_what_the_modules_accept() -> None:
    (groups,) = (group["children"] for group in loaded(INVENTORY / "clusters.yml").values())
    platforms = set()
    for group, content in groups.items():
        for host in content["hosts"]:
            files = [INVENTORY / f"group_vars/{name}.yml" for name in ("clusters", group)]
            variables = {}
            for path in (*files, INVENTORY / f"host_vars/{host}.yml"):
                variables.update(loaded(path))
            assert not refusals(variables)
            platforms.add(group)
    assert len(platforms) == 3
    assert {path.stem for path in INVENTORY.glob("host_vars/*.yml")} == {
        host for content in groups.values() for host in content["hosts"]
    }
    assert {path.stem for path in INVENTORY.glob("group_vars/*.yml")} == {"clusters", *groups}


@playbooks
def test_what_is_written_is_for_the_cluster_that_was_looked_at(path: Path) -> None:
    pinned = "{{ __registry_this_cluster | mandatory('Begin the run with its first task.') }}"
    writing_modules = {file.stem for file in (REPOSITORY / "plugins/modules").glob("*.py")} - {"registry_info"}
    for task in (task for play in loaded(path) for task in tasks(play.get("tasks", []))):
        for name in writing_modules:
            if options := task.get(f"okd.image_registry.{name}"):
                assert options["cluster"] == pinned, task["name"]
        role = task.get("ansible.builtin.include_role", {}).get("name", "").rpartition(".")[2]
        if role in writing_modules:
            assert task["vars"]["registry_cluster"] == pinned, task["name"]
