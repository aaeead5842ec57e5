# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster a run is about: what is said of it, that it is named, and that no two hosts are the same one."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.plugin_utils._where import SWITCH

from tests.integration import accounts, setups
from tests.integration.clusters import Clusters
from tests.integration.lab import Lab
from tests.integration.playbook import attempt

WORKER, MODULE = False, True
PLAYBOOKS: dict[str, dict[str, Any]] = {
    "drift": {"registry_replicas": 2},
    "expose": {"registry_default_route": False},
    "move_to_infra": {},
    "remove": {"registry_confirm_removal": "any"},
    "rotate_credentials": {"registry_credentials": {"state": "absent"}},
    "scale": {"registry_replicas": 2},
    "setup": {"registry_replicas": 2},
    "status": {},
    "storage_pvc": {"registry_storage": {"pvc": {"claim": "registry"}}},
    "storage_s3": {"registry_storage": {"s3": {"bucket": "registry", "region": "us-east-1"}}},
}
# The playbook for pipelines has exit codes of its own.
FAILED = {name: 4 if name == "drift" else 2 for name in PLAYBOOKS}

SWITCHING = """
import shutil
from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "switching"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_task_start(self, task, is_conditional):
        if "the run is for" in task.get_name():
            shutil.copyfile("{file}", "{used}")
"""

Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def serving(clean_module: Lab) -> Lab:
    """A registry that serves; nothing here changes it."""
    setups.serve_from_claim(clean_module)
    return clean_module


@pytest.fixture
def clusters(serving: Lab) -> Iterator[Clusters]:
    """The sandbox as many clusters."""
    with Clusters(serving.api.server, serving.api.authority) as many:
        yield many


@pytest.fixture
def run(serving: Lab, clusters: Clusters, tmp_path: Path) -> Run:
    """Run a playbook in check mode for hosts with variables; `of` is the cluster whose kubeconfig a host has."""

    def play(playbook: str, hosts: dict[str, dict[str, Any]], *arguments: str, **environment: str) -> tuple[int, str]:
        inventory = {}
        for name, variables in hosts.items():
            known = dict(variables)
            if of := known.pop("of", ""):
                known["registry_kubeconfig"] = str(clusters.kubeconfig(of, tmp_path, serving.api.token))
            inventory[name] = known
        (tmp_path / "hosts.json").write_text(json.dumps({"fleet": {"hosts": inventory}}), encoding="utf-8")
        variables = {**PLAYBOOKS[playbook], "registry_hosts": "fleet"}
        status, output = attempt(
            tmp_path,
            *("-i", "hosts.json", f"okd.image_registry.{playbook}", "-e", json.dumps(variables), "--check"),
            *arguments,
            **environment,
        )
        return status, " ".join(output.split())

    return play


def elsewhere(clusters: Clusters, lab: Lab) -> dict[str, str]:
    """Return the variables that the credential of an automation controller injects, of a cluster that is not meant."""
    return {
        "K8S_AUTH_HOST": clusters.url("elsewhere"),
        "K8S_AUTH_API_KEY": lab.api.token,
        "K8S_AUTH_VERIFY_SSL": "False",
    }


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_only_a_host_that_is_a_cluster_of_its_own_goes_on(
    clusters: Clusters, serving: Lab, run: Run, playbook: str
) -> None:
    wrong = {
        "registry_replica": 5,
        "registry_nodeSelector": {},
        "regsitry_storage": {},
        "registry_mine": 1,
        "registry_theirs": 2,
        "registry_foreign_variables": ["registry_theirs"],
    }
    hosts = {
        "good": {"of": "two"},
        "lost": {},
        "misspelt": {"of": "three", **wrong},
        "twin": {"of": "one"},
        "other": {"of": "one"},
    }
    status, output = run(playbook, hosts, **elsewhere(clusters, serving))
    assert status == FAILED[playbook], output
    assert "this play is for 5 hosts, and lost has no connection of its own" in output
    assert (
        "registry_mine, registry_nodeSelector (did you mean registry_node_selector?), registry_replica (did you mean "
        "registry_replicas?), regsitry_storage (did you mean registry_storage?). Correct it."
    ) in output
    assert "Nothing was changed: twin and other are the same cluster" in output
    assert "other and twin are the same cluster" in output
    assert "good and" not in output
    assert {name for name, _method in clusters.asked} == {"one", "two"}
    assert {method for name, method in clusters.asked if name == "one"} == {"GET"}


