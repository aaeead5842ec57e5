# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of Routes: which are taken over, and on which somebody's settings are lost."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import REGISTRY_ROUTES

from tests.unit.builders import Manifest, config, findings, ingress, manifest, removed_config, route, secret
from tests.unit.certificates import CERTIFICATE, HOST, KEY_PEM

case = pytest.param
OURS = "openshift-image-registry"
ALLOW = "haproxy.router.openshift.io/ip_whitelist"
SERVED = {"pvc": {"claim": "registry"}}
PUBLIC = {"name": "public", "hostname": HOST}
BLIND = "cannot-see-routes"
CODES = ("route-of-others", "route-taken-over", "route-settings-lost", "host-of-default-route", "host-claimed")


def told(given: dict[str, Any], *objects: Manifest) -> list[tuple[str, str]]:
    """Return code and severity of what is said about Routes."""
    return [(entry.code, entry.severity) for entry in findings(given, *objects) if entry.code in CODES]


def restricted(name: str = "public", host: str = HOST, **metadata: Any) -> Manifest:
    """Return a Route of the registry with an allow list."""
    made = route(name, host, ingress(host))
    made["metadata"]["annotations"][ALLOW] = "192.0.2.0/24"
    made["metadata"] |= metadata
    return made


def serving(*routes: dict[str, Any], **spec: Any) -> Manifest:
    """Return a Config with routes."""
    return config(storage=SERVED, routes=list(routes), **spec)


NEW_HOST = {"name": "public", "hostname": "new.example.com"}
WITH_SECRET = {**PUBLIC, "secretName": "public-tls"}
RENEWED = {"routes": [{**PUBLIC, "tls": {"certificate": CERTIFICATE, "key": KEY_PEM}}]}
OURS_ONCE = {"managedFields": [{"manager": "okd.image_registry"}]}
OLD_PAIR = secret("public-tls", {"tls.crt": "old", "tls.key": "old"})


@pytest.mark.parametrize(
    ("given", "objects", "fate"),
    [
        case({"routes": [NEW_HOST]}, [serving(PUBLIC), restricted()], "rewrites", id="another host"),
        case(RENEWED, [serving(WITH_SECRET), OLD_PAIR, restricted()], "rewrites", id="renewed certificate"),
        case(RENEWED, [serving(PUBLIC), restricted()], "rewrites", id="first certificate"),
        case({"routes": []}, [serving(PUBLIC), restricted()], "deletes", id="dropped"),
        case(
            {"default_route": False},
            [serving(defaultRoute=True), restricted("default-route")],
            "deletes",
            id="closed default route",
        ),
        case({"management_state": "Removed"}, [serving(PUBLIC), restricted()], "deletes", id="removed registry"),
        case(
            {"management_state": "Managed"},
            [serving(NEW_HOST, managementState="Unmanaged"), restricted()],
            "rewrites",
            id="host that was changed while Unmanaged",
        ),
        case(
            {"management_state": "Managed"},
            [serving(managementState="Unmanaged"), restricted()],
            "deletes",
            id="dropped while Unmanaged",
        ),
        case(
            {"routes": [PUBLIC]},
            [serving(), restricted(annotations={ALLOW: "192.0.2.0/24"}, namespace=OURS)],
            "takes over",
            id="taken over",
        ),
    ],
)
def test_settings_of_others_are_lost_with_consent_only(
    given: dict[str, Any], objects: list[Manifest], fate: str
) -> None:
    (lost,) = [entry for entry in findings(given, *objects) if entry.code == "route-settings-lost"]
    assert lost.severity == "error"
    assert lost.found == f"annotation {ALLOW}, which the operator removes when it {fate} the Route"
    assert lost.subject.startswith("Route openshift-image-registry/")
    consenting = findings({**given, "accept_settings_loss": True}, *objects)
    assert "route-settings-lost" not in [entry.code for entry in consenting]


