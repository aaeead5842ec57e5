# SPDX-License-Identifier: GPL-3.0-or-later
"""One rule of ownership for every object that a task writes or deletes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.ownership import (
    OPERATOR_CHECKSUM,
    SIGNS,
    Sign,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CONFIG_MAP_USERS,
    CONFIG_NAMESPACE,
    OPERATOR_NAMESPACE,
    PROXY,
    REGISTRY_CERTIFICATES,
    Ref,
)

from tests.unit.builders import Manifest, claim, config, findings, manifest, secret, user_credentials, worked_out
from tests.unit.certificates import CERTIFICATE, KEY_PEM

KEYS = {"s3": {"access_key": "NEW", "secret_key": "NEW"}}
TLS = {"certificate": CERTIFICATE, "key": KEY_PEM}
BUCKET = {"bucket": "b-1", "region": "r"}
OTHER = CERTIFICATE.replace("MII", "MIJ", 1)
DOCUMENTED = "image-registry-s3-bundle"
SERVED = {"pvc": {"claim": "registry"}}


def on_a_bucket(**s3: Any) -> Manifest:
    """Return a registry on a bucket."""
    return config(storage={"s3": {**BUCKET, **s3}}, used={"s3": BUCKET})


def tls_secret(*further: str, **metadata: Any) -> Manifest:
    """Return the Secret of the route public with an old certificate, and further keys."""
    keys = {"tls.crt": "old", "tls.key": "old", **dict.fromkeys(further, "x")}
    return secret("public-tls", keys, metadata=metadata, type="kubernetes.io/tls")


def authority(name: str, *further: str, pem: str = OTHER, **metadata: Any) -> Manifest:
    """Return a ConfigMap of openshift-config with a CA, and further keys."""
    data = {"ca-bundle.crt": pem, **dict.fromkeys(further, "x")}
    return manifest("ConfigMap", name, metadata={"namespace": CONFIG_NAMESPACE, **metadata}, data=data)


def trusting(name: str) -> dict[str, Any]:
    """Return options that write the ConfigMap of this name."""
    return {"storage": {"s3": {**BUCKET, "trusted_ca": name, "trusted_ca_certificates": CERTIFICATE}}}


# Each object that a task writes: the options, its live self, what else there is.
WRITTEN: dict[str, tuple[dict[str, Any], Manifest, list[Manifest]]] = {
    "the Secret of a route": ({"routes": [{"name": "public", "tls": TLS}]}, tls_secret(), [config(storage=SERVED)]),
    "credentials": ({"credentials": KEYS}, user_credentials(), [on_a_bucket()]),
    "credentials that go": ({"credentials": {"state": "absent"}}, user_credentials(), [config(storage=SERVED)]),
    "a claim": (
        {"storage": {"pvc": {"claim": "registry", "size": "200Gi"}}},
        claim("registry", storage_class=None),
        [config(storage=SERVED, used=SERVED)],
    ),
    "the CA of the bucket": (
        trusting(DOCUMENTED),
        authority(DOCUMENTED),
        [on_a_bucket(trustedCA={"name": DOCUMENTED})],
    ),
}


def told(given: dict[str, Any], *objects: Manifest) -> list[tuple[str, str]]:
    """Return code and severity of what is said about whose objects are."""
    codes = ("object-of-others", "object-taken-over", "declared-elsewhere", "cannot-see-users")
    return [(entry.code, entry.severity) for entry in findings(given, *objects) if entry.code in codes]


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.key)
@pytest.mark.parametrize("written", WRITTEN)
def test_what_bears_the_sign_of_an_owner_is_not_written(written: str, sign: Sign) -> None:
    given, live, others = WRITTEN[written]
    assert told(given, live, *others) == []
    marked = copy.deepcopy(live)
    marked["metadata"][sign.where] = {sign.key: "x"}
    problems = [entry for entry in findings(given, marked, *others) if entry.code == "object-of-others"]
    assert [sign.owner.format("x") in problem.found for problem in problems] == [True]
    assert problems[0].severity == "error"
    assert problems[0].field
    assert problems[0].remedy.endswith(".")


@pytest.mark.parametrize("written", WRITTEN)
def test_no_other_object_than_these_and_the_config_is_changed(written: str) -> None:
    """Fails for a kind of object that is not in the table above, as far as a task writes it with its options."""
    given, live, others = WRITTEN[written]
    changed = worked_out(given, [live, *others]).change.steps
    assert {step.ref.resource.kind for step in changed if step.live} <= {live["kind"], "Config"}
    assert any(step.live is live for step in changed)


@pytest.mark.parametrize(
    ("live", "said"),
    [
        (tls_secret(), []),
        (tls_secret(managedFields=[{"manager": "okd.image_registry"}]), []),
        (tls_secret(managedFields=[{"manager": "kubectl-create"}]), [("object-taken-over", "warning")]),
        (tls_secret("password"), [("object-of-others", "error")]),
        (tls_secret("password", managedFields=[{"manager": "okd.image_registry"}]), []),
    ],
    ids=["not known who wrote it", "ours", "of somebody", "with a further key", "ours with a further key"],
)
def test_a_secret_that_was_made_for_something_else(live: Manifest, said: list[tuple[str, str]]) -> None:
    given = {"routes": [{"name": "public", "tls": TLS}]}
    assert told(given, config(storage=SERVED), live) == said
    # What the Config names for a route serves the registry.
    named = config(storage=SERVED, routes=[{"name": "public", "secretName": "public-tls"}])
    assert told(given, named, live) == []


APPLIED = {"manager": "flux", "operation": "Apply", "fieldsV1": {"f:data": {"f:tls.crt": {}}}}


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"managedFields": [APPLIED, {"manager": "okd.image_registry"}]}, ["declared-elsewhere"]),
        ({"managedFields": [APPLIED]}, ["object-taken-over", "declared-elsewhere"]),
        (
            {"managedFields": [APPLIED], "ownerReferences": [{"kind": "Certificate", "name": "public"}]},
            ["object-of-others"],
        ),
    ],
    ids=["ours", "taken over", "refused"],
)
def test_who_else_declares_a_secret_is_named_if_it_may_be_written(metadata: Manifest, said: list[str]) -> None:
    given = {"routes": [{"name": "public", "tls": TLS}]}
    assert [code for code, _severity in told(given, config(storage=SERVED), tls_secret(**metadata))] == said


@pytest.mark.parametrize("names", [("new", "public"), ("public", "znew")])
def test_an_object_that_is_created_hides_none_that_is_somebody_elses(names: tuple[str, str]) -> None:
    given = {"routes": [{"name": name, "tls": TLS} for name in names]}
    steps = worked_out(given, [config(storage=SERVED), tls_secret("password")]).change.steps
    assert {step.action for step in steps if step.live is None} == {"create"}
    assert told(given, config(storage=SERVED), tls_secret("password")) == [("object-of-others", "error")]


def user(name: str) -> Manifest:
    """Return the cluster's Proxy, which trusts a ConfigMap."""
    return manifest("Proxy", "cluster", spec={"trustedCA": {"name": name}})