def test_what_a_host_says_beats_the_environment(clusters: Clusters, serving: Lab, run: Run) -> None:
    status, output = run("setup", {"a": {"of": "one"}, "b": {"of": "two"}}, **elsewhere(clusters, serving))
    assert status == 0, output
    assert {name for name, _method in clusters.asked} == {"one", "two"}
    assert f"cluster {clusters.url('one')}, one" in output


def test_one_host_may_use_the_environment(clusters: Clusters, serving: Lab, run: Run) -> None:
    status, output = run("status", {"a": {}, "b": {}}, "--limit", "a", **elsewhere(clusters, serving))
    assert status == 0, output
    assert f"Cluster: elsewhere, {clusters.url('elsewhere')}, version " in output


@pytest.mark.parametrize("name", ["localhost", "b", "two", "sandbox-x7k2p", True])
def test_removal_is_confirmed_by_the_name_of_the_cluster_itself(clusters: Clusters, run: Run, name: object) -> None:
    confirmation = json.dumps({"registry_confirm_removal": name})
    status, output = run("remove", {"b": {"of": "one"}}, "-e", confirmation)
    assert status == 2, output
    assert f"This host is the cluster {clusters.url('one')}, one, " in output
    assert "give registry_confirm_removal=one." in output
    assert {method for _name, method in clusters.asked} == {"GET"}


def test_setup_does_not_remove_without_the_confirmation(clusters: Clusters, run: Run) -> None:
    removed = ("-e", "registry_management_state=Removed")
    status, output = run("setup", {"a": {"of": "one"}}, *removed)
    assert (status, "give registry_confirm_removal=one." in output) == (2, True), output
    assert {method for _name, method in clusters.asked} == {"GET"}
    status, output = run("setup", {"a": {"of": "one"}}, *removed, "-e", "registry_confirm_removal=one")
    assert (status, "changed=1" in output) == (0, True), output
    for playbook in ("storage_pvc", "storage_s3"):
        status, output = run(playbook, {"a": {"of": "one"}}, *removed)
        assert (status, "registry_management_state is Removed, but this playbook serves" in output) == (2, True), output


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("-e", "registry_hosts=prod"), 4, "No cluster was reached: registry_hosts or --limit matches no host."),
        (("-e", "registry_hosts=a,prod"), 2, "registry_hosts names what the inventory does not have: prod."),
        (("-e", '{"registry_hosts": ["a", "prod", "b*"]}'), 2, "what the inventory does not have: prod."),
        (("-e", "registry_hosts=fleet:!pord"), 2, "what the inventory does not have: pord."),
        (("-e", "registry_hosts=a,&prod"), 4, "No cluster was reached"),
        (("-e", "registry_hosts=b", "--limit", "a"), 4, "No cluster was reached"),
        (("-e", "registry_hosts=fleet:!b,a"), 0, "Cluster: one"),
        (("-e", "registry_kubeconfig="), 2, "The option kubeconfig is empty."),
        (("-e", "registry_context="), 2, "The option context is empty."),
    ],
)
def test_hosts_and_connections_that_are_not_there(
    run: Run, arguments: tuple[str, ...], status: int, words: str
) -> None:
    limit = () if "--limit" in arguments or "registry_hosts" in arguments[1] else ("--limit", "a")
    done, output = run("status", {"a": {"of": "one"}, "b": {"of": "two"}}, *arguments, *limit)
    assert (done, words in output) == (status, True), output


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize("playbook", ["setup", "status", "drift"])
def test_a_question_about_hosts_that_nobody_answered_is_one_about_localhost(
    clusters: Clusters, serving: Lab, tmp_path: Path, playbook: str, value: str | None
) -> None:
    kubeconfig = str(clusters.kubeconfig("one", tmp_path, serving.api.token))
    variables = {**PLAYBOOKS[playbook], "registry_hosts": value, "registry_operator_timeout": value}
    arguments = (f"okd.image_registry.{playbook}", "-e", json.dumps(variables), "--check")
    status, output = attempt(tmp_path, *arguments, K8S_AUTH_KUBECONFIG=kubeconfig)
    assert (status, "localhost" in output) == (0, True), output
    assert {name for name, _method in clusters.asked} == {"one"}


