# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases in which the two ways to run a task must come to the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.pem import self_signed

Options = dict[str, Any]

HOST = "registry.example.com"
KEY = self_signed(HOST)[1]
ACCESS_KEY = "AKIAQ7EXAMPLE3LHP5TZ"
SECRET_KEY = 'wJ\\alr/XUtn"FEMI+K7 é'
WRONG_TOKEN = "wr0ng-t0ken"
VAULTED = "va01ted s3cret"
PROXY_PASSWORD = "pa55w0rd"
CHANGE: Options = {"management_state": "Managed", "storage": {"pvc": {"claim": "registry", "size": "1Gi"}}}
SECRETS: Options = {
    **CHANGE,
    "credentials": {"s3": {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}},
    "proxies": {"https": f"http://me:{PROXY_PASSWORD}@proxy.example.com:3128"},
}
# Most of the key is there, and the line that ends it is not.
TORN: Options = {"certificate": KEY.partition("-----END")[0], "key": KEY}
WORDS: Options = {
    **CHANGE,
    "http_secret": "registry",
    "credentials": {"s3": {"access_key": "pvc", "secret_key": "size"}},
}
EMPTY_DIR: Options = {"storage": {"empty_dir": {}}, "accept_data_loss": True}
NOTHING: Options = {"management_state": "Removed"}
CHECK = {"check_mode": True, "diff": True}
GROUP = "group/okd.image_registry.registry"


@dataclass(frozen=True)
class Place:
    """Where the cases are played. address: URL of the API server; authority: file of its CA; token: of a user.

    kubeconfig: its content; hanging: URL of a server that accepts connections and says nothing.
    """

    address: str
    authority: str
    token: str
    kubeconfig: Options
    hanging: str


@dataclass(frozen=True)
class Case:
    """One task, run both ways.

    shows: a text that the result has. options: of the module; with a function those that the place decides. keywords:
    of the task, such as `loop`. host: of the inventory. in_worker: whether it can run there. undo: options of
    `registry` that bring about the state that the task begins with.
    """

    id: str
    shows: str
    options: Options | Callable[[Place], Options] = field(default_factory=dict)
    module: str = "registry"
    keywords: dict[str, Any] = field(default_factory=dict)
    host: str = "localhost"
    in_worker: bool = True
    undo: Options | None = None

    def given(self, place: Place) -> Options:
        """Return the options."""
        return self.options if isinstance(self.options, dict) else self.options(place)


def _wrong_token(place: Place) -> Options:
    return {**NOTHING, "host": place.address, "ca_cert": place.authority, "api_key": WRONG_TOKEN}