@pytest.mark.parametrize(
    ("given", "objects"),
    [
        case({"log_level": "Debug"}, [serving(PUBLIC), restricted()], id="another setting"),
        case({"routes": [PUBLIC]}, [serving(PUBLIC), restricted()], id="nothing to write"),
        case({"routes": [PUBLIC], "replicas": 2}, [serving(PUBLIC), restricted()], id="the same route"),
        case({"routes": [PUBLIC, {"name": "b"}]}, [serving(PUBLIC), restricted()], id="one route more"),
        case({"routes": [NEW_HOST]}, [serving(PUBLIC, managementState="Unmanaged"), restricted()], id="Unmanaged"),
        case({"management_state": "Unmanaged"}, [serving(PUBLIC), restricted()], id="let go of"),
        case({"management_state": "Managed"}, [serving(PUBLIC, managementState="Unmanaged"), restricted()], id="back"),
        case({"management_state": "Removed"}, [serving(), restricted()], id="not listed, which Removed leaves"),
        case({"replicas": 2}, [serving(), restricted()], id="dropped before"),
        case(
            {"routes": [{"name": "public", "hostname": ""}], "replicas": 2},
            [serving({"name": "public", "hostname": ""}), restricted()],
            id="an empty value",
        ),
        case({"routes": [NEW_HOST]}, [serving(PUBLIC), route("public", HOST)], id="nothing of others on it"),
        case({"routes": []}, [serving(PUBLIC), restricted("other", annotations={ALLOW: "x"})], id="a Route of others"),
    ],
)
def test_settings_of_others_stay(given: dict[str, Any], objects: list[Manifest]) -> None:
    for entry in objects:
        entry["metadata"].setdefault("namespace", OURS)
    assert told(given, *objects) == []


@pytest.mark.parametrize(
    ("given", "live", "said"),
    [
        case(RENEWED, serving(WITH_SECRET), [("public", "error", "rewrites")], id="renewed certificate"),
        case({"routes": [NEW_HOST]}, serving(PUBLIC), [("public", "error", "rewrites")], id="another host"),
        case({"routes": []}, serving(PUBLIC), [("public", "error", "deletes")], id="dropped"),
        case(
            {"default_route": False}, serving(defaultRoute=True), [("default-route", "error", "deletes")], id="closed"
        ),
        case(
            {"management_state": "Removed"},
            serving(PUBLIC, defaultRoute=True),
            [("default-route", "error", "deletes"), ("public", "error", "deletes")],
            id="removed registry",
        ),
        case(
            {"management_state": "Managed", "routes": [NEW_HOST]},
            serving(PUBLIC, managementState="Unmanaged"),
            [("public", "error", "rewrites")],
            id="another host with the return",
        ),
        case({"routes": [PUBLIC]}, serving(), [("public", "warning", "replace")], id="new"),
        case(
            {"management_state": "Managed"},
            serving(PUBLIC, managementState="Removed"),
            [("public", "warning", "replace")],
            id="new with the registry",
        ),
        case({"management_state": "Managed"}, serving(PUBLIC, managementState="Unmanaged"), [], id="back"),
        case({"routes": [PUBLIC], "log_level": "Debug"}, serving(PUBLIC), [], id="the same"),
        case({"routes": [NEW_HOST]}, serving(PUBLIC, managementState="Unmanaged"), [], id="stored only"),
        case({"management_state": "Removed"}, serving(), [], id="none listed"),
        case({"routes": [PUBLIC]}, serving(PUBLIC), [], id="nothing to write"),
    ],
)
def test_who_may_not_see_routes_is_asked_or_told(
    given: dict[str, Any], live: Manifest, said: list[tuple[str, str, str]]
) -> None:
    objects = [live, OLD_PAIR, restricted(), restricted("default-route")]
    found = [entry for entry in findings(given, *objects, forbidden=[REGISTRY_ROUTES]) if entry.code == BLIND]
    assert [(entry.subject.rpartition("/")[2], entry.severity) for entry in found] == [
        (name, severity) for name, severity, _word in said
    ]
    assert all(word in entry.needed for entry, (_name, _severity, word) in zip(found, said, strict=True))
    consenting = findings({**given, "accept_settings_loss": True}, *objects, forbidden=[REGISTRY_ROUTES])
    assert "error" not in [entry.severity for entry in consenting if entry.code == BLIND]
    assert BLIND not in [entry.code for entry in findings({**given, "accept_settings_loss": True}, *objects)]


@pytest.mark.parametrize(
    ("metadata", "word"),
    [
        ({"labels": {"router": "internal"}}, "label router"),
        ({"ownerReferences": [{"kind": "ConfigMap", "name": "dns"}]}, "owner ConfigMap dns"),
        ({"finalizers": ["example.com/dns"]}, "finalizer example.com/dns"),
    ],
    ids=["label", "owner", "finalizer"],
)
def test_other_metadata_is_lost_too(metadata: dict[str, Any], word: str) -> None:
    labelled = restricted(**metadata)
    (lost,) = [entry for entry in findings({"routes": []}, serving(PUBLIC), labelled) if entry.code == CODES[2]]
    assert f"annotation {ALLOW}, {word}" in lost.found