@pytest.mark.parametrize("playbook", ["setup", "drift"])
def test_no_hosts_at_all_are_not_localhost(clusters: Clusters, serving: Lab, tmp_path: Path, playbook: str) -> None:
    kubeconfig = str(clusters.kubeconfig("one", tmp_path, serving.api.token))
    variables = json.dumps({**PLAYBOOKS[playbook], "registry_hosts": []})
    arguments = (f"okd.image_registry.{playbook}", "-e", variables)
    status, output = attempt(tmp_path, *arguments, K8S_AUTH_KUBECONFIG=kubeconfig)
    assert status != 0, output
    assert clusters.asked == []


@pytest.mark.parametrize(
    ("playbook", "variable", "value", "words"),
    [
        ("setup", "registry_operator_timeout", "10m", "is 10m. It has to be a number of seconds, such as 600."),
        ("setup", "registry_operator_timeout", -1, "is -1. It has to be a number of seconds, such as 600."),
        ("drift", "registry_drift_strict", "yess", "is yess. It has to be true or false."),
    ],
)
def test_variables_of_playbooks_that_are_no_such_value(
    clusters: Clusters, run: Run, playbook: str, variable: str, value: object, words: str
) -> None:
    status, output = run(playbook, {"a": {"of": "one"}}, "-e", json.dumps({variable: value}))
    assert status == FAILED[playbook], output
    assert f"{variable} {words}" in output
    assert clusters.asked == []