CASES = [
    # What a task does.
    Case("information", '"node_ca"', module="registry_info"),
    Case("nothing to do", '"changed": false', NOTHING),
    Case("check mode", '"spec.managementState"', CHANGE, keywords={"check_mode": True}),
    Case("check mode with a diff and secrets", "<hidden: new value>", SECRETS, keywords=CHECK),
    Case("apply", '"changed": true', {"log_level": "Debug", "wait": False}, undo={"log_level": "Normal"}),
    Case("small module", '"spec.replicas"', {"replicas": 3}, module="registry_replicas", keywords=CHECK),
    # What is wrong with it.
    Case("value that is no choice", "must be one of", {"log_level": "Loud"}),
    Case("unknown option", "for (okd.image_registry.registry) module: colour", {"colour": "red"}),
    Case("unknown option below", "storage.pvc.claime", {"storage": {"pvc": {"claime": "x"}}}),
    Case("option that is missing", "missing required arguments", {"routes": [{"hostname": HOST}]}),
    Case("options that exclude each other", '"failed": true', {"storage": {"pvc": {}, "empty_dir": {}}}),
    Case("wrong type", "replicas", {"replicas": "two"}),
    Case(
        "number in place of options", "storage has a number that is not shown, but needs a dictionary", {"storage": 7}
    ),
    Case("text in place of options", '\\"x y\\", but needs a dictionary', {"resources": "x y"}),
    Case("boolean in place of a text", "[wrong-type]", {"tolerations": [{"key": "infra", "value": True}]}),
    Case("null in a map", "[null-value]", {"node_selector": {"node-role.kubernetes.io/infra": None}}),
    Case("all that is wrong", "colour", {"storage": 7, "colour": "red", "proxies": {"https": 8}}),
    Case("key that is torn", "no PEM certificate", {"routes": [{"name": "public", "tls": TORN}]}),
    Case("wrong element", "routes", {"routes": 5}),
    Case("key in the wrong place", "dictionary", {"routes": [{"name": "public", "hostname": HOST, "tls": KEY}]}),
    Case("secret in the wrong place", "dictionary", {"credentials": f"{ACCESS_KEY}:{SECRET_KEY}"}),
    Case("refusal", '"findings"', {**CHANGE, "storage": {"pvc": {"claim": "none"}}}),
    Case("wrong token", "[unauthorized]", _wrong_token),
    Case("missing kubeconfig", "There is no kubeconfig", {**NOTHING, "kubeconfig": "missing.kubeconfig"}),
    Case("failure that is none", '"failed": false', {"log_level": "Loud"}, keywords={"failed_when": False}),
    Case("change that is none", '"changed": false', CHANGE, keywords={**CHECK, "changed_when": False}),
    # How options reach it.
    Case("converted values", '"spec.replicas"', {"replicas": "3", "default_route": "yes"}, keywords=CHECK),
    Case("survey without answers", '"changed": false', {**NOTHING, "replicas": "", "log_level": None, "wait": ""}),
    Case(
        "text of a dictionary", '"changed": true', {**CHANGE, "storage": json.dumps(CHANGE["storage"])}, keywords=CHECK
    ),
    Case("secrets that are words", '"claim": "registry"', WORDS, keywords=CHECK),
    Case("date for a text", "2026-01-31", {**CHANGE, "storage": {"pvc": {"claim": "{{ date }}"}}}, keywords=CHECK),
    Case("omitted options", '"changed": true', {**CHANGE, "replicas": "{{ omit }}"}, keywords=CHECK),
    Case("text that looks like a template", "{{ 7 * 7 }}", {"name": "{{ template }}"}, "registry_info"),
    Case("vaulted values", '"changed": true', {**CHANGE, "http_secret": "{{ vaulted }}"}, keywords=CHECK),
    Case("alias", "[unverified-server]", {**NOTHING, "verify_ssl": False}),
    Case("option and its alias", "Both option", {**NOTHING, "verify_ssl": False, "validate_certs": False}),
    Case("warning", "[unverified-server]", {**NOTHING, "validate_certs": False}),
    Case(
        "defaults of the group",
        "[unverified-server]",
        NOTHING,
        keywords={"module_defaults": {GROUP: {"validate_certs": False}}},
    ),
    Case(
        "inline kubeconfig",
        '"name": "cluster"',
        lambda place: {**CHANGE, "kubeconfig": place.kubeconfig},
        keywords=CHECK,
    ),
    Case("relative path", '"changed": false', {**NOTHING, "kubeconfig": "here.kubeconfig"}),
    Case(
        "environment",
        "[unauthorized]",
        NOTHING,
        keywords={"environment": {"K8S_AUTH_API_KEY": WRONG_TOKEN, "K8S_AUTH_HOST": "{{ address }}"}},
    ),
    Case(
        "environment with a kubeconfig",
        "missing.kubeconfig",
        NOTHING,
        keywords={"environment": {"KUBECONFIG": "missing.kubeconfig"}},
    ),
    # How Ansible runs it.
    Case("loop", "must be one of", {"management_state": "{{ item }}"}, keywords={"loop": ["Removed", "Gone"]}),
    Case(
        "loop over environments",
        "[unauthorized]",
        NOTHING,
        keywords={
            "loop": ["wrong", "right"],
            "environment": {"K8S_AUTH_API_KEY": "{{ tokens[item] }}", "K8S_AUTH_HOST": "{{ address }}"},
        },
    ),
    Case(
        "time limit of the task",
        # Ansible's own mark; what it says depends on its version.
        '"timedout"',
        lambda place: {**NOTHING, "host": place.hanging, "api_key": "any"},
        keywords={"timeout": 2},
    ),
    Case("repeated", '"attempts": 2', {"log_level": "Loud"}, keywords={"retries": 2, "delay": 0, "until": False}),
    Case("no_log", '"failed": true', {"log_level": "Loud"}, keywords={"no_log": True}),
    Case("throttle", '"changed": false', NOTHING, keywords={"throttle": 1}),
    Case("run_once", '"changed": false', NOTHING, keywords={"run_once": True}),
    Case("in the background", '"changed"', NOTHING, keywords={"async": 60, "poll": 1}, in_worker=False),
    Case(
        "as another user",
        '"changed"',
        lambda place: {**NOTHING, "host": place.address, "api_key": place.token, "ca_cert": place.authority},
        keywords={"become": True, "become_method": "su"},
        in_worker=False,
    ),
    # Last, because what it leaves behind is in the way of others.
    Case(
        "apply and wait",
        '"waited": true',
        {**EMPTY_DIR, "management_state": "Managed"},
        undo={**EMPTY_DIR, "management_state": "Removed"},
    ),
    Case("host of an inventory", '"changed": false', NOTHING, host="near"),
    Case("delegated to localhost", '"changed": false', NOTHING, keywords={"delegate_to": "localhost"}, host="far"),
]
