# SPDX-License-Identifier: GPL-3.0-or-later
"""States of the cluster in which bad input is tried, each with things that do not fit what will be asked."""

from typing import Any

from sandbox.pem import self_signed
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.lab import Lab

HOST = "registry.example.com"
CERTIFICATE, KEY = self_signed(HOST)
OTHER_CERTIFICATE, OTHER_KEY = self_signed("other.example.com")
CLAIMED_HOST = "www.example.com"
_OTHER_ROUTES = "/apis/route.openshift.io/v1/namespaces/default/routes"
_USER_SECRET = paths.USER_SECRET.rsplit("/", 1)[1]


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
    website = {"apiVersion": "route.openshift.io/v1", "kind": "Route", "metadata": {"name": "website"}}
    spec = {"host": CLAIMED_HOST, "to": {"kind": "Service", "name": "website"}}
    lab.api.create(_OTHER_ROUTES, {**website, "spec": spec})
    # A Route claims its host only once a router serves it.
    lab.api.wait_for(f"{_OTHER_ROUTES}/website", lambda route: route.get("status", {}).get("ingress"))
    lose_claims(lab)


def lose_claims(lab: Lab) -> None:
    """Create a claim that is being deleted and one whose volume is lost."""
    for name in ("leaving", "lost"):
        setups.add_claim(lab, name)
    lab.api.patch(f"{paths.CLAIMS}/leaving", {"metadata": {"finalizers": ["kubernetes.io/pvc-protection"]}})
    lab.api.delete(f"{paths.CLAIMS}/leaving")
    lab.api.patch(f"{paths.CLAIMS}/lost/status", {"status": {"phase": "Lost"}})


def removed(lab: Lab) -> None:
    """A fresh bare-metal cluster."""
    furnish(lab)


def incomplete(lab: Lab) -> None:
    """The same, with half of the credentials of an object store."""
    furnish(lab)
    setups.add_secret(lab, _USER_SECRET, {"REGISTRY_STORAGE_S3_ACCESSKEY": setups.ACCESS_KEY})


def leftover(lab: Lab) -> None:
    """A fresh cluster with the credentials of a GCS bucket, and with those that the cluster mints."""
    keyfile = '{"type": "service_account", "private_key": "left over"}'
    setups.add_secret(lab, _USER_SECRET, {"REGISTRY_STORAGE_GCS_KEYFILE": keyfile})
    minted = {"aws_access_key_id": setups.ACCESS_KEY, "aws_secret_access_key": setups.SECRET_KEY}
    setups.add_secret(lab, "installer-cloud-credentials", minted)


def misspelt(lab: Lab) -> None:
    """A fresh cluster with the credentials of Swift as documents of OpenShift spell them."""
    data = {"REGISTRY_STORAGE_SWIFT_USER": "images-account", "REGISTRY_STORAGE_SWIFT_PASSWORD": "open sesame"}
    setups.add_secret(lab, _USER_SECRET, data)


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


def two_backends(lab: Lab) -> None:
    """Somebody has added a second backend to a registry that serves."""
    setups.serve_from_claim(lab, replicas=1)
    lab.api.patch(paths.CONFIG, {"spec": {"storage": {"emptyDir": {}}}})


def undecodable(lab: Lab) -> None:
    """Somebody has set durations that the API server accepts and Go cannot parse."""
    private_key = {"name": "cloudfront", "key": "private.pem"}
    cloud_front: dict[str, Any] = {"baseURL": "https://d111111abcdef8.cloudfront.net", "keypairID": "APKAEXAMPLE"}
    cloud_front |= {"privateKey": private_key, "duration": "2 weeks"}
    bucket = {"bucket": setups.BUCKET, "region": setups.REGION, "cloudFront": cloud_front}
    requests = {"read": {"maxWaitInQueue": "1d"}}
    lab.api.patch(paths.CONFIG, {"spec": {"storage": {"s3": bucket}, "requests": requests}})


def forced(lab: Lab) -> None:
    """Somebody has set the management state to the one that the API still knows and the operator does not."""
    lab.api.patch(paths.CONFIG, {"spec": {"managementState": "Force"}})


def leaving(lab: Lab) -> None:
    """Somebody has deleted the Config, and the operator is not yet through with it."""
    lab.set_knobs(operatorPaused=True)
    lab.api.delete(paths.CONFIG)


def unattended(lab: Lab) -> None:
    """Somebody has scaled the operator down."""
    lab.api.patch(paths.OPERATOR_DEPLOYMENT, {"spec": {"replicas": 0}})
    lab.api.patch(f"{paths.OPERATOR_DEPLOYMENT}/status", {"status": {"availableReplicas": None}})


def absent(lab: Lab) -> None:
    """The operator has not yet created the Config."""
    lab.set_knobs(operatorPaused=True)
    lab.api.patch(paths.CONFIG, {"metadata": {"finalizers": None}})
    lab.api.delete(paths.CONFIG)
    lab.api.wait_gone(paths.CONFIG)


STATES = {
    state.__name__: state
    for state in (
        removed,
        incomplete,
        leftover,
        misspelt,
        shared,
        block,
        disks,
        bucket,
        two_backends,
        undecodable,
        forced,
        leaving,
        unattended,
        absent,
    )
}
