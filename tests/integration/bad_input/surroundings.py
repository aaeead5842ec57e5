# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: right in itself, but not on a cluster in this state."""

from tests.integration.bad_input.case import CONFIG, Args, Case, claim, route
from tests.integration.bad_input.clusters import CLAIMED_HOST

_MORE: Args = {"replicas": 2}


def _undecodable(name: str, field: str, found: str) -> Case:
    says = (
        f"{field} has '{found}'",
        "a Go duration such as 30s",
        "without an error message",
        "Declare a correct value",
    )
    return Case(f"live-{name}", "registry_replicas", _MORE, (CONFIG, field), says, "undecodable")


CASES = [
    Case(
        "host-claimed-by-another-route",
        "registry_routes",
        {"routes": [{"name": "public", "hostname": CLAIMED_HOST}]},
        (route("public"), "routes[].hostname"),
        (f"{CLAIMED_HOST}, which Route default/website has claimed", "The router would not admit your Route"),
    ),
    Case(
        "live-two-backends",
        "registry_replicas",
        _MORE,
        (CONFIG, "spec.storage"),
        (
            "2 backends (emptyDir, pvc)",
            "exactly one storage type",
            "The operator applies nothing until only one backend is left",
        ),
        "two_backends",
    ),
    _undecodable("queue-wait-in-days", "spec.requests.read.maxWaitInQueue", "1d"),
    _undecodable("cloud-front-duration-in-weeks", "spec.storage.s3.cloudFront.duration", "2 weeks"),
    Case(
        "live-state-that-the-operator-ignores",
        "registry_replicas",
        _MORE,
        (CONFIG, "management_state"),
        ("has Force", "one of Managed, Unmanaged, Removed", "The operator does nothing at all in this state"),
        "forced",
    ),
    Case(
        "live-config-being-deleted",
        "registry_replicas",
        _MORE,
        (CONFIG, "metadata.deletionTimestamp"),
        ("a Config that is being deleted", "one that stays", "Wait until the operator has created a new one"),
        "leaving",
    ),
    Case(
        "operator-scaled-down",
        "registry_replicas",
        _MORE,
        ("Deployment openshift-image-registry/cluster-image-registry-operator", "spec.replicas"),
        (
            "has 0",
            "an operator that runs",
            "Without the operator nothing that is declared takes effect",
            "Scale the Deployment up to 1",
        ),
        "unattended",
    ),
    Case(
        "claim-being-deleted",
        "registry_storage",
        {"management_state": "Managed", "storage": {"pvc": {"claim": "leaving"}}},
        (claim("leaving"), "storage.pvc.claim"),
        ("a claim that is being deleted", "a claim that stays", "Wait until it is gone, or name another"),
    ),
    Case(
        "claim-lost",
        "registry_storage",
        {"management_state": "Managed", "storage": {"pvc": {"claim": "lost"}}},
        (claim("lost"), "storage.pvc.claim"),
        ("a claim whose volume is lost", "Restore the volume, or name another claim"),
    ),
]
