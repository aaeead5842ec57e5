# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that waits ends when the new pods serve: not before, whatever the conditions say, and hardly later."""

import base64
import datetime
import json
import re
import time
from collections.abc import Callable

import pytest

from sandbox.pem import self_signed
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document, condition, is_ready
from tests.integration.lab import Lab, warnings

Knobs = Callable[..., None]

FROM_CLAIM = {
    "management_state": "Managed",
    "storage": {"pvc": {"claim": "registry", "size": "10Gi"}},
    "replicas": 2,
}
HARDLY_LATER_SECONDS = 2.0
WAIT_SECONDS, MOST_REQUESTS = 60, 30


def _seems_done(config: Document) -> bool:
    """What one believes who trusts the conditions and observedGeneration, as the documentation has it."""
    if config["status"].get("observedGeneration") != config["metadata"]["generation"]:
        return False
    progressing, available = condition(config, "Progressing"), condition(config, "Available")
    return (progressing.get("status"), available.get("status")) == ("False", "True")


def _pods(count: int, ready: int) -> Callable[[list[Document]], bool]:
    return lambda pods: (len(pods), sum(map(is_ready, pods))) == (count, ready)


def _became_ready(pod: Document) -> float:
    return datetime.datetime.fromisoformat(condition(pod, "Ready")["lastTransitionTime"]).timestamp()


def test_first_rollout_ends_with_the_last_pod(clean: Lab, knobs: Knobs) -> None:
    knobs(holdRollout=True, cacheLag=1)
    task = clean.start("registry", FROM_CLAIM)
    clean.api.wait_for_all(paths.REGISTRY_PODS, _pods(2, ready=0))
    assert task.is_running
    knobs(holdRollout=None)
    released = time.time()
    setups.wait_served(clean)
    served = time.time()

    outcome = task.outcome()
    assert not outcome.result.get("failed"), outcome.result
    pods = clean.api.items(paths.REGISTRY_PODS)
    assert [is_ready(pod) for pod in pods] == [True, True]
    # The API server's times are whole seconds.
    assert outcome.ended >= max(released, *(_became_ready(pod) for pod in pods))
    assert outcome.ended - served < HARDLY_LATER_SECONDS
    assert outcome.result["registry"]["replicas"] == {"wanted": 2, "ready": 2}


def test_conditions_that_describe_the_rollout_before_are_not_believed(clean: Lab, knobs: Knobs) -> None:
    setups.add_claim(clean, "other")
    # Served for so long that the operator knows, which is what it will say of the next rollout for as long.
    knobs(cacheLag=2)
    setups.serve_from_claim(clean)
    old_pods = {pod["metadata"]["uid"] for pod in clean.api.items(paths.REGISTRY_PODS)}
    knobs(holdRollout=True)
    task = clean.start("registry", {"storage": {"pvc": {"claim": "other"}}, "accept_data_loss": True})

    def seems_done_with_the_new_claim(config: Document) -> bool:
        return _seems_done(config) and config["status"]["storage"]["pvc"] == {"claim": "other"}

    clean.api.wait_for(paths.CONFIG, seems_done_with_the_new_claim)
    new_pods = [pod for pod in clean.api.items(paths.REGISTRY_PODS) if pod["metadata"]["uid"] not in old_pods]
    assert not any(is_ready(pod) for pod in new_pods)
    assert task.is_running
    knobs(holdRollout=None, cacheLag=None)
    result = task.result()
    assert not result.get("failed"), result
    pods = clean.api.items(paths.REGISTRY_PODS)
    assert [is_ready(pod) for pod in pods] == [True, True]
    assert not old_pods & {pod["metadata"]["uid"] for pod in pods}


def test_scale_up_that_the_conditions_do_not_show(clean: Lab, knobs: Knobs) -> None:
    setups.serve_from_claim(clean)
    knobs(holdRollout=True)
    task = clean.start("registry_replicas", {"replicas": 3})
    clean.api.wait_for(paths.CONFIG, lambda config: _seems_done(config) and config["spec"]["replicas"] == 3)
    clean.api.wait_for_all(paths.REGISTRY_PODS, _pods(3, ready=2))
    assert task.is_running
    knobs(holdRollout=None)
    result = task.result()
    assert result["registry"]["replicas"] == {"wanted": 3, "ready": 3}
    assert len([pod for pod in clean.api.items(paths.REGISTRY_PODS) if is_ready(pod)]) == 3


