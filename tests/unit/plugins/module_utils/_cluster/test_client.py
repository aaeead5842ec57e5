# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to the API server: answers that no API server gives, watches that end, and what is kept of lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, Gone
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    CONFIG,
    OPERATOR_NAMESPACE,
    POD,
    ROUTE,
    SECRET,
    Resource,
)

from tests.unit.builders import config
from tests.unit.tinyapi import CUT_OFF, TinyApi

# Routes as an API without namespaces would have them: the server of these tests keeps what it is given at one path.
EVERYWHERE = Resource(ROUTE.kind, ROUTE.group, ROUTE.version, ROUTE.plural)


@pytest.fixture
def api() -> Iterator[TinyApi]:
    """An API server that holds a Config."""
    with TinyApi() as server:
        server.put(CONFIG, config())
        yield server


@pytest.mark.parametrize(
    "page",
    ["<html>Sign in</html>", "", "{", "[" * 200_000, '{"metadata": null, "spec": []}'],
    ids=["a web page", "nothing", "half an answer", "nested without end", "without metadata"],
)
def test_an_answer_that_is_no_object_is_told_as_such(api: TinyApi, page: str) -> None:
    api.refusals["get", "configs"] = page
    with pytest.raises(ApiError, match="GET Config cluster: HTTP 200 OK: the answer is no object"):
        api.cluster().get(CLUSTER_CONFIG)


@pytest.mark.parametrize(
    ("refusal", "error", "words"),
    [
        (CUT_OFF, ApiError, "watch Config cluster: the API server could not be reached: ProtocolError"),
        (500, ApiError, "watch Config cluster: HTTP 500 InternalError: no watch configs"),
        (410, Gone, "watch Config cluster: HTTP 410 Expired: no watch configs"),
    ],
    ids=["no answer", "error", "gone"],
)
def test_a_watch_that_cannot_begin_says_why(api: TinyApi, refusal: int, error: type[ApiError], words: str) -> None:
    api.refusals["watch", "configs"] = refusal
    with pytest.raises(error) as caught:
        next(iter(api.cluster().watch(CLUSTER_CONFIG, "0", 5)))
    assert str(caught.value).startswith(words)


def test_of_a_server_that_has_answered_before_no_address_is_doubted(api: TinyApi) -> None:
    cluster = api.cluster()
    api.refusals["get", "configs"] = CUT_OFF
    with pytest.raises(ApiError, match="Compare its address"):
        cluster.get(CLUSTER_CONFIG)
    api.refusals["get", "configs"] = 0
    assert cluster.get(CLUSTER_CONFIG) == config()
    api.refusals["get", "configs"] = api.refusals["watch", "configs"] = CUT_OFF
    with pytest.raises(ApiError, match=r"It has answered before\. Run the task again when it does so"):
        cluster.get(CLUSTER_CONFIG)
    with pytest.raises(ApiError, match="It has answered before"):
        next(iter(cluster.watch(CLUSTER_CONFIG, "0", 5)))


def test_a_watch_that_is_cut_off_ends_without_an_error(api: TinyApi) -> None:
    events = iter(api.cluster().watch(CLUSTER_CONFIG, "0", 5))
    assert next(events)["object"] == config()
    api.cut_watches()
    assert list(events) == []


@pytest.mark.parametrize(
    "event",
    [
        {"type": "MODIFIED"},
        {"type": "MODIFIED", "object": {}},
        {"type": "MODIFIED", "object": {"metadata": {}}},
        {"type": "MODIFIED", "object": {"metadata": {"name": ""}}},
        ["MODIFIED"],
        "MODIFIED",
    ],
    ids=repr,
)
def test_a_watch_that_tells_of_nothing_ends(api: TinyApi, event: Any) -> None:
    events = iter(api.cluster().watch(CLUSTER_CONFIG, "0", 5))
    assert next(events)["object"] == config()
    api.say(CONFIG, event)
    assert list(events) == []


