# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes: names and hosts of their own, and certificates that fit them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import ROUTE, SECRET
from ansible_collections.okd.image_registry.plugins.module_utils._rollout.admitted import Admitted, ExpectedRoute

from tests.unit.builders import (
    Manifest,
    config,
    expected,
    findings,
    ingress,
    manifest,
    removed_config,
    route,
    secret,
    worked_out,
)
from tests.unit.cases import CONFIG, Case, Situation, having
from tests.unit.certificates import CERTIFICATE, DAY, HOST, KEY, KEY_PEM, NOW, OTHER_KEY_PEM, certificate_pem

TLS = {"certificate": CERTIFICATE, "key": KEY_PEM}
PAIR = secret("cert", {"tls.crt": CERTIFICATE, "tls.key": KEY_PEM})
CERT = "Secret openshift-image-registry/cert"
MADE = "Secret openshift-image-registry/a-tls"
OURS = "openshift-image-registry"
MARKED = {"annotations": {"imageregistry.openshift.io": "true"}}
ROUTE_A = "Route openshift-image-registry/a"


def declaring(*routes: dict[str, Any], cluster: tuple[Manifest, ...] = (), live: list[Any] | None = None) -> Situation:
    """Return a Managed registry, and the routes that are declared."""
    return having(config(routes=live or []), *cluster, routes=list(routes))


def a(**given: Any) -> dict[str, Any]:
    """Return the declared route a."""
    return {"name": "a", **given}


def case(name: str, subject: str, field: str, found: str, needed: str, bad: Situation, good: Situation) -> Case:
    """Return a case about routes."""
    return Case(name, subject, f"routes[].{field}", found, needed, bad, good)


def misnamed(name: str) -> Case:
    """Return a case about a name that Kubernetes refuses."""
    bad, good = declaring({"name": name}), declaring({"name": "a.b-1"})
    return case(
        f"name {name[:20]!r}", f"Route openshift-image-registry/{name}", "name", repr(name), "DNS-1123", bad, good
    )


def mishosted(host: str) -> Case:
    """Return a case about a host that is none."""
    bad, good = declaring(a(hostname=host)), declaring(a(hostname="registry-1.example.com"))
    return case(f"host {host[:20]!r}", ROUTE_A, "hostname", repr(host), "a host name", bad, good)


def owned(name: str, certificate: str = "old", **metadata: Any) -> Manifest:
    """Return a Secret with a certificate, and what its metadata tell."""
    return secret(name, {"tls.crt": certificate, "tls.key": KEY_PEM}, metadata=metadata)


def issued(name: str, level: str) -> Manifest:
    """Return the Secret that service-ca made for a Service of the same name."""
    return owned(f"{name}-tls", annotations={f"service.{level}.openshift.io/originating-service-name": name})


def claiming(host: str, /, *ingresses: Manifest, namespace: str = "shop", **content: Any) -> Manifest:
    """Return the Route web, which has a host; the default router serves it unless ingresses say otherwise."""
    metadata = {"namespace": namespace, **content.pop("metadata", {})}
    status = {"ingress": list(ingresses) or [ingress(host)]}
    return manifest("Route", "web", metadata=metadata, spec={"host": host, **content}, status=status)


def served(router: str) -> Manifest:
    """Return a Route of the registry that a router serves."""
    there = route("default-route", "r.apps.example.com", ingress("r.apps.example.com", router=router))
    there["metadata"]["namespace"] = OURS
    return there