def test_changed_secret_that_no_generation_shows(clean: Lab, knobs: Knobs) -> None:
    setups.serve_from_bucket(clean)
    generation = clean.config()["metadata"]["generation"]
    knobs(holdRollout=True)
    keys = {"access_key": "AKIAZ9EXAMPLE7QWERTY", "secret_key": "9sUbXn2+PpEXAMPLE/kd8Lq=TtRrEeWwQq1234567"}
    task = clean.start("registry_credentials", {"credentials": {"s3": keys}})

    def has_new_keys(secret: Document) -> bool:
        return keys["secret_key"] in base64.b64decode(secret["data"]["credentials"]).decode()

    clean.api.wait_for(paths.GENERATED_SECRET, has_new_keys)
    clean.api.wait_for_all(paths.REGISTRY_PODS, lambda pods: not all(map(is_ready, pods)))
    assert task.is_running
    knobs(holdRollout=None)
    result = task.result()
    assert not result.get("failed"), result
    assert clean.config()["metadata"]["generation"] == generation
    assert [is_ready(pod) for pod in clean.api.items(paths.REGISTRY_PODS)] == [True, True]


def test_routes_are_admitted(clean: Lab, knobs: Knobs) -> None:
    setups.serve_from_claim(clean)
    knobs(routeAdmissionDelay=2)
    result = clean.run("registry_routes", {"default_route": True, "routes": [{"name": "public"}]})
    for route in clean.api.items(paths.ROUTES):
        assert condition({"status": route["status"]["ingress"][0]}, "Admitted")["status"] == "True"
    assert len(result["registry"]["hosts"]) == 2
    assert result["rollout"]["duration"] > 1
    assert any("no router has admitted route" in entry["state"] for entry in result["rollout"]["seen"])


def test_routes_that_a_removed_registry_had_are_admitted_again(clean: Lab, knobs: Knobs) -> None:
    setups.serve_from_claim(clean, defaultRoute=True, routes=[{"name": "public"}])
    clean.run("registry", {"management_state": "Removed"})
    knobs(routeAdmissionDelay=2)
    result = clean.run("registry", {"management_state": "Managed"})
    for route in clean.api.items(paths.ROUTES):
        assert condition({"status": route["status"]["ingress"][0]}, "Admitted")["status"] == "True"
    assert len(result["registry"]["hosts"]) == 2


def test_route_carries_the_renewed_certificate(clean: Lab, knobs: Knobs) -> None:
    host = "registry.example.com"
    (old, old_key), (new, new_key) = self_signed(host), self_signed(host)
    setups.add_secret(clean, "public-tls", {"tls.crt": old, "tls.key": old_key}, "kubernetes.io/tls")
    setups.serve_from_claim(clean, routes=[{"name": "public", "hostname": host, "secretName": "public-tls"}])
    clean.api.wait_for(f"{paths.ROUTES}/public", lambda route: (route.get("status") or {}).get("ingress"))
    knobs(operatorPaused=True)
    tls = {"certificate": new, "key": new_key}
    task = clean.start("registry_routes", {"routes": [{"name": "public", "hostname": host, "tls": tls}]})
    clean.api.wait_for(
        f"{paths.SECRETS}/public-tls", lambda secret: base64.b64decode(secret["data"]["tls.crt"]).decode() == new
    )
    assert task.is_running
    knobs(operatorPaused=None)
    result = task.result()
    assert not result.get("failed"), result
    assert clean.api.read(f"{paths.ROUTES}/public")["spec"]["tls"]["certificate"] == new


def test_error_that_goes_away_is_endured(clean: Lab, knobs: Knobs) -> None:
    setups.serve_from_claim(clean)
    clean.api.patch(paths.CONFIG, {"spec": {"routes": [{"name": "late", "secretName": "late"}]}})
    mark = clean.log.mark()
    task = clean.start("registry_replicas", {"replicas": 3, "error_grace": 30})
    clean.log.until_waiting(mark)
    clean.api.wait_for(
        paths.CONFIG,
        lambda config: (
            config["spec"]["replicas"] == 3
            and config["status"]["observedGeneration"] == config["metadata"]["generation"]
            and condition(config, "Progressing").get("reason") == "Error"
        ),
    )
    assert task.is_running
    certificate, key = self_signed("late.example.com")
    setups.add_secret(clean, "late", {"tls.crt": certificate, "tls.key": key})
    result = task.result()
    assert not result.get("failed"), result
    assert any('secret "late" not found' in entry["state"] for entry in result["rollout"]["seen"])