def hand_edited(*path: str, value: Any, name: str = "public") -> Manifest:
    """Return a Route of the operator's with one field that somebody edited."""
    made = route(name, HOST, ingress(HOST))
    made["metadata"]["namespace"] = OURS
    below = made["spec"]
    for key in path[:-1]:
        below = below[key]
    below[path[-1]] = value
    return made


@pytest.mark.parametrize(
    ("live", "field"),
    [
        case(hand_edited("alternateBackends", value=[{"name": "b"}]), "spec.alternateBackends", id="backends"),
        case(hand_edited("to", "weight", value=50), "spec.to.weight", id="weight"),
        case(hand_edited("to", "name", value="proxy"), "spec.to.name", id="target"),
        case(hand_edited("port", value={"targetPort": 1}), "spec.port", id="port"),
        case(hand_edited("path", value="/v2"), "spec.path", id="path"),
        case(hand_edited("httpHeaders", value={"actions": {}}), "spec.httpHeaders", id="headers"),
        case(
            hand_edited("tls", "insecureEdgeTerminationPolicy", value="Redirect"),
            "spec.tls.insecureEdgeTerminationPolicy",
            id="HTTP",
        ),
        case(
            hand_edited("tls", "destinationCACertificate", value="c"), "spec.tls.destinationCACertificate", id="its CA"
        ),
        case(hand_edited("tls", "termination", value="edge"), "spec.tls.termination", id="termination"),
        case(hand_edited("tls", "certificate", value="c"), "spec.tls.certificate", id="certificate"),
        case(hand_edited("tls", "insecureEdgeTerminationPolicy", value="None"), "", id="HTTP that is closed anyway"),
        case(hand_edited("to", "weight", value=100), "", id="the usual weight"),
        case(hand_edited("path", value="/"), "", id="the root"),
        case(hand_edited("wildcardPolicy", value="None"), "", id="the usual policy"),
    ],
)
@pytest.mark.parametrize(
    ("given", "fate"),
    [({"routes": [NEW_HOST]}, "rewrites"), ({"routes": []}, "deletes"), ({"management_state": "Removed"}, "deletes")],
    ids=["another host", "dropped", "removed registry"],
)
def test_fields_of_others_are_lost_with_consent_only(
    given: dict[str, Any], fate: str, live: Manifest, field: str
) -> None:
    lost = [entry for entry in findings(given, serving(PUBLIC), live) if entry.code == "route-settings-lost"]
    text = f"field {field}, which the operator removes when it {fate} the Route"
    assert [(entry.field, entry.found) for entry in lost] == ([("spec", text)] if field else [])
    assert told({**given, "accept_settings_loss": True}, serving(PUBLIC), live) == []
    assert told({"log_level": "Debug"}, serving(PUBLIC), live) == []


def test_a_certificate_of_ones_own_on_the_default_route() -> None:
    live = hand_edited("tls", "certificate", value="c", name="default-route")
    (lost,) = findings({"default_route": False}, serving(defaultRoute=True), live)
    assert (lost.code, lost.found.partition(",")[0]) == ("route-settings-lost", "field spec.tls.certificate")


def test_a_certificate_that_the_operator_gave_is_nobody_elses() -> None:
    live = hand_edited("tls", "certificate", value="c")
    assert told(RENEWED, serving(WITH_SECRET), OLD_PAIR, live) == []


def by_hand(name: str = "public", host: str = HOST, /, **spec: Any) -> Manifest:
    """Return a Route that somebody made for the registry."""
    content = {"host": host, "to": {"kind": "Service", "name": "image-registry"}, "tls": {"termination": "reencrypt"}}
    status = {"ingress": [ingress(host)]}
    return manifest("Route", name, metadata={"namespace": OURS}, spec=content | spec, status=status)


GENERATED = f"public-{OURS}.apps.example.com"


