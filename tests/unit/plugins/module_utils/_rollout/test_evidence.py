# SPDX-License-Identifier: GPL-3.0-or-later
"""What proves of every option that it is served: a task is done when all of it is seen, and not without any part."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._desired.field import Place
from ansible_collections.okd.image_registry.plugins.module_utils._objects.paths import lookup
from ansible_collections.okd.image_registry.plugins.module_utils._objects.secrets import data, decoded
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.expected import Expected, judge

from tests.unit.builders import (
    HTTP_SECRET,
    Manifest,
    carried_out,
    conditions,
    config,
    credentials_file,
    deployment,
    encoded,
    healthy,
    ingress,
    manifest,
    route,
    secret,
    shown,
    user_credentials,
    worked_out,
)
from tests.unit.declarations import LEAVES, PLACES, SAMPLES, declaring, samples

Cluster = dict[tuple[str, str], Manifest]
"""Objects by kind and name."""

CHECKSUM = "imageregistry.operator.openshift.io/dependencies-checksum"
BUNDLE = "-----BEGIN CERTIFICATE-----\nb25l\n-----END CERTIFICATE-----\n"
GENERATED = ("Secret", "image-registry-private-configuration")
USER = ("Secret", "image-registry-private-configuration-user")
CONFIG, DEPLOYMENT = ("Config", "cluster"), ("Deployment", "image-registry")
CERTIFICATES = ("ConfigMap", "image-registry-certificates")
MINTED = {"aws_access_key_id": "AKIAMINTED", "aws_secret_access_key": "minted"}


def registry(option: str) -> Cluster:
    """Return a registry that serves, on the medium that an option is about, before the option is declared."""
    top, *below = option.split(".")
    storage: Manifest = {} if option == "storage.empty_dir" else {"emptyDir": {}}
    if top == "credentials":
        backend = "s3" if below == ["state"] else below[0]
        storage = {backend: {"bucket": "b", "container": "b", "region": "r"}, "managementState": "Unmanaged"}
    live = config(used=storage, storage=storage, status={"observedGeneration": 2})
    live["metadata"]["generation"] = 2
    objects = [
        live,
        _deployment(1, 1, "old"),
        manifest("ConfigMap", CERTIFICATES[1], data={"image-registry.openshift-image-registry.svc..5000": "service"}),
        secret("installer-cloud-credentials", MINTED),
        manifest("ConfigMap", "sample", metadata={"namespace": "openshift-config"}, data={"ca-bundle.crt": BUNDLE}),
        *([user_credentials()] if option == "credentials.state" else []),
    ]
    return _by_name(objects)


def _deployment(wanted: int, generation: int, checksum: str) -> Manifest:
    made = deployment(wanted, observedGeneration=generation)
    made["metadata"]["generation"] = generation
    made["spec"]["template"] = {"metadata": {"annotations": {CHECKSUM: checksum}}}
    return made


def _by_name(objects: list[Manifest]) -> Cluster:
    return {(entry["kind"], entry["metadata"]["name"]): entry for entry in objects}


def operated(cluster: Cluster) -> Cluster:
    """Return what the operator, Kubernetes and the router make of what a task has written."""
    cluster = copy.deepcopy(cluster)
    live = cluster[CONFIG]
    spec, generation = live["spec"], live["metadata"]["generation"]
    written = {"resource": "deployments", "name": "image-registry", "lastGeneration": 2}
    live["status"] |= {"observedGeneration": generation, "generations": [written], "storage": spec["storage"]}
    if spec["managementState"] == "Removed":
        live["status"]["conditions"] = conditions(
            Available=("True", "Removed", "The registry is removed"),
            Progressing=("False", "Removed", "All registry resources are removed"),
            Degraded=("False",),
            Removed=("True", "Removed", ""),
        )
        del cluster[DEPLOYMENT]
        return cluster
    cluster[DEPLOYMENT] = _deployment(spec["replicas"], 2, "new")
    for kind, name in cluster:
        if kind == "PersistentVolumeClaim":
            claim = cluster[kind, name]
            claim["status"] = {"phase": "Bound", "capacity": dict(claim["spec"]["resources"]["requests"])}
    cluster.update(_by_name([*_routes(cluster), *_generated(cluster)]))
    _trusted(cluster)
    return cluster


def _routes(cluster: Cluster) -> Iterator[Manifest]:
    spec = cluster[CONFIG]["spec"]
    asked = [{"name": "default-route"}] if spec.get("defaultRoute") else []
    for entry in [*asked, *(spec.get("routes") or [])]:
        stored = data(cluster.get(("Secret", entry.get("secretName", ""))))
        texts = {"certificate": "tls.crt", "key": "tls.key", "caCertificate": "tls.cacrt"}
        pem = {name: decoded(stored[key]) or "" for name, key in texts.items() if key in stored}
        host = entry.get("hostname") or f"{entry['name']}.apps.example.com"
        yield route(entry["name"], host, ingress(host), **pem)


def _generated(cluster: Cluster) -> Iterator[Manifest]:
    storage, stored = cluster[CONFIG]["spec"]["storage"], data(cluster.get(USER))
    values = {key: decoded(value) or "" for key, value in stored.items()}
    if "s3" in storage and values:
        text = credentials_file(values["REGISTRY_STORAGE_S3_ACCESSKEY"], values["REGISTRY_STORAGE_S3_SECRETKEY"])
        yield secret(GENERATED[1], {"credentials": text})
    elif "s3" in storage:
        yield secret(GENERATED[1], {"credentials": credentials_file(*MINTED.values())})
    elif values:
        yield secret(GENERATED[1], values)


def _trusted(cluster: Cluster) -> None:
    s3 = lookup(cluster[CONFIG], ("spec", "storage", "s3")) or {}
    bundle = (lookup(cluster.get(("ConfigMap", (s3.get("trustedCA") or {}).get("name", ""))), ("data",)) or {}).get(
        "ca-bundle.crt", ""
    )
    if bundle:
        own = bundle if not cluster[CONFIG]["spec"].get("disableRedirect") else ""
        cluster[CERTIFICATES]["data"] |= {
            "storage-ca-bundle.pem": bundle,
            "image-registry.openshift-image-registry.svc..5000": f"service{own}",
        }


Take = Callable[[Cluster], None]


def _with(key: tuple[str, str], *path: str, value: Any) -> Take:
    """Return what puts a value in the place of what proves something."""

    def take(cluster: Cluster) -> None:
        *above, last = path
        here = cluster[key]
        for name in above:
            here = here[name]
        here[last] = value

    return take


def _without(key: tuple[str, str]) -> Take:
    return lambda cluster: cluster.__delitem__(key)


def _before(key: tuple[str, str], before: Manifest) -> Take:
    return lambda cluster: cluster.__setitem__(key, before)


SYNCED: dict[str, Take] = {
    "the operator has observed the Config": _with(CONFIG, "status", "observedGeneration", value=1),
    "it reports no work and no error": _with(
        CONFIG, "status", "conditions", value=healthy(Progressing=("True", "DeploymentNotCompleted", "rolling out"))
    ),
}
SERVED: dict[str, Take] = {
    **SYNCED,
    "it reports the registry available": _with(
        CONFIG, "status", "conditions", value=healthy(Available=("False", "NoReplicasAvailable", "no pods"))
    ),
    "the Deployment is there": _without(DEPLOYMENT),
    "the Deployment is the one that the operator wrote": _with(DEPLOYMENT, "metadata", "generation", value=1),
    "Kubernetes has processed it": _with(DEPLOYMENT, "status", "observedGeneration", value=1),
    "the pods have its configuration": _with(DEPLOYMENT, "status", "updatedReplicas", value=0),
    "the pods are ready": _with(DEPLOYMENT, "status", "readyReplicas", value=0),
    "the pods have been ready for long enough": _with(DEPLOYMENT, "status", "availableReplicas", value=0),
    "no pod of before is left": _with(DEPLOYMENT, "status", "replicas", value=9),
    "the rollout has ended": _with(
        DEPLOYMENT, "status", "conditions", value=conditions(Progressing=("True", "ReplicaSetUpdated", ""))
    ),
}
RENEWED: dict[str, Take] = {
    "the pods have newer Secrets and ConfigMaps": _with(
        DEPLOYMENT, "spec", "template", "metadata", "annotations", CHECKSUM, value="old"
    ),
}
PASSED_ON: dict[str, Take] = {
    **RENEWED,
    "the operator has made the Secret of the pods": _without(GENERATED),
    "it contains the credentials": _with(GENERATED, "data", value={"credentials": encoded("others")}),
}
TRUSTED: dict[str, Take] = {
    **RENEWED,
    "the authorities of the pods contain those of the store": _with(CERTIFICATES, "data", value={}),
}


def admitted(name: str, host: str) -> dict[str, Take]:
    """Return what proves that a route is served."""
    key = ("Route", name)
    refused = ingress(host, "False", "HostAlreadyClaimed", "another Route has claimed it")
    return {
        "the Route is there": _without(key),
        "the Route is the operator's": _with(key, "metadata", "annotations", value={}),
        "a router has taken it up": _with(key, "status", "ingress", value=[]),
        "the router has taken up its host": _with(key, "status", "ingress", value=[ingress("other.example.com")]),
        "the router admits it": _with(key, "status", "ingress", value=[refused]),
    }


def declared_host(host: str) -> dict[str, Take]:
    """Return what proves that a route has the declared host."""
    other = route("sample", "other.example.com", ingress("other.example.com"))
    return {"the Route has the declared host": _before(("Route", "sample"), other)}


EVIDENCE: dict[str, dict[str, Take]] = {
    "management_state": {
        **SYNCED,
        "it reports the registry removed": _with(
            CONFIG, "status", "conditions", value=healthy(Removed=("False", "Ready", ""))
        ),
        "the Deployment is gone": _before(DEPLOYMENT, _deployment(1, 2, "new")),
    },
    "default_route": {**SERVED, **admitted("default-route", "default-route.apps.example.com")},
    "rotate_http_secret": {
        **SERVED,
        "the secret of before has not come back": _with(CONFIG, "spec", "httpSecret", value=HTTP_SECRET),
    },
    "routes": {**SERVED, **admitted("sample", "sample.apps.example.com")},
    "routes[].hostname": {**SERVED, **admitted("sample", "sample"), **declared_host("sample")},
    "routes[].tls.certificate": {
        **SERVED,
        "the Route carries the certificate": _with(("Route", "sample"), "spec", "tls", "certificate", value="other"),
    },
    "routes[].tls.ca_certificate": {
        **SERVED,
        "the Route carries the authority": _with(("Route", "sample"), "spec", "tls", "caCertificate", value="other"),
    },
    "credentials": {**SERVED, **PASSED_ON},
    # The operator obtains the keys of the pods with the declared one, so what the pods get cannot be told.
    "credentials.ibmcos": {**SERVED, **RENEWED},
    "storage.pvc.size": {
        **SERVED,
        "the volume has the size": _with(("PersistentVolumeClaim", "c"), "status", "capacity", "storage", value="1Mi"),
    },
    "storage.s3.trusted_ca": {**SERVED, **TRUSTED},
    "storage.s3.trusted_ca_certificates": {**SERVED, **TRUSTED},
}
"""Option -> what has to be seen, each with what takes it away; an option that is not here has that above it."""


def evidence(option: str) -> dict[str, Take]:
    """Return what proves that an option is served."""
    while option:
        if option in EVIDENCE:
            return EVIDENCE[option]
        option = option.rpartition(".")[0].removesuffix("[]") if "." in option else ""
    return SERVED


def is_done(expected: list[Expected], cluster: Cluster) -> bool:
    """Whether a task that expects something is done in view of a cluster."""
    refs = set().union(*(entry.refs() for entry in expected))
    return judge(expected, shown(refs, list(cluster.values()))).state == "done"


@pytest.mark.parametrize("place", LEAVES)
def test_a_task_is_done_with_all_its_evidence_and_with_nothing_less(place: Place) -> None:
    value, _other = SAMPLES.get(place.option) or samples(place.field)
    before = registry(place.option)
    work = worked_out(declaring(place, value), list(before.values()))
    written = copy.deepcopy(_by_name(carried_out(work.change, before.values())))
    if written[CONFIG]["spec"] != before[CONFIG]["spec"]:
        written[CONFIG]["metadata"]["generation"] += 1
    assert work.change.steps
    assert not is_done(work.expected, written), "the task itself, before anybody has answered"

    served = operated(written)

    assert is_done(work.expected, served)
    for name, take in evidence(place.option).items():
        less = copy.deepcopy(served)
        take(less)
        assert less != served, name
        assert not is_done(work.expected, less), f"without this it says done: {name}"


def test_the_table_names_options_that_exist() -> None:
    known = {option for place in PLACES for option in _above(place.option)}
    assert EVIDENCE.keys() <= known


def _above(option: str) -> Iterator[str]:
    while option:
        yield option
        option = option.rpartition(".")[0].removesuffix("[]")
