# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshot: what is there, what is not, and what could not be read are three different answers."""

from __future__ import annotations

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import ApiError, Forbidden, NotFound
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import (
    CLUSTER_CONFIG,
    REGISTRY_DEPLOYMENT,
    REGISTRY_PODS,
    ROUTE,
    USER_CREDENTIALS,
    Ref,
)
from ansible_collections.okd.image_registry.plugins.module_utils._objects.snapshot import Snapshot

from tests.unit.builders import config

ROUTES = ROUTE.all()
CONFIG = config()
FORBIDDEN = Forbidden("GET", str(USER_CREDENTIALS), 403, "Forbidden", "cannot get resource")
NOT_FOUND = NotFound("GET", str(ROUTES), 404, "NotFound", "no such API")
SNAPSHOT = Snapshot({CLUSTER_CONFIG: CONFIG, REGISTRY_DEPLOYMENT: None, USER_CREDENTIALS: FORBIDDEN, ROUTES: NOT_FOUND})


def test_what_is_there_is_returned() -> None:
    assert SNAPSHOT[CLUSTER_CONFIG] is CONFIG
    assert SNAPSHOT.visible(CLUSTER_CONFIG) is CONFIG
    assert SNAPSHOT.failure(CLUSTER_CONFIG) is None
    assert not SNAPSHOT.is_hidden(CLUSTER_CONFIG)
    assert not SNAPSHOT.is_absent(CLUSTER_CONFIG)


@pytest.mark.parametrize("ref", [REGISTRY_DEPLOYMENT, ROUTES], ids=str)
def test_what_does_not_exist_is_none(ref: Ref) -> None:
    assert SNAPSHOT[ref] is None
    assert SNAPSHOT.visible(ref) is None
    assert SNAPSHOT.is_absent(ref)
    assert not SNAPSHOT.is_hidden(ref)


def test_what_may_not_be_read_is_an_error() -> None:
    with pytest.raises(Forbidden):
        SNAPSHOT[USER_CREDENTIALS]
    assert SNAPSHOT.failure(USER_CREDENTIALS) is FORBIDDEN
    assert SNAPSHOT.visible(USER_CREDENTIALS) is None
    assert SNAPSHOT.is_hidden(USER_CREDENTIALS)
    assert not SNAPSHOT.is_absent(USER_CREDENTIALS)
    assert USER_CREDENTIALS in SNAPSHOT


def test_what_could_not_be_read_is_an_error() -> None:
    broken = Snapshot({CLUSTER_CONFIG: ApiError("GET", str(CLUSTER_CONFIG), 500, "InternalError", "broken")})
    with pytest.raises(ApiError, match="HTTP 500"):
        broken[CLUSTER_CONFIG]
    assert broken.is_hidden(CLUSTER_CONFIG)
    assert not broken.is_absent(CLUSTER_CONFIG)


# All that a snapshot offers, so that a method that is added is asked too.
METHODS = sorted(name for name in vars(Snapshot) if not name.startswith("_"))


@pytest.mark.parametrize("method", ["__getitem__", *(name for name in METHODS if name != "joined")])
def test_to_ask_for_what_was_not_read_is_a_mistake_of_the_program(method: str) -> None:
    with pytest.raises(KeyError):
        getattr(SNAPSHOT, method)(REGISTRY_PODS)
    assert REGISTRY_PODS not in SNAPSHOT


@pytest.mark.parametrize(
    ("listed", "items"),
    [({"items": [CONFIG]}, [CONFIG]), ({"items": None}, []), ({}, []), (None, []), (NOT_FOUND, [])],
    ids=["some", "null", "no items", "no API", "no API, as an error"],
)
def test_items_of_a_list(listed: object, items: list[object]) -> None:
    assert Snapshot({REGISTRY_PODS: listed}).items(REGISTRY_PODS) == items


def test_joining_leaves_the_snapshot_as_it_was() -> None:
    joined = SNAPSHOT.joined(Snapshot({REGISTRY_PODS: {"items": []}}))
    assert REGISTRY_PODS in joined
    assert CLUSTER_CONFIG in joined
    assert REGISTRY_PODS not in SNAPSHOT


def test_joining_takes_what_is_newer() -> None:
    newer = config(replicas=2)
    assert SNAPSHOT.joined(Snapshot({CLUSTER_CONFIG: newer}))[CLUSTER_CONFIG] is newer