def test_what_the_operator_overwrites_is_put_back(clean: Lab, knobs: Knobs) -> None:
    setups.serve_from_claim(clean)
    knobs(conflict=1)
    result = clean.run("registry", {"default_route": True, "replicas": 3})
    assert (clean.spec()["defaultRoute"], clean.spec()["replicas"]) == (True, 3)
    assert any(text.startswith("Something else changed fields during the wait") for text in warnings(result))
    assert result["registry"]["replicas"] == {"wanted": 3, "ready": 3}


def test_wait_is_also_proof_where_nothing_changed(clean: Lab, knobs: Knobs) -> None:
    setups.serve_from_claim(clean)
    knobs(holdRollout=True)
    (first, _second) = clean.api.items(paths.REGISTRY_PODS)
    clean.api.delete(f"{paths.PODS}/{first['metadata']['name']}")
    clean.api.wait_for(paths.DEPLOYMENT, lambda deployment: deployment["status"].get("readyReplicas") == 1)
    task = clean.start("registry_replicas", {"replicas": 2})
    clean.api.wait_for_all(paths.REGISTRY_PODS, _pods(2, ready=1))
    assert task.is_running
    knobs(holdRollout=None)
    result = task.result()
    assert (result["changed"], result["registry"]["replicas"]["ready"]) == (False, 2)


def test_watches_are_used_not_polls(clean: Lab, knobs: Knobs) -> None:
    knobs(podReadyDelay=2)
    mark = clean.log.mark()
    outcome = clean.start("registry", FROM_CLAIM).outcome()
    assert outcome.result["rollout"]["duration"] > 2
    assert outcome.ended >= max(_became_ready(pod) for pod in clean.api.items(paths.REGISTRY_PODS))
    sent = clean.log.since(mark)
    per_path: dict[tuple[str, str], int] = {}
    for request in sent:
        per_path[request.verb, request.path] = per_path.get((request.verb, request.path), 0) + 1
    # Read for the plan, after the write and, the Config, at the end; Routes are listed for the wait besides.
    assert max(per_path.values()) <= 3, json.dumps({" ".join(key): count for key, count in per_path.items()})


def test_a_minute_of_waiting_takes_few_requests(clean: Lab, knobs: Knobs) -> None:
    setups.serve_from_bucket(clean)
    knobs(holdRollout=True)
    certificate, key = self_signed("registry.example.com")
    tls = {"certificate": certificate, "key": key}
    declared = {
        "credentials": {"s3": {"access_key": "AKIAZ9EXAMPLE7QWERTY", "secret_key": "a-rotated-secret-key"}},
        "routes": [{"name": "public", "hostname": "registry.example.com", "tls": tls}],
        "replicas": 3,
    }
    mark = clean.log.mark()
    outcome = clean.start("registry", {**declared, "wait_timeout": WAIT_SECONDS}).outcome()
    assert f"within {WAIT_SECONDS} seconds (wait_timeout)" in outcome.result["msg"]
    sent = clean.log.since(mark)
    # The look after the last write belongs to it: it tells that there is nothing left to write.
    written = max(request.end for request in sent if request.is_write)
    waiting = [request for request in sent if request.begin >= written]
    asked = [(request.verb, request.uri) for request in waiting]
    assert {"list", "watch", "get"} == {verb for verb, _uri in asked}
    assert len(waiting) <= MOST_REQUESTS, asked


@pytest.mark.parametrize("limit", [1, 3])
def test_time_limit_holds(clean: Lab, knobs: Knobs, limit: int) -> None:
    knobs(holdRollout=True)
    started = time.time()
    outcome = clean.start("registry", {**FROM_CLAIM, "wait_timeout": limit}).outcome()
    assert outcome.result["failed"] is True
    assert outcome.result["changed"] is True
    assert f"within {limit} seconds (wait_timeout)" in outcome.result["msg"]
    # A busy operator may not have looked at it by then.
    assert re.search("0 of 2 pods|has not observed generation", outcome.result["msg"])
    assert limit <= outcome.ended - started < limit + HARDLY_LATER_SECONDS
