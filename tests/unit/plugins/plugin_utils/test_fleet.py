# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a task may work on another cluster than is meant."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible_collections.okd.image_registry.plugins.plugin_utils._fleet import Setting, doubt, is_one_of_many

KUBECONFIG = {"registry_kubeconfig": "kubeconfig"}
CONTEXT = {"registry_context": "b"}
CREDENTIAL = {"K8S_AUTH_HOST": "https://api.example.com:6443"}


class Undefined(dict[str, Any]):
    """Variables of a host whose templates fail."""

    def get(self, key: str, default: Any = None) -> Any:
        raise AnsibleError(f"{key} is undefined")


def setting(
    is_local: bool = True,
    delegated: bool = False,
    becomes: bool = False,
    once: bool = False,
    environment: dict[str, str] | None = None,
    process: dict[str, str] | None = None,
) -> Setting:
    """Return how a task runs: on the machine that runs Ansible, unless something else is said."""
    return Setting(is_local, delegated, becomes, once, environment or {}, process or {})


def variables(own: str, play: str, batch: str = "", **hosts: dict[str, Any]) -> dict[str, Any]:
    """Return the variables of a host. play, batch: hosts; hosts: those of the inventory, with their variables."""
    everybody = play.split()
    return {
        "inventory_hostname": own,
        "ansible_play_hosts_all": everybody,
        "ansible_play_hosts": everybody,
        "ansible_play_batch": batch.split() or everybody,
        "groups": {"all": list(hosts) or everybody},
        "hostvars": {host: {} for host in everybody} | hosts,
    }


@pytest.mark.parametrize(
    ("task", "known", "code"),
    [
        pytest.param(setting(), variables("localhost", "localhost"), "", id="localhost"),
        pytest.param(setting(), variables("a", "a"), "", id="one host"),
        pytest.param(setting(), variables("a", "a b"), "shared-connection", id="two hosts"),
        pytest.param(setting(once=True), variables("a", "a b"), "", id="once"),
        pytest.param(setting(once=True), variables("b", "a b"), "", id="once, for the second host"),
        pytest.param(setting(once=True), variables("a", "a b", "a"), "shared-connection", id="once a batch"),
        pytest.param(setting(False), variables("a", "a b"), "", id="two machines"),
        pytest.param(
            setting(False),
            variables("a", "a b", a={"ansible_host": "x"}, b={"ansible_host": "x"}),
            "shared-connection",
            id="one machine",
        ),
        pytest.param(
            setting(False),
            variables(
                "a", "a b", a={"ansible_host": "x", "ansible_user": "v"}, b={"ansible_host": "x", "ansible_user": "u"}
            ),
            "",
            id="two users of one machine",
        ),
        pytest.param(setting(False, True), variables("a", "a b"), "shared-connection", id="delegated"),
        pytest.param(setting(False, process=CREDENTIAL), variables("a", "a"), "other-machine", id="another machine"),
        pytest.param(setting(False, process=CREDENTIAL), variables("a", "a b"), "other-machine", id="other machines"),
        pytest.param(setting(process=CREDENTIAL), variables("a", "a"), "", id="the environment of the run"),
        pytest.param(setting(), variables("a", "a", a={}, b=KUBECONFIG), "unnamed-cluster", id="beside others"),
        pytest.param(setting(), variables("a", "a", a={}, b=CONTEXT), "unnamed-cluster", id="beside a context"),
        pytest.param(setting(), variables("a", "a", a={}, b={"registry_context": None}), "", id="beside null"),
        pytest.param(setting(), variables("a", "a", a={}, b=Undefined()), "unnamed-cluster", id="untold"),
        pytest.param(setting(), variables("a", "a", a={}, localhost=KUBECONFIG), "", id="beside localhost"),
        pytest.param(setting(), variables("a", "a", a=KUBECONFIG), "unused-connection", id="its own"),
        pytest.param(setting(), variables("localhost", "localhost", localhost=CONTEXT), "unused-connection", id="own"),
        pytest.param(setting(), variables("localhost", "localhost", b=KUBECONFIG), "", id="localhost beside others"),
        pytest.param(setting(becomes=True), variables("localhost", "localhost"), "other-user", id="another user"),
        pytest.param(setting(False, becomes=True), variables("a", "a"), "", id="another user elsewhere"),
    ],
)
def test_what_is_in_doubt(task: Setting, known: dict[str, Any], code: str) -> None:
    error = doubt({}, task, known)
    assert (error.code if error else "") == code
    # Nothing is in doubt where the cluster is named.
    assert doubt({"kubeconfig": "/kubeconfig"}, task, known) is None
    named = task._replace(environment={"K8S_AUTH_HOST": "https://b.example.com"})
    assert doubt({}, named, known) is None