CASES = [
    *map(misnamed, ["", "A", "a_b", "a/b", "-a", "x" * 254]),
    *map(
        mishosted,
        ["https://registry.example.com", "Registry.example.com", "a b", "a..b", "-a", "a:443", "*.a.b", "x" * 64],
    ),
    case(
        "the default route's name",
        "Route openshift-image-registry/default-route",
        "name",
        "'default-route'",
        "another name",
        declaring({"name": "default-route"}),
        having(config(), default_route=True),
    ),
    case(
        "a name that is too long for a host",
        f"Route openshift-image-registry/{'x' * 39}",
        "name",
        "39 characters without a hostname",
        "38 characters at most, or a hostname",
        declaring({"name": "x" * 39}),
        declaring({"name": "x" * 38}, {"name": "y" * 39, "hostname": HOST}),
    ),
    case(
        "one name twice",
        ROUTE_A,
        "name",
        "'a' 2 times",
        "a different name for each route",
        declaring(a(), a(hostname=HOST)),
        declaring(a(), {"name": "b", "hostname": HOST}),
    ),
    case(
        "one host three times",
        CONFIG,
        "hostname",
        f"'{HOST}' 3 times",
        "a different hostname for each route",
        declaring(*[{"name": name, "hostname": HOST} for name in "abc"]),
        declaring(*[{"name": name, "hostname": f"{name}.example.com"} for name in "abc"]),
    ),
    case(
        "hosts that the router chooses are not the same",
        CONFIG,
        "hostname",
        "2 times",
        "a different hostname",
        declaring(a(hostname=HOST), {"name": "b", "hostname": HOST}),
        declaring(a(), {"name": "b", "hostname": ""}),
    ),
    *[
        case(
            f"a host that {name}",
            ROUTE_A,
            "hostname",
            f"{HOST}, which Route {where}/web has claimed",
            "a host that no other Route has",
            declaring(a(hostname=HOST), cluster=tuple(claimed)),
            declaring(a(hostname=HOST), cluster=tuple(near)),
        )
        for name, where, claimed, near in (
            ("another namespace has claimed", "shop", [claiming(HOST)], [claiming("web.example.com")]),
            (
                "somebody's own Route has claimed",
                OURS,
                [claiming(HOST, namespace=OURS)],
                [claiming(HOST, namespace=OURS, metadata=MARKED)],
            ),
            (
                "looks like the operator's",
                "shop",
                [claiming(HOST, metadata=MARKED)],
                [claiming(HOST, namespace=OURS, metadata=MARKED)],
            ),
            (
                "is claimed beside us from the root on",
                OURS,
                [claiming(HOST, namespace=OURS, path="/")],
                [claiming(HOST, namespace=OURS, path="/x")],
            ),
            (
                "is claimed from the root on",
                "shop",
                [claiming(HOST, path="/")],
                [claiming(HOST, ingress(HOST, "False", "HostAlreadyClaimed"), path="/")],
            ),
            (
                "one of two routers serves",
                "shop",
                [claiming(HOST, ingress(HOST, "False"), ingress(HOST, router="b"))],
                [claiming(HOST, ingress(HOST, "False"), ingress(HOST, "Unknown", router="b"))],
            ),
            # The router has not followed a change of the host yet.
            (
                "is served in earnest",
                "shop",
                [claiming(HOST, ingress("old.example.com"), ingress(HOST))],
                [claiming(HOST, ingress("old.example.com"))],
            ),
            (
                "our router serves",
                "shop",
                [claiming(HOST, ingress(HOST, router="a"), ingress(HOST, router="b")), served("a")],
                [claiming(HOST, ingress(HOST, router="b")), served("a")],
            ),
        )
    ],
    Case(
        "a host that is claimed below a path",
        ROUTE_A,
        "routes[].hostname",
        f"{HOST}, on which Route shop/web has claimed the path /x",
        "a router that lets namespaces share a host",
        declaring(a(hostname=HOST), cluster=(claiming(HOST, path="/x"),)),
        declaring(a(hostname=HOST), cluster=(claiming(HOST, namespace=OURS, path="/x"),)),
        "warning",
    ),
    case(
        "a name that no Secret has",
        ROUTE_A,
        "secret_name",
        "'Cert_1'",
        "DNS-1123",
        declaring(a(secret_name="Cert_1")),
        declaring(a(secret_name="cert"), cluster=(PAIR,)),
    ),
    case(
        "a Secret that does not exist",
        CERT,
        "secret_name",
        "no such Secret",
        "a Secret with tls.crt and tls.key",
        declaring(a(secret_name="cert")),
        declaring(a(secret_name="cert"), cluster=(PAIR,)),
    ),
    case(
        "a Secret without a key",
        CERT,
        "secret_name",
        "a Secret without tls.key",
        "a Secret with tls.crt and tls.key",
        declaring(a(secret_name="cert"), cluster=(secret("cert", {"tls.crt": CERTIFICATE}),)),
        declaring(a(secret_name="cert", hostname=HOST), cluster=(PAIR,)),
    ),
    case(
        "a Secret with an empty certificate",
        CERT,
        "secret_name",
        "a Secret without tls.crt",
        "a Secret with tls.crt and tls.key",
        declaring(a(secret_name="cert"), cluster=(secret("cert", {"tls.crt": "", "tls.key": KEY_PEM}),)),
        declaring(a(secret_name=""), cluster=(manifest("Secret", "cert"),)),
    ),
    *[
        Case(
            f"a Secret {name}",
            CERT,
            "routes[].secret_name",
            "a Secret without tls.crt and tls.key",
            "both keys for the route's own certificate",
            declaring(a(secret_name="cert", hostname=HOST), cluster=(live,)),
            declaring(a(secret_name="cert", hostname=HOST), cluster=(PAIR,)),
            "warning",
        )
        for name, live in (
            ("without anything", manifest("Secret", "cert")),
            ("with a chain alone", secret("cert", {"tls.cacrt": CERTIFICATE})),
            ("that is to be filled yet", secret("cert", {"tls.crt": "", "tls.key": ""})),
        )
    ],
    case(
        "a Secret whose key belongs elsewhere",
        CERT,
        "secret_name",
        "the key of another certificate",
        "the key that belongs to the certificate",
        declaring(a(secret_name="cert"), cluster=(secret("cert", {"tls.crt": CERTIFICATE, "tls.key": OTHER_KEY_PEM}),)),
        declaring(a(secret_name="cert"), cluster=(PAIR,)),
    ),
    case(
        "a Secret for another host",
        CERT,
        "secret_name",
        f"a certificate for {HOST}",
        "one that covers other.example.com",
        declaring(a(secret_name="cert", hostname="other.example.com"), cluster=(PAIR,)),
        declaring(a(secret_name="cert", hostname=HOST), cluster=(PAIR,)),
    ),
    case(
        "a Secret with a broken chain",
        CERT,
        "secret_name",
        "no PEM certificate",
        "the PEM certificates of the chain",
        declaring(
            a(secret_name="cert"),
            cluster=(secret("cert", {"tls.crt": CERTIFICATE, "tls.key": KEY_PEM, "tls.cacrt": "CA"}),),
        ),
        declaring(
            a(secret_name="cert"),
            cluster=(secret("cert", {"tls.crt": CERTIFICATE, "tls.key": KEY_PEM, "ca.crt": "not read"}),),
        ),
    ),
    *[
        case(
            f"the registry's own serving certificate, {name}",
            "Secret openshift-image-registry/image-registry-tls",
            "tls",
            "the registry's own pods as owner",
            "a Secret that only this route uses",
            declaring({"name": "image-registry", "tls": TLS}, cluster=cluster),
            declaring({"name": "image-registry", "secret_name": "cert"}, {"name": "b", "tls": TLS}, cluster=(PAIR,)),
        )
        for name, cluster in (
            ("not issued yet", ()),
            ("issued", (issued("image-registry", "beta"),)),
            ("the same already", (owned("image-registry-tls", CERTIFICATE),)),
        )
    ],
    *[
        case(
            f"a Secret that belongs to {name}",
            MADE,
            "tls",
            f"{name} as owner",
            "a Secret that only the registry uses",
            declaring(a(tls=TLS), cluster=(live,)),
            declaring(a(tls=TLS), cluster=(near,)),
        )
        for name, live, near in (
            ("Service a", issued("a", "beta"), owned("a-tls", annotations={"service.beta.openshift.io/x": "a"})),
            ("Service a", issued("a", "alpha"), owned("a-tls", annotations=None)),
            (
                "Certificate public",
                owned("a-tls", ownerReferences=[{"kind": "Certificate", "name": "public"}]),
                owned("a-tls", ownerReferences=[]),
            ),
            # What is not written takes nothing away from its owner.
            (
                "SealedSecret a-tls",
                owned("a-tls", ownerReferences=[{"kind": "SealedSecret", "name": "a-tls"}]),
                owned("a-tls", CERTIFICATE, ownerReferences=[{"kind": "SealedSecret", "name": "a-tls"}]),
            ),
        )
    ],
    case(
        "a declared certificate for another host",
        MADE,
        "tls.certificate",
        f"a certificate for {HOST}",
        "one that covers other.example.com",
        declaring(a(tls=TLS, hostname="other.example.com")),
        declaring(a(tls=TLS, hostname=HOST)),
    ),
    case(
        "a declared key that belongs elsewhere",
        MADE,
        "tls.key",
        "the key of another certificate",
        "the key that belongs to the certificate",
        declaring(a(tls=TLS | {"key": OTHER_KEY_PEM}, hostname=HOST)),
        declaring(a(tls={"certificate": certificate_pem(KEY), "key": KEY_PEM})),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_findings(case: Case) -> None:
    case.check()


EXPIRED = certificate_pem(KEY, HOST, starts=NOW - 2 * DAY, ends=NOW - DAY)
LATE = {"certificate": EXPIRED, "key": KEY_PEM}
LATE_SECRET = secret("a-tls", {"tls.crt": EXPIRED, "tls.key": KEY_PEM}, type="kubernetes.io/tls")
LATE_ENTRY = {"name": "a", "hostname": HOST, "secretName": "a-tls"}


LISTED = config(routes=[LATE_ENTRY])
OLD_SECRET = secret("a-tls", {"tls.crt": "old", "tls.key": KEY_PEM})
BY_NAME, BY_VALUE = {"secret_name": "a-tls"}, {"tls": LATE}


@pytest.mark.parametrize(
    ("certificate", "live", "given", "objects", "severity"),
    [
        *[
            pytest.param(certificate, live, given, [LATE_SECRET], severity, id=f"{name}, {next(iter(certificate))}")
            for certificate in (BY_NAME, BY_VALUE)
            for name, live, given, severity in (
                ("nothing changes", LISTED, {}, "warning"),
                ("another option changes", LISTED, {"log_level": "Debug"}, "warning"),
                ("the registry is removed", LISTED, {"management_state": "Removed"}, "warning"),
                ("another route goes", config(routes=[LATE_ENTRY, {"name": "b"}]), {}, "warning"),
                ("the host changes", config(routes=[LATE_ENTRY | {"hostname": "old.example.com"}]), {}, "error"),
                ("the route is new", config(), {}, "error"),
            )
        ],
        pytest.param(BY_VALUE, LISTED, {}, [], "error", id="the Secret is new"),
        pytest.param(BY_VALUE, LISTED, {}, [OLD_SECRET], "error", id="the certificate is new"),
    ],
)
def test_a_certificate_is_an_error_only_where_it_or_its_route_is_new(
    certificate: dict[str, Any], live: Manifest, given: dict[str, Any], objects: list[Manifest], severity: str
) -> None:
    found = findings({"routes": [a(hostname=HOST, **certificate)], **given}, live, *objects)
    assert [entry.severity for entry in found if entry.code == "certificate-expired"] == [severity]


def test_a_secret_with_content_that_is_no_base64_has_no_certificate() -> None:
    odd = manifest("Secret", "cert", data={"tls.crt": "x", "tls.key": "x"})
    problems = findings({"routes": [a(secret_name="cert")]}, config(), odd)
    assert [problem.found.split()[0] for problem in problems] == ["no", "no"]


def test_a_route_that_no_router_has_looked_at_claims_nothing() -> None:
    other = claiming(HOST)
    del other["status"]
    assert findings({"routes": [a(hostname=HOST)]}, config(), other) == []


OTHERS = ROUTE.everywhere("spec.host=other.example.com")


@pytest.mark.parametrize("hidden", [SECRET("cert"), OTHERS], ids=str)
def test_what_the_user_may_not_read_is_not_guessed(hidden: Any) -> None:
    given = {"routes": [a(secret_name="cert", hostname="other.example.com")]}
    objects = [claiming("other.example.com"), PAIR]
    fields = [problem.field for problem in findings(given, config(), *objects, forbidden=[hidden])]
    assert fields == (["routes[].hostname"] if hidden != OTHERS else ["routes[].secret_name"])


@pytest.mark.parametrize(
    ("listed", "is_new"),
    [([a(hostname=HOST)], False), ([a(hostname="old.example.com")], True), ([], True)],
    ids=["that host", "another host", "none"],
)
def test_a_host_that_the_registry_has_already_is_not_looked_for(listed: list[Any], is_new: bool) -> None:
    seen = worked_out({"routes": [a(hostname=HOST)]}, [config(routes=listed)]).seen
    assert (ROUTE.everywhere(f"spec.host={HOST}") in seen) is is_new


def admitted(given: dict[str, Any], *objects: Manifest) -> tuple[set[ExpectedRoute], set[str]]:
    """Return the Routes that must be admitted, and the names of those that must be gone, before the task is done."""
    entries = [entry for entry in expected(given, *objects) if isinstance(entry, Admitted)]
    routes = {wanted for entry in entries for wanted in entry.routes}
    return routes, {name for entry in entries for name in entry.absent}


def test_declared_routes_must_be_admitted_and_dropped_ones_gone() -> None:
    wanted = [a(hostname=HOST, tls=TLS | {"ca_certificate": "CA"}), {"name": "new", "hostname": "new.example.com"}]
    routes, absent = admitted({"default_route": True, "routes": wanted}, config(routes=[a(), {"name": "old"}]))
    assert routes == {
        ExpectedRoute("default-route"),
        ExpectedRoute("a", HOST, CERTIFICATE, "CA"),
        ExpectedRoute("new", "new.example.com"),
    }
    assert absent == {"old"}


def test_routes_that_are_not_declared_are_not_waited_for() -> None:
    assert admitted({"replicas": 1}, config(routes=[a()], defaultRoute=True)) == (set(), set())


def test_a_default_route_that_is_not_wanted_must_be_gone() -> None:
    assert admitted({"default_route": False}, config(defaultRoute=True)) == (set(), {"default-route"})


@pytest.mark.parametrize(
    ("given", "state", "dropped"),
    [
        (
            {"default_route": False, "routes": []},
            "Managed",
            ["a, default-route, dropped in the task that removes the registry"],
        ),
        ({"routes": [a(hostname=HOST)]}, "Managed", []),
        ({}, "Managed", []),
        ({"default_route": False, "routes": []}, "Removed", []),
    ],
    ids=["all", "none", "not declared", "removed already"],
)
def test_routes_that_are_dropped_with_the_registry_stay(given: dict[str, Any], state: str, dropped: list[str]) -> None:
    live = config(managementState=state, routes=[a(hostname=HOST)], defaultRoute=True)
    problems = findings({"management_state": "Removed", **given}, live)
    told = [(problem.found, problem.severity) for problem in problems if problem.field == "routes"]
    assert told == [(words, "warning") for words in dropped]


def test_routes_that_an_operator_let_go_of_are_waited_for() -> None:
    live = config(managementState="Unmanaged", routes=[a(hostname=HOST)])
    assert admitted({"management_state": "Managed"}, live) == ({ExpectedRoute("a", HOST)}, set())


def test_only_routes_that_are_listed_come_back() -> None:
    live = removed_config(routes=[a(hostname=HOST)])
    assert admitted({"management_state": "Managed"}, live) == ({ExpectedRoute("a", HOST)}, set())


def test_routes_come_back_with_the_registry() -> None:
    live = removed_config(routes=[a(hostname=HOST)], defaultRoute=True)
    routes, _absent = admitted({"management_state": "Managed"}, live)
    assert routes == {ExpectedRoute("default-route"), ExpectedRoute("a", HOST)}
