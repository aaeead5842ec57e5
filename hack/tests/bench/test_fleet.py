# SPDX-License-Identifier: GPL-3.0-or-later
"""Many clusters at once."""

from pathlib import Path

import pytest

from hack.bench.fleet import HOSTS, Cluster, fleet_variants, inventory, kubeconfig_of, names, waiting_variants
from hack.bench.state import DesiredState
from hack.bench.variant import Access, Variant
from hack.bench.variants import all_variants

STATE = DesiredState("certificate", "key", "http://127.0.0.1:5000")
CLUSTER = Cluster("https://127.0.0.1:6443", "a token", Path("/ca.crt"), "a kubeconfig")


@pytest.fixture(scope="module")
def fleet() -> dict[str, Variant]:
    return {variant.key: variant for variant in fleet_variants(STATE, CLUSTER)}


def test_each_host_has_variables_of_its_own() -> None:
    hosts = inventory(2, CLUSTER)["all"]["hosts"]
    assert list(hosts) == ["cluster-001", "cluster-002"]
    assert hosts["cluster-002"] == {
        "cluster_host": "https://127.0.0.1:6443",
        "cluster_api_key": "a token",
        "cluster_ca_cert": "/ca.crt",
        "cluster_kubeconfig": "cluster-002.kubeconfig",
    }


def test_hosts_are_reached_by_what_their_variables_say(fleet: dict[str, Variant]) -> None:
    by_token, by_kubeconfig = (fleet[key].files[f"{key}-100.yml"] for key in ("registry", "registry-kubeconfig"))
    assert "{{ cluster_api_key }}" in by_token and "cluster_kubeconfig" not in by_token
    assert "{{ cluster_kubeconfig }}" in by_kubeconfig and "cluster_api_key" not in by_kubeconfig
    assert all(variant.access is Access.FILES for variant in fleet.values())


@pytest.mark.parametrize("key", ["registry-kubeconfig", "kubectl"])
def test_each_cluster_has_a_kubeconfig(fleet: dict[str, Variant], key: str) -> None:
    assert {kubeconfig_of(name) for name in names(HOSTS)} <= set(fleet[key].files)


def test_changes_of_all_clusters_count(fleet: dict[str, Variant]) -> None:
    config = "config.imageregistry.operator.openshift.io/cluster patched"
    output = "\n".join([f"{config} (no change)", config, f"{config} (no change)", config]) + "\n"
    assert fleet["kubectl"].changes(output) == 2
    assert fleet["registry"].changes("cluster-001 : ok=1 changed=1\ncluster-002 : ok=1 changed=0\n") == 1


def test_no_variant_overwrites_a_file_of_another_one() -> None:
    files: dict[str, str] = {}
    for variant in (
        *all_variants(STATE, Path("/kubectl")),
        *fleet_variants(STATE, CLUSTER),
        *waiting_variants(STATE, CLUSTER),
    ):
        for name, text in variant.files.items():
            assert files.setdefault(name, text) == text