def test_a_bookmark_is_no_event(api: TinyApi) -> None:
    events = iter(api.cluster().watch(CLUSTER_CONFIG, "0", 5))
    assert next(events)["object"] == config()
    api.say(CONFIG, {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "9"}}})
    api.put(CONFIG, config(replicas=7))
    assert next(events)["object"] == config(replicas=7)


def test_a_watch_that_ends_with_an_error(api: TinyApi) -> None:
    events = iter(api.cluster().watch(CLUSTER_CONFIG, "0", 5))
    assert next(events)["object"] == config()
    api.say(CONFIG, {"type": "ERROR", "object": {"code": 410, "reason": "Expired", "message": "too old"}})
    with pytest.raises(Gone, match="watch Config cluster: HTTP 410 Expired: too old"):
        next(events)


def route(number: int, namespace: str) -> dict[str, Any]:
    """Return a Route with a private key."""
    tls = {"certificate": "public", "key": "private"}
    spec = {"host": f"{number % 3}.example.com", "tls": tls}
    return {"metadata": {"name": f"r{number}", "namespace": namespace}, "spec": spec}


def test_where_fields_cannot_be_selected_by_all_is_read_in_pages(api: TinyApi) -> None:
    for number in range(1201):
        api.put(EVERYWHERE, route(number, "apps"))
    found = api.cluster().get(EVERYWHERE.everywhere(fields="spec.host=1.example.com"))
    assert found
    assert [entry["metadata"]["name"] for entry in found["items"]] == [f"r{number}" for number in range(1, 1201, 3)]
    assert api.asked["list", "routes"] == 1 + 3


def test_another_refusal_of_a_list_is_one(api: TinyApi) -> None:
    api.refusals["list", "routes"] = 400
    with pytest.raises(ApiError, match="HTTP 400"):
        api.cluster().get(EVERYWHERE.everywhere())
    assert api.asked["list", "routes"] == 1


@pytest.mark.parametrize("fields", ["", "spec.host=0.example.com"])
def test_keys_of_the_routes_of_others_are_not_kept(api: TinyApi, fields: str) -> None:
    for number, namespace in ((0, "apps"), (3, OPERATOR_NAMESPACE)):
        api.put(EVERYWHERE, route(number, namespace))
    found = api.cluster().get(EVERYWHERE.everywhere(fields=fields))
    assert found
    foreign, own = found["items"]
    assert foreign["spec"] == {"host": "0.example.com", "tls": {"certificate": "public"}}
    assert own == route(3, OPERATOR_NAMESPACE)


def test_metadata_only(api: TinyApi) -> None:
    cluster = api.cluster()
    cluster.get(POD.all())
    cluster.get(POD.all(metadata_only=True))
    assert api.accepted == [
        "application/json",
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
    ]


READS = {
    CLUSTER_CONFIG,
    POD.all(),
    POD.all("a=b"),
    EVERYWHERE.everywhere(),
    *(SECRET(f"s{number}") for number in range(20)),
}


@pytest.mark.parametrize("read", ["get_all", "survey"])
@pytest.mark.parametrize(("status", "words"), [(401, "HTTP 401"), (CUT_OFF, "could not be reached")])
def test_what_keeps_everything_from_being_read_is_told_of_the_config(
    api: TinyApi, read: str, status: int, words: str
) -> None:
    for plural in ("configs", "pods", "routes", "secrets"):
        for verb in ("get", "list"):
            api.refusals[verb, plural] = status
    for _attempt in range(10):
        with pytest.raises(ApiError, match=f"GET Config cluster: .*{words}"):
            getattr(api.cluster(), read)(READS)


def test_without_the_config_it_is_the_first_by_its_path(api: TinyApi) -> None:
    api.refusals["get", "secrets"] = 401
    for _attempt in range(10):
        with pytest.raises(ApiError, match="GET Secret openshift-image-registry/s0: "):
            api.cluster().get_all(READS)