@pytest.mark.parametrize("way", [WORKER, MODULE], ids=["worker", "module"])
@pytest.mark.parametrize("given", ["option", "K8S_AUTH_KUBECONFIG", "KUBECONFIG", "certificate", "nowhere"])
def test_a_relative_path_is_relative_to_where_the_run_was_started(
    serving: Lab, tmp_path: Path, given: str, way: bool
) -> None:
    (tmp_path / "auth").mkdir()
    (tmp_path / "plays").mkdir()
    kubeconfig = accounts.kubeconfig(serving.api, {"token": serving.api.token})
    (tmp_path / "auth" / "config").write_text(json.dumps(kubeconfig), encoding="utf-8")
    (tmp_path / "auth" / "ca.crt").write_bytes(serving.api.authority.read_bytes())
    options, environment = {
        "option": ({"kubeconfig": "auth/config"}, {}),
        "certificate": (
            {"host": serving.api.server, "api_key": serving.api.token},
            {"K8S_AUTH_SSL_CA_CERT": "auth/ca.crt"},
        ),
        "nowhere": ({"kubeconfig": "auth/nowhere"}, {}),
    }.get(given, ({}, {given: "auth/config"}))
    task = {"name": "Look", "okd.image_registry.registry_info": options, "vars": {SWITCH: way}}
    content = [{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]
    (tmp_path / "plays" / "play.yml").write_text(json.dumps(content), encoding="utf-8")
    status, output = attempt(tmp_path, "plays/play.yml", "-vvv", **environment)
    assert ("runs as a module" in output) is way
    if given == "nowhere":
        assert status == 2
        assert f"There is no kubeconfig {os.path.realpath(tmp_path)}/auth/nowhere. Log in with `oc login`" in output
    else:
        assert status == 0, output


@pytest.mark.parametrize("way", [WORKER, MODULE], ids=["worker", "module"])
@pytest.mark.parametrize(
    ("keywords", "options", "works"),
    [
        ({}, {}, False),
        ({"run_once": True}, {}, True),
        ({"environment": {"K8S_AUTH_HOST": "{{ url }}"}}, {}, True),
        ({}, {"host": "{{ url }}"}, True),
        ({"delegate_to": "localhost"}, {}, False),
        ({"delegate_to": "bastion"}, {}, False),
        ({"vars": {"ansible_connection": "ssh", "ansible_host": "192.0.2.7"}}, {}, False),
    ],
    ids=[
        *("nothing", "run_once", "environment", "host"),
        *("delegated", "delegated to another machine", "on one machine by its address"),
    ],
)
def test_tasks_for_several_hosts_name_their_cluster(
    clusters: Clusters,
    serving: Lab,
    tmp_path: Path,
    keywords: dict[str, Any],
    options: dict[str, Any],
    works: bool,
    way: bool,
) -> None:
    reached = keywords.get("vars", {"ansible_connection": "local"})
    hosts = {name: {"url": clusters.url(name), **reached} for name in ("a", "b")}
    elsewhere = {"machines": {"hosts": {"bastion": {"ansible_connection": "ssh"}}}}
    (tmp_path / "hosts.json").write_text(json.dumps({"clusters": {"hosts": hosts}, **elsewhere}), encoding="utf-8")
    task = {"name": "Look", "okd.image_registry.registry_replicas": {"replicas": 2, **options}, **keywords}
    content = [{"hosts": "clusters", "gather_facts": False, "check_mode": True, "vars": {SWITCH: way}, "tasks": [task]}]
    (tmp_path / "play.yml").write_text(json.dumps(content), encoding="utf-8")
    environment = {"K8S_AUTH_API_KEY": serving.api.token}
    if not {"environment"} & keywords.keys() and not options:
        environment["K8S_AUTH_HOST"] = clusters.url("a")
    interpreter = ("-e", "ansible_python_interpreter={{ ansible_playbook_python }}")
    status, output = attempt(tmp_path, "-i", "hosts.json", "play.yml", *interpreter, **environment)
    assert (status == 0) is works, output
    assert len(re.findall(r"\[shared-connection\]\"", output)) == (0 if works else 2), output


@pytest.mark.parametrize(
    "play", [{"strategy": "free"}, {"strategy": "host_pinned"}, {"serial": 1}], ids=["free", "pinned", "serial"]
)
def test_a_task_that_does_not_run_once_names_its_cluster(
    clusters: Clusters, serving: Lab, tmp_path: Path, play: dict[str, Any]
) -> None:
    hosts = {name: {"ansible_connection": "local"} for name in ("a", "b")}
    (tmp_path / "hosts.json").write_text(json.dumps({"clusters": {"hosts": hosts}}), encoding="utf-8")
    task = {"name": "Look", "okd.image_registry.registry_replicas": {"replicas": 2}, "run_once": True}
    content = [{"hosts": "clusters", "gather_facts": False, "check_mode": True, "tasks": [task], **play}]
    (tmp_path / "play.yml").write_text(json.dumps(content), encoding="utf-8")
    status, output = attempt(tmp_path, "-i", "hosts.json", "play.yml", **elsewhere(clusters, serving))
    assert status == 2, output
    assert '[shared-connection]"' in output
    assert "changed: [" not in output
    assert clusters.asked == []


@pytest.mark.parametrize("limit", [("--limit", "a"), ("--limit", "c")], ids=["of the play", "alone in a group"])
def test_a_role_for_one_host_that_names_no_cluster_is_refused_beside_others_that_do(
    clusters: Clusters, serving: Lab, tmp_path: Path, limit: tuple[str, ...]
) -> None:
    named = {"registry_kubeconfig": str(clusters.kubeconfig("b", tmp_path, serving.api.token))}
    groups = {"clusters": {"hosts": {"a": {}, "b": named}}, "more": {"hosts": {"c": {}}}}
    (tmp_path / "hosts.json").write_text(json.dumps(groups), encoding="utf-8")
    role = {"role": "okd.image_registry.registry_replicas", "vars": {"registry_replicas": 2}}
    content = [{"hosts": "all", "connection": "local", "gather_facts": False, "roles": [role]}]
    (tmp_path / "play.yml").write_text(json.dumps(content), encoding="utf-8")
    arguments = ("-i", "hosts.json", "play.yml", "--check", *limit)
    status, output = attempt(tmp_path, *arguments, **elsewhere(clusters, serving))
    assert (status, '[unnamed-cluster]"' in output) == (2, True), output
    assert clusters.asked == []


@pytest.mark.parametrize("named", ["K8S_AUTH_HOST", "KUBECONFIG"])
def test_a_task_on_another_machine_does_not_guess_which_cluster_is_meant(
    clusters: Clusters, serving: Lab, tmp_path: Path, named: str
) -> None:
    host = {"ansible_connection": "ssh", "ansible_host": "192.0.2.7"}
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": {"bastion": host}}}), encoding="utf-8")
    task = {"name": "Look", "okd.image_registry.registry_replicas": {"replicas": 2}}
    content = [{"hosts": "bastion", "gather_facts": False, "tasks": [task]}]
    (tmp_path / "play.yml").write_text(json.dumps(content), encoding="utf-8")
    kubeconfig = str(clusters.kubeconfig("b", tmp_path, serving.api.token))
    access = elsewhere(clusters, serving) if named == "K8S_AUTH_HOST" else {"KUBECONFIG": kubeconfig}
    status, output = attempt(tmp_path, "-i", "hosts.json", "play.yml", **access)
    assert (status, '[other-machine]"' in output) == (2, True), output


@pytest.mark.parametrize("way", [WORKER, MODULE], ids=["worker", "module"])
@pytest.mark.parametrize(
    ("named", "options"),
    [
        ("by variables", {}),
        ("by nothing", {}),
        ("by a context", {"context": "admin"}),
        ("by a file of each user", {"kubeconfig": "~/.kube/config"}),
    ],
)
def test_a_task_that_becomes_another_user_names_its_cluster(
    clusters: Clusters, serving: Lab, tmp_path: Path, way: bool, named: str, options: dict[str, str]
) -> None:
    task = {"name": "Look", "okd.image_registry.registry_replicas": {"replicas": 2, **options}}
    content = [{"hosts": "localhost", "gather_facts": False, "become": True, "vars": {SWITCH: way}, "tasks": [task]}]
    (tmp_path / "play.yml").write_text(json.dumps(content), encoding="utf-8")
    access = {"K8S_AUTH_API_KEY": serving.api.token, "K8S_AUTH_HOST": clusters.url("a")}
    status, output = attempt(tmp_path, "play.yml", **(access if named == "by variables" else {}))
    assert status == 2 and '[other-user]"' in output, output
    assert clusters.asked == []


def test_the_playbooks_become_nobody_else(clusters: Clusters, serving: Lab, tmp_path: Path) -> None:
    access = {"K8S_AUTH_API_KEY": serving.api.token, "K8S_AUTH_HOST": clusters.url("a"), "ANSIBLE_BECOME": "true"}
    status, output = attempt(tmp_path, "okd.image_registry.status", **access)
    assert status == 0, output


@pytest.mark.parametrize("way", [WORKER, MODULE], ids=["worker", "module"])
@pytest.mark.parametrize(
    ("keyword", "process", "asked", "words"),
    [
        ({"KUBECONFIG": "{{ file }}"}, "controller", {"a", "b"}, ""),
        ({"K8S_AUTH_KUBECONFIG": "{{ file }}"}, "controller", {"a", "b"}, ""),
        ({"K8S_AUTH_CONTEXT": "{{ inventory_hostname }}"}, "controller", {"a", "b"}, ""),
        ({"K8S_AUTH_HOST": "{{ url }}", "K8S_AUTH_API_KEY": "{{ token }}"}, "kubeconfig", {"a", "b"}, ""),
        ({"K8S_AUTH_HOST": "{{ url }}"}, "controller", set(), "those of K8S_AUTH_HOST are of another cluster"),
        ({"K8S_AUTH_HOST": "{{ url }}"}, "kubeconfig", {"a"}, "those of KUBECONFIG are for"),
        (
            {"K8S_AUTH_HOST": "{{ url }}", "K8S_AUTH_API_KEY": "{{ token }}", "KUBECONFIG": "{{ file }}"},
            "controller",
            set(),
            "K8S_AUTH_HOST of the task (environment) with credentials names one cluster, and KUBECONFIG of the task",
        ),
    ],
    ids=["kubeconfig", "variable", "context", "host", "host alone", "host and file", "two clusters"],
)
def test_what_a_play_sets_beats_what_the_process_has(
    clusters: Clusters,
    serving: Lab,
    tmp_path: Path,
    keyword: dict[str, str],
    process: str,
    asked: set[str],
    words: str,
    way: bool,
) -> None:
    files = {name: str(clusters.kubeconfig(name, tmp_path, serving.api.token)) for name in ("a", "b")}
    hosts = {name: {"url": clusters.url(name), "file": files[name], "ansible_connection": "local"} for name in files}
    inventory = {"all": {"hosts": hosts, "vars": {"token": serving.api.token}}}
    (tmp_path / "hosts.json").write_text(json.dumps(inventory), encoding="utf-8")
    play = {
        "hosts": "all",
        "gather_facts": False,
        "environment": keyword,
        "vars": {SWITCH: way},
        "tasks": [{"name": "Look", "okd.image_registry.registry_info": {}}],
    }
    (tmp_path / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
    # The first of these files decides of which server the default is.
    environment = {"KUBECONFIG": os.pathsep.join(files.values())}
    if process == "controller":
        environment.update(elsewhere(clusters, serving))
    interpreter = ("-e", "ansible_python_interpreter={{ ansible_playbook_python }}")
    status, output = attempt(tmp_path, "-i", "hosts.json", "play.yml", *interpreter, **environment)
    assert (status == 0) is (words == ""), output
    assert words in output
    assert {name for name, _method in clusters.asked} == asked


@pytest.mark.parametrize("playbook", PLAYBOOKS)
@pytest.mark.parametrize("own", [{}, {"registry_kubeconfig": None}], ids=["without", "null"])
def test_a_host_without_a_connection_is_not_let_through_alone(
    clusters: Clusters, serving: Lab, run: Run, playbook: str, own: dict[str, Any]
) -> None:
    hosts = {"edge": own, "factory": {"of": "two"}}
    status, output = run(playbook, hosts, "--limit", "edge", **elsewhere(clusters, serving))
    assert status == FAILED[playbook], output
    assert "edge names no cluster, but other hosts of the inventory do, such as factory." in output
    assert clusters.asked == []


@pytest.mark.parametrize("playbook", PLAYBOOKS)
@pytest.mark.parametrize("own", [{}, {"registry_context": None}], ids=["without", "null"])
@pytest.mark.parametrize("limit", [(), ("--limit", "third")], ids=["beside the other", "alone"])
def test_of_a_kubeconfig_with_several_clusters_each_host_names_its_context(
    clusters: Clusters,
    serving: Lab,
    tmp_path: Path,
    run: Run,
    playbook: str,
    own: dict[str, Any],
    limit: tuple[str, ...],
) -> None:
    files = [str(clusters.kubeconfig(name, tmp_path, serving.api.token)) for name in ("one", "two")]
    shared = {"registry_kubeconfig": os.pathsep.join(files)}
    hosts = {"edge": {**shared, "registry_context": "two"}, "third": {**shared, **own}}
    status, output = run(playbook, hosts, *limit)
    assert status == FAILED[playbook], output
    assert "has contexts of several clusters, and nothing says which of them is that of this host: one is" in output
    assert {name for name, _method in clusters.asked} == (set() if limit else {"two"})


@pytest.mark.parametrize(
    ("own", "given", "words"),
    [
        ({}, {}, "so the run is for localhost, which names no cluster, but hosts of the inventory do, such as edge."),
        ({}, {"registry_hosts": ""}, "but hosts of the inventory do, such as edge."),
        ({}, {"registry_hosts": "localhost"}, "Cluster: elsewhere"),
        ({"registry_kubeconfig": "two"}, {}, "Cluster: two"),
    ],
    ids=["forgotten", "a question that nobody answered", "meant", "a cluster of its own"],
)
def test_hosts_that_were_forgotten_are_not_localhost(
    clusters: Clusters, serving: Lab, tmp_path: Path, own: dict[str, str], given: dict[str, str], words: str
) -> None:
    files = {name: str(clusters.kubeconfig(name, tmp_path, serving.api.token)) for name in ("one", "two")}
    hosts = {"edge": {"registry_kubeconfig": files["one"]}, "factory": {"registry_kubeconfig": files["two"]}}
    inventory: dict[str, Any] = {"clusters": {"hosts": hosts}}
    if own:
        inventory["all"] = {"hosts": {"localhost": {name: files[value] for name, value in own.items()}}}
    (tmp_path / "hosts.json").write_text(json.dumps(inventory), encoding="utf-8")
    arguments = ("-i", "hosts.json", "okd.image_registry.status", "-e", json.dumps(given))
    status, output = attempt(tmp_path, *arguments, **elsewhere(clusters, serving))
    assert words in " ".join(output.split())
    assert (status == 0) is words.startswith("Cluster:"), output


@pytest.mark.parametrize("where", ["all", "clusters"])
@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_hosts_that_the_play_did_not_see_are_not_taken_for_localhost(
    clusters: Clusters, serving: Lab, tmp_path: Path, playbook: str, where: str
) -> None:
    variables = {"vars": {"registry_hosts": "clusters"}}
    groups: dict[str, Any] = {"clusters": {"hosts": {"edge": {}, "factory": {}}}, "all": {}}
    groups[where] |= variables
    (tmp_path / "hosts.json").write_text(json.dumps(groups), encoding="utf-8")
    arguments = ("-i", "hosts.json", f"okd.image_registry.{playbook}", "-e", json.dumps(PLAYBOOKS[playbook]), "--check")
    status, output = attempt(tmp_path, *arguments, **elsewhere(clusters, serving))
    output = " ".join(output.split())
    assert "registry_hosts is clusters, but the play has chosen localhost" in output
    assert status == FAILED[playbook], output
    assert clusters.asked == []


@pytest.mark.parametrize(("path", "done"), [("report.json", 2), ("{{ inventory_hostname }}.json", 0)])
def test_no_two_hosts_write_the_same_report(run: Run, tmp_path: Path, path: str, done: int) -> None:
    hosts = {"a": {"of": "one"}, "b": {"of": "two"}}
    status, output = run("status", hosts, "-e", json.dumps({"registry_status_json": path}))
    assert (status, "Several hosts would write the same report" in output) == (done, done == 2), output
    reports = [json.loads(file.read_text(encoding="utf-8")) for file in tmp_path.glob("[ab].json")]
    named = {report["cluster"]["infrastructure_name"] for report in reports}
    assert named == (set() if done else {"one", "two"})


@pytest.mark.parametrize("playbook", ["remove", "setup", "scale", "drift"])
def test_a_cluster_that_is_not_the_one_declared_is_left_alone(
    clusters: Clusters, serving: Lab, run: Run, playbook: str
) -> None:
    hosts = {"a": {"of": "one", "registry_cluster": "two"}}
    confirmed = ("-e", '{"registry_confirm_removal": "one"}')
    status, output = run(playbook, hosts, *confirmed)
    assert status == FAILED[playbook], output
    words = f"the option cluster is two, but this is the cluster {clusters.url('one')}, one, "
    assert words in output
    assert {method for _name, method in clusters.asked} == {"GET"}


@pytest.mark.parametrize("playbook", ["remove", "setup"])
def test_a_kubeconfig_that_is_switched_during_the_run_ends_it(
    clusters: Clusters, serving: Lab, tmp_path: Path, playbook: str
) -> None:
    files = {name: clusters.kubeconfig(name, tmp_path, serving.api.token) for name in ("one", "two")}
    used = tmp_path / "used"
    used.write_bytes(files["one"].read_bytes())
    confirming = {**PLAYBOOKS[playbook], "registry_confirm_removal": "one"}
    (tmp_path / "callbacks").mkdir()
    # What `oc login` in another window does, at the moment between look and write.
    (tmp_path / "callbacks" / "switching.py").write_text(SWITCHING.format(file=str(files["two"]), used=str(used)))
    arguments = (f"okd.image_registry.{playbook}", "-e", json.dumps(confirming), "--check")
    environment = {
        "K8S_AUTH_KUBECONFIG": str(used),
        "ANSIBLE_CALLBACK_PLUGINS": str(tmp_path / "callbacks"),
        "ANSIBLE_CALLBACKS_ENABLED": "switching",
    }
    status, output = attempt(tmp_path, *arguments, **environment)
    assert status == 2, output
    output = " ".join(output.split())
    assert f"the option cluster is one, but this is the cluster {clusters.url('two')}, two, " in output
    assert {method for name, method in clusters.asked if name == "two"} == {"GET"}


@pytest.mark.parametrize(
    ("playbook", "task", "variables"),
    [
        ("remove", "Remove the registry", {}),
        ("setup", "Bring the registry to its declared state", {"registry_management_state": "Removed"}),
        ("scale", "Bring the replicas to their declared state", {"registry_replicas": 2}),
    ],
)
def test_a_run_that_begins_later_does_not_pass_by_what_is_looked_at_first(
    clusters: Clusters, run: Run, playbook: str, task: str, variables: dict[str, Any]
) -> None:
    later = ("--start-at-task", task, "-e", json.dumps(variables))
    status, output = run(playbook, {"a": {"of": "one"}}, *later)
    assert status == 2, output
    assert "Begin the run with its first task." in output
    assert clusters.asked == []


@pytest.mark.parametrize("playbook", ["setup", "drift", "status"])
def test_a_limit_that_matches_nothing_is_no_success_without_an_inventory(
    clusters: Clusters, tmp_path: Path, playbook: str
) -> None:
    arguments = (f"okd.image_registry.{playbook}", "-e", json.dumps(PLAYBOOKS[playbook]), "--limit", "nowhere")
    status, output = attempt(tmp_path, *arguments)
    assert (status, "registry_hosts or --limit matches" in " ".join(output.split())) == (4, True), output
    assert clusters.asked == []