@pytest.mark.parametrize(
    ("task", "known", "is_one"),
    [
        pytest.param(setting(), variables("a", "a b"), True, id="two hosts"),
        pytest.param(setting(), variables("a", "a", a={}, b={}), True, id="alone in the play"),
        pytest.param(setting(once=True), variables("a", "a b"), False, id="once"),
        pytest.param(setting(once=True), variables("a", "a b", "a"), True, id="once a batch"),
        pytest.param(setting(), variables("a", "a"), False, id="one host"),
        pytest.param(setting(), variables("a", "a", a={}, localhost={}), False, id="beside localhost"),
        pytest.param(setting(), variables("localhost", "localhost", b={}), False, id="localhost"),
    ],
)
def test_which_host_is_one_of_many(task: Setting, known: dict[str, Any], is_one: bool) -> None:
    assert is_one_of_many(task, known) is is_one


@pytest.mark.parametrize(
    ("task", "arguments", "code"),
    [
        pytest.param(setting(becomes=True), {}, "other-user", id="become"),
        pytest.param(setting(False), {}, "other-machine", id="another machine"),
        pytest.param(setting(), {}, "", id="this machine"),
        pytest.param(setting(becomes=True), {"impersonate_user": "registry"}, "", id="said by the task"),
        pytest.param(
            setting(False, environment={"K8S_AUTH_IMPERSONATE_GROUPS": "a"}), {}, "", id="said by its environment"
        ),
    ],
)
@pytest.mark.parametrize("variable", ["K8S_AUTH_IMPERSONATE_USER", "K8S_AUTH_IMPERSONATE_GROUPS"])
def test_whom_to_act_for_does_not_get_lost(task: Setting, arguments: dict[str, str], code: str, variable: str) -> None:
    told = task._replace(process={variable: "somebody"})
    error = doubt({"kubeconfig": "/kubeconfig", **arguments}, told, variables("a", "a"))
    assert (error.code if error else "") == code


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ({"ansible_host": "x"}, {"ansible_host": "x"}, True),
        ({"ansible_ssh_host": "x"}, {"ansible_host": "x"}, True),
        ({"ansible_host": "x", "ansible_port": 22}, {"ansible_host": "x", "ansible_ssh_port": 22}, True),
        ({"ansible_ssh_user": "a"}, {"ansible_ssh_user": "a"}, False),
        ({"ansible_host": "x", "ansible_ssh_user": "u"}, {"ansible_host": "x"}, True),
        ({"ansible_host": "x", "ansible_user": "u"}, {"ansible_host": "x", "ansible_user": "v"}, False),
        ({"ansible_host": "x", "ansible_port": 22}, {"ansible_host": "x"}, True),
        ({"ansible_host": "x", "ansible_port": "22"}, {"ansible_host": "x", "ansible_port": 22}, True),
        ({"ansible_host": "x", "ansible_port": 22}, {"ansible_host": "x", "ansible_port": 2222}, False),
        ({"ansible_host": "x", "ansible_port": "ssh"}, {"ansible_host": "x", "ansible_port": 22}, False),
    ],
)
def test_hosts_that_are_one_machine(one: dict[str, Any], other: dict[str, Any], shared: bool) -> None:
    error = doubt({}, setting(False), variables("a", "a b", a=one, b=other))
    assert (error.code if error else "") == ("shared-connection" if shared else "")
