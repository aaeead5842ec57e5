# SPDX-License-Identifier: GPL-3.0-or-later
"""States of the cluster in which bad input is tried, each with things that do not fit what will be asked."""

from tests.certificates import self_signed
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.lab import Lab

HOST = "registry.example.com"
CERTIFICATE, KEY = self_signed(HOST)
OTHER_CERTIFICATE, OTHER_KEY = self_signed("other.example.com")


def furnish(lab: Lab) -> None:
    """Create claims, Secrets and ConfigMaps that no registry uses yet."""
    for name, mode, storage_class in (
        ("shared", "ReadWriteMany", "standard"),
        ("block", "ReadWriteOnce", "standard"),
        ("rigid", "ReadWriteMany", "fixed"),
        ("readonly", "ReadOnlyMany", "standard"),
    ):
        setups.add_claim(lab, name, mode=mode, storage_class=storage_class)
        setups.wait_bound(lab, name)
    lab.set_knobs(bindClaims=False)
    setups.add_claim(lab, "unbound")
    setups.add_secret(lab, "no-key", {"tls.crt": CERTIFICATE})
    setups.add_secret(lab, "other-host", {"tls.crt": OTHER_CERTIFICATE, "tls.key": OTHER_KEY})
    setups.add_secret(lab, "mixed-up", {"tls.crt": CERTIFICATE, "tls.key": OTHER_KEY})
    frozen = {"metadata": {"name": "frozen-tls"}, "type": "kubernetes.io/tls", "immutable": True}
    lab.api.create(paths.SECRETS, {**frozen, "stringData": {"tls.crt": OTHER_CERTIFICATE, "tls.key": OTHER_KEY}})
    lab.api.create(paths.TRUSTED_CAS, {"metadata": {"name": "no-bundle"}, "data": {"ca.crt": CERTIFICATE}})


def removed(lab: Lab) -> None:
    """A fresh bare-metal cluster."""
    furnish(lab)


def incomplete(lab: Lab) -> None:
    """The same, with half of the credentials of an object store."""
    furnish(lab)
    setups.add_secret(lab, paths.USER_SECRET.rsplit("/", 1)[1], {"REGISTRY_STORAGE_S3_ACCESSKEY": setups.ACCESS_KEY})


def shared(lab: Lab) -> None:
    """Two pods serve from a claim that they share."""
    furnish(lab)
    storage = {"pvc": {"claim": "shared"}, "managementState": "Unmanaged"}
    setups.serve(lab, {"storage": storage, "replicas": 2})


def block(lab: Lab) -> None:
    """One pod serves from a claim of its own."""
    furnish(lab)
    storage = {"pvc": {"claim": "block"}, "managementState": "Unmanaged"}
    setups.serve(lab, {"storage": storage, "replicas": 1, "rolloutStrategy": "Recreate"})


def disks(lab: Lab) -> None:
    """One pod serves from its own disk."""
    setups.serve_from_disks(lab)


def bucket(lab: Lab) -> None:
    """Two pods serve from a bucket."""
    setups.serve_from_bucket(lab)


def absent(lab: Lab) -> None:
    """The operator has not yet created the Config."""
    lab.set_knobs(operatorPaused=True)
    lab.api.patch(paths.CONFIG, {"metadata": {"finalizers": None}})
    lab.api.delete(paths.CONFIG)
    lab.api.wait_for(paths.CONFIG, lambda config: config is None)


STATES = {state.__name__: state for state in (removed, incomplete, shared, block, disks, bucket, absent)}