@pytest.mark.parametrize(
    ("given", "live", "said"),
    [
        case({"routes": [PUBLIC]}, by_hand(), [("route-taken-over", "warning")], id="the same host"),
        case(
            {"routes": [{"name": "public"}]},
            by_hand("public", GENERATED),
            [("route-taken-over", "warning")],
            id="generated",
        ),
        case({"routes": [PUBLIC]}, by_hand(path="/"), [("route-taken-over", "warning")], id="the root"),
        case({"routes": [NEW_HOST]}, by_hand(), [("route-of-others", "error")], id="another host"),
        case({"routes": [{"name": "public"}]}, by_hand(), [("route-of-others", "error")], id="another than generated"),
        case(
            {"routes": [PUBLIC]},
            by_hand(tls={"termination": "passthrough"}),
            [("route-of-others", "error")],
            id="another termination",
        ),
        case({"routes": [PUBLIC]}, by_hand(tls=None), [("route-of-others", "error")], id="no TLS"),
        case({"routes": [PUBLIC]}, by_hand(path="/v2"), [("route-of-others", "error")], id="a path"),
        case(
            {"routes": [PUBLIC]},
            by_hand(to={"kind": "Service", "name": "proxy"}),
            [("route-of-others", "error")],
            id="another target",
        ),
        case(
            {"default_route": True},
            by_hand("default-route", f"default-route-{OURS}.apps.example.com"),
            [("route-taken-over", "warning")],
            id="the default route",
        ),
        case({"default_route": True}, by_hand("default-route"), [("route-of-others", "error")], id="default elsewhere"),
        case({"replicas": 2}, by_hand(), [], id="not declared"),
    ],
)
def test_a_route_made_by_hand(given: dict[str, Any], live: Manifest, said: list[tuple[str, str]]) -> None:
    assert told(given, serving(), live) == said