@pytest.mark.parametrize(
    ("objects", "codes"),
    [
        ([authority("ca", pem=CERTIFICATE + OTHER), user("ca")], ["object-of-others"]),
        ([authority("ca", pem=OTHER)], ["object-of-others"]),
        ([authority("ca", "ca.crt", pem="")], ["object-of-others"]),
        ([authority("ca", pem="\n" + CERTIFICATE), user("other")], []),
        ([authority("ca", managedFields=[{"manager": "okd.image_registry"}])], []),
        ([authority("ca", managedFields=[{"manager": "okd.image_registry"}]), user("ca")], ["object-of-others"]),
        ([user("ca")], ["object-of-others"]),
        ([user("other")], []),
    ],
    ids=[
        "trusted by the proxy",
        "with another certificate",
        "with a further key",
        "with the same certificate",
        "ours",
        "ours, and trusted by the proxy",
        "missed by the proxy",
        "new",
    ],
)
def test_the_trust_of_others_is_not_changed(objects: list[Manifest], codes: list[str]) -> None:
    assert [code for code, _severity in told(trusting("ca"), on_a_bucket(), *objects)] == codes


@pytest.mark.parametrize("name", ["ca", DOCUMENTED])
@pytest.mark.parametrize("is_ours", [False, True])
@pytest.mark.parametrize("ref", CONFIG_MAP_USERS, ids=str)
def test_each_user_of_a_bundle_is_named(ref: Ref, is_ours: bool, name: str) -> None:
    assert ref.name is not None
    spec = {"providers": [{"name": "ldap", "ldap": {"ca": {"name": name}}}]}
    using = manifest(ref.resource.kind, ref.name, spec=spec)
    managers = [{"manager": "okd.image_registry"}] if is_ours else []
    live = authority(name, pem=CERTIFICATE + OTHER, managedFields=managers)
    (said,) = [
        entry
        for entry in findings(trusting(name), on_a_bucket(trustedCA={"name": name}), live, using)
        if entry.code == "object-of-others"
    ]
    assert said.found.startswith(f"{ref} as owner")
    # To give the same name again would not help.
    assert (DOCUMENTED in said.remedy) is (name != DOCUMENTED)


@pytest.mark.parametrize("hidden", [[], [PROXY("cluster")]], ids=["seen", "hidden"])
def test_a_bundle_of_the_documented_name_may_be_somebody_elses(hidden: list[Ref]) -> None:
    def codes(live: Manifest, **bucket: Any) -> list[str]:
        found = findings(trusting(DOCUMENTED), on_a_bucket(**bucket), live, forbidden=hidden)
        return [entry.code for entry in found if entry.code in ("cannot-see-users", "object-of-others")]

    # Nobody refers to it, so that it is for the registry, but for what would be lost.
    assert codes(authority(DOCUMENTED, pem="\n" + CERTIFICATE)) == []
    assert codes(authority(DOCUMENTED, pem=CERTIFICATE + OTHER)) == ["object-of-others"]
    assert codes(authority(DOCUMENTED, pem=OTHER), trustedCA={"name": DOCUMENTED}) == []
    assert codes(authority(DOCUMENTED, pem=OTHER, managedFields=[{"manager": "okd.image_registry"}])) == []


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize(
    ("manager", "codes"),
    [
        ({"manager": "argocd-controller", "operation": "Update"}, ["declared-elsewhere"]),
        ({"manager": "argocd", "operation": "Apply"}, ["declared-elsewhere"]),
        ({"manager": "kubectl-edit", "operation": "Update"}, []),
        ({"manager": "okd.image_registry", "operation": "Update"}, []),
    ],
    ids=["argocd-controller", "applied", "edited", "ours"],
)
def test_who_declares_what_is_written_or_deleted_is_named(
    written: str, manager: dict[str, str], codes: list[str]
) -> None:
    given, live, others = WRITTEN[written]
    declared = copy.deepcopy(live)
    owned: Manifest = {
        f"f:{key}": {f"f:{name}": {} for name in declared[key]} for key in ("data", "spec") if key in declared
    }
    if "f:spec" in owned:
        owned["f:spec"]["f:resources"] = {"f:requests": {"f:storage": {}}}
    ours = {"manager": "okd.image_registry", "operation": "Update", "fieldsV1": {}}
    declared["metadata"]["managedFields"] = [ours, {**manager, "fieldsV1": owned}]
    said = [entry for entry in findings(given, declared, *others) if entry.code == "declared-elsewhere"]
    assert [entry.code for entry in said] == codes
    assert all(entry.field and manager["manager"] in entry.found for entry in said)


def test_a_bundle_that_the_config_names_is_renewed() -> None:
    assert told(trusting("ca"), on_a_bucket(trustedCA={"name": "ca"}), authority("ca")) == []


@pytest.mark.parametrize(
    ("live", "codes"),
    [([authority("ca", pem="\n" + CERTIFICATE)], ["cannot-see-users"]), ([], [])],
    ids=["there", "new"],
)
def test_a_bundle_whose_users_are_hidden_is_not_changed(live: list[Manifest], codes: list[str]) -> None:
    found = findings(trusting("ca"), on_a_bucket(), *live, forbidden=[PROXY("cluster")])
    assert [entry.code for entry in found if entry.code in ("cannot-see-users", "object-of-others")] == codes


def test_what_is_not_written_takes_nothing_from_its_owner() -> None:
    live = secret("public-tls", {"tls.crt": CERTIFICATE, "tls.key": KEY_PEM})
    live["metadata"]["ownerReferences"] = [{"kind": "Certificate", "name": "public"}]
    assert told({"routes": [{"name": "public", "tls": TLS}]}, config(storage=SERVED), live) == []


@pytest.mark.parametrize(
    ("metadata", "field", "who"),
    [
        (
            {
                "managedFields": [
                    {"manager": "argocd", "operation": "Apply", "fieldsV1": {"f:spec": {"f:replicas": {}}}}
                ]
            },
            "spec.replicas",
            "argocd",
        ),
        ({"annotations": {"argocd.argoproj.io/tracking-id": "x"}}, "spec.logLevel, spec.replicas", "Argo CD (x)"),
    ],
    ids=["a field", "the whole"],
)
def test_who_else_declares_the_config_is_named(metadata: dict[str, Any], field: str, who: str) -> None:
    live = config(storage=SERVED)
    live["metadata"] |= metadata
    given = {"replicas": 2, "log_level": "Debug"}
    (said,) = [entry for entry in findings(given, live) if entry.code == "declared-elsewhere"]
    assert (said.field, said.found, said.severity) == (field, f"{who} as manager too", "warning")
    assert told({"replicas": 1}, live) == []


def test_nothing_is_said_of_the_operators_own_config_map_that_is_marked() -> None:
    own: dict[str, Any] = {"namespace": OPERATOR_NAMESPACE, "annotations": {OPERATOR_CHECKSUM: "sha256:x"}}
    objects = [on_a_bucket(), authority("ca"), authority("image-registry-certificates", **own), user_credentials()]
    given = {"storage": {"s3": {**BUCKET, "trusted_ca": "ca"}}}
    assert worked_out(given, objects).change.step(REGISTRY_CERTIFICATES) is not None
    assert told(given, *objects) == []