def test_a_route_that_somebody_writes_again_is_not_taken_over() -> None:
    live = by_hand()
    live["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "Helm"}
    (said,) = [entry for entry in findings({"routes": [PUBLIC]}, serving(), live) if entry.code in CODES]
    assert (said.code, "Helm as owner" in said.found) == ("route-of-others", True)


def test_what_is_replaced_is_named() -> None:
    live = by_hand(port={"targetPort": 5000}, tls={"termination": "reencrypt", "certificate": "c"})
    (said,) = findings({"routes": [PUBLIC]}, serving(), live)
    assert said.remedy.startswith("It replaces spec.port, spec.tls.certificate by its own. ")


def test_a_route_that_comes_with_the_registry_is_taken_over() -> None:
    live = removed_config(storage=SERVED, routes=[PUBLIC])
    assert told({"management_state": "Managed"}, live, by_hand()) == [("route-taken-over", "warning")]


def test_a_route_that_is_listed_already_is_the_operators_to_take() -> None:
    assert told({"routes": [PUBLIC, {"name": "b"}]}, serving(PUBLIC), by_hand()) == []


DEFAULT_HOST = f"default-route-{OURS}.apps.example.com"
SAME = {"routes": [{"name": "with-cert", "hostname": DEFAULT_HOST}]}


@pytest.mark.parametrize(
    ("given", "live", "said"),
    [
        case(SAME, serving(defaultRoute=True), [("host-of-default-route", "error")], id="kept"),
        case({**SAME, "default_route": False}, serving(defaultRoute=True), [], id="given up"),
        case(SAME, serving(), [], id="not there"),
        case({"default_route": True}, serving(*SAME["routes"]), [("host-of-default-route", "error")], id="added to it"),
        case({**SAME, "default_route": True}, serving(), [("host-of-default-route", "error")], id="both new"),
        case({"routes": [PUBLIC]}, serving(defaultRoute=True), [], id="another host"),
    ],
)
def test_the_host_of_the_default_route(given: dict[str, Any], live: Manifest, said: list[tuple[str, str]]) -> None:
    there = route("default-route", DEFAULT_HOST, ingress(DEFAULT_HOST))
    there["metadata"]["namespace"] = OURS
    assert told(given, live, there) == said


def test_the_host_of_a_default_route_that_is_still_to_come() -> None:
    assert told({**SAME, "default_route": True}, serving()) == [("host-of-default-route", "warning")]


def bare(name: str, host: str = HOST, service: str = "image-registry") -> Manifest:
    """Return a Route that had the operator's mark once."""
    made = route(name, host, ingress(host))
    made["metadata"] |= {"namespace": OURS, "annotations": {}}
    made["spec"]["to"]["name"] = service
    return made


UNMARKED = [("route-unmarked", "warning")]


@pytest.mark.parametrize(
    ("given", "objects", "said"),
    [
        case({"default_route": False}, [serving(defaultRoute=True), bare("default-route")], UNMARKED, id="closed"),
        case({"default_route": False}, [serving(), bare("default-route")], UNMARKED, id="closed before"),
        case({"routes": []}, [serving(PUBLIC), bare("public")], UNMARKED, id="dropped"),
        case({"routes": []}, [serving(), bare("internal")], [], id="a Route of one's own"),
        case({"default_route": False}, [serving(), bare("default-route", service="web")], [], id="of something else"),
        case({"default_route": True}, [serving(defaultRoute=True), bare("default-route")], [], id="open"),
        case({"replicas": 2}, [serving(), bare("default-route")], [], id="not declared"),
        case({"default_route": False}, [serving(defaultRoute=True), route("default-route", HOST)], [], id="marked"),
        case(
            {"default_route": False},
            [serving(managementState="Unmanaged"), bare("default-route")],
            [],
            id="stored only",
        ),
    ],
)
def test_a_route_without_the_mark_stays(
    given: dict[str, Any], objects: list[Manifest], said: list[tuple[str, str]]
) -> None:
    found = [entry for entry in findings(given, *objects) if entry.code == "route-unmarked"]
    assert [(entry.code, entry.severity) for entry in found] == said
    assert all(HOST in entry.found for entry in found)


KEPT = [("host-kept", "warning")]
UNNAMED = {"routes": [{"name": "public"}]}


@pytest.mark.parametrize(
    ("given", "objects", "said"),
    [
        case(UNNAMED, [serving(PUBLIC), route("public", HOST)], KEPT, id="dropped"),
        case(UNNAMED, [serving({"name": "public"}), route("public", HOST)], KEPT, id="dropped before"),
        case(UNNAMED, [serving({"name": "public"}), route("public", GENERATED)], [], id="the router's choice"),
        case(UNNAMED, [serving({"name": "public"})], [], id="not there yet"),
        case({"routes": [NEW_HOST]}, [serving(PUBLIC), route("public", HOST)], [], id="another host"),
        case({"routes": []}, [serving(PUBLIC), route("public", HOST)], [], id="no route"),
    ],
)
def test_a_route_keeps_its_host(given: dict[str, Any], objects: list[Manifest], said: list[tuple[str, str]]) -> None:
    found = [entry for entry in findings(given, *objects) if entry.code == "host-kept"]
    assert [(entry.code, entry.severity) for entry in found] == said
    assert all(HOST in entry.found for entry in found)


def pair(name: str = "public-tls", **content: Any) -> Manifest:
    """Return the Secret that the collection made for a route."""
    made = {"type": "kubernetes.io/tls", "metadata": OURS_ONCE}
    return secret(name, {"tls.crt": "old", "tls.key": "old"}, **made | content)


@pytest.mark.parametrize(
    ("given", "live", "left"),
    [
        case({"routes": []}, [serving(WITH_SECRET), pair()], ["public-tls"], id="dropped"),
        case(
            {"routes": [{"name": "other", "hostname": HOST, "tls": RENEWED["routes"][0]["tls"]}]},
            [serving(WITH_SECRET), pair()],
            ["public-tls"],
            id="renamed",
        ),
        case({"routes": [PUBLIC]}, [serving(WITH_SECRET), pair()], ["public-tls"], id="without a certificate"),
        case(RENEWED, [serving(WITH_SECRET), pair()], [], id="renewed"),
        case({"routes": []}, [serving(), pair()], [], id="dropped before"),
        case({"replicas": 2}, [serving(WITH_SECRET), pair()], [], id="not declared"),
        case({"routes": []}, [serving(WITH_SECRET)], [], id="gone already"),
        case({"routes": []}, [serving(WITH_SECRET), pair(metadata={})], [], id="somebody else's"),
        case({"routes": []}, [serving(WITH_SECRET), pair(type="Opaque")], [], id="no pair of a route"),
    ],
)
def test_the_key_of_a_route_that_goes_is_left(given: dict[str, Any], live: list[Manifest], left: list[str]) -> None:
    found = [entry for entry in findings(given, *live) if entry.code == "certificate-left"]
    assert [(entry.subject.rpartition("/")[2], entry.severity) for entry in found] == [
        (name, "warning") for name in left
    ]
