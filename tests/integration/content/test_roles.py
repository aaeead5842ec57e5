# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles as users run them: by ansible-playbook, with variables alone."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.pem import self_signed
from sandbox.state import StateDirectory
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.lab import Lab
from tests.integration.leaks import leaks
from tests.integration.playbook import attempt

HOST = "registry.example.com"
CERTIFICATE, KEY = self_signed(HOST)
HTTP_SECRET = "an-http-secret-of-its-own-0123456789"
PROXY_PASSWORD = "Tr0ub4dor-and-3"
STORAGE = {"pvc": {"claim": "registry", "size": "100Gi"}}
CREDENTIALS = {"s3": {"access_key": setups.ACCESS_KEY, "secret_key": setups.SECRET_KEY}}
DECLARED = {
    "registry_management_state": "Managed",
    "registry_storage": STORAGE,
    "registry_replicas": 2,
    "registry_default_route": True,
    "registry_routes": [{"name": "public", "hostname": HOST, "tls": {"certificate": CERTIFICATE, "key": KEY}}],
    "registry_credentials": CREDENTIALS,
    "registry_http_secret": HTTP_SECRET,
    "registry_proxies": {"https": f"http://user:{PROXY_PASSWORD}@proxy.example.com:3128"},
}
SECRETS = {
    "secret key": setups.SECRET_KEY,
    "TLS key": KEY,
    "http secret": HTTP_SECRET,
    "password of the proxy": PROXY_PASSWORD,
}
# One small role for each section of the composed one.
SMALL = ("registry_storage", "registry_replicas", "registry_routes", "registry_credentials", "registry_workload")

Play = Callable[..., tuple[int, str]]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Run a playbook of one play for each role, with the same variables, and return its exit status and output.

    The variables are given in the play, or as parameters of the roles.
    """

    def run(
        roles: tuple[str, ...],
        variables: dict[str, Any],
        *arguments: str,
        parameters: dict[str, Any] | None = None,
        defaults: dict[str, Any] | None = None,
        **environment: str,
    ) -> tuple[int, str]:
        plays = [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "vars": variables,
                "module_defaults": {"group/okd.image_registry.registry": defaults or {}},
                "roles": [{"role": f"okd.image_registry.{role}", **(parameters or {})}],
                "tasks": [{"ansible.builtin.debug": {"var": "registry_result.plan"}}],
            }
            for role in roles
        ]
        (tmp_path / "play.yml").write_text(json.dumps(plays), encoding="utf-8")
        return attempt(tmp_path, "play.yml", *arguments, **environment)

    return run


@pytest.fixture
def connected(state: StateDirectory) -> dict[str, str]:
    """The environment that connects the roles."""
    return {"K8S_AUTH_KUBECONFIG": str(state.kubeconfig)}


@pytest.fixture(scope="module")
def serving(clean_module: Lab) -> Lab:
    """A registry that serves; the tests that use it leave it as it is."""
    setups.serve_from_claim(clean_module)
    return clean_module


def _changed(output: str) -> int:
    (found,) = re.findall(r"\bchanged=(\d+)", output)
    return int(found)


def test_composed_role_foretells_declares_and_proves_and_the_small_roles_find_nothing_to_do(
    clean: Lab, play: Play, connected: dict[str, str], state: StateDirectory
) -> None:
    mark = clean.log.mark()
    # Given as parameters, they are also what the validation is called with.
    status, foretold = play(("registry",), {}, "--check", "--diff", "-vvvv", parameters=DECLARED, **connected)
    assert (status, _changed(foretold)) == (0, 1), foretold
    assert not clean.log.writes_since(mark)

    inline = {**DECLARED, "registry_kubeconfig": json.loads(state.kubeconfig.read_text(encoding="utf-8"))}
    status, done = play(("registry",), {**inline, "registry_verify": True}, "--diff", "-vvvv")
    assert (status, _changed(done)) == (0, 1), done
    assert "Check that nothing is left to do" in done
    assert clean.api.read(paths.DEPLOYMENT)["status"]["readyReplicas"] == 2

    status, again = play(SMALL, DECLARED, "--diff", "-vvvv", **connected)
    assert (status, _changed(again)) == (0, 0), again
    assert leaks(foretold + done + again, {**SECRETS, "token": clean.api.token}) == []


def test_every_small_role_changes_its_own_section(serving: Lab, play: Play, connected: dict[str, str]) -> None:
    mark = serving.log.mark()
    drifted = {
        "registry_storage": {"pvc": {"claim": "registry", "size": "200Gi"}},
        "registry_replicas": 3,
        "registry_default_route": True,
        "registry_credentials": CREDENTIALS,
        "registry_log_level": "Debug",
    }
    status, output = play(SMALL, drifted, "--check", **connected)
    assert (status, _changed(output)) == (0, len(SMALL)), output
    assert not serving.log.writes_since(mark)
    fields = [json.loads(found) for found in re.findall(r'"fields": (\[.*?\])', output, re.DOTALL)]
    assert fields == [
        ["spec.resources.requests.storage"],
        ["spec.replicas"],
        ["spec.defaultRoute"],
        ["data.REGISTRY_STORAGE_S3_ACCESSKEY", "data.REGISTRY_STORAGE_S3_SECRETKEY", "type"],
        ["spec.logLevel"],
    ]


def test_the_proof_fails_when_the_registry_is_not_available(
    serving: Lab, play: Play, connected: dict[str, str]
) -> None:
    unready = {"registry_replicas": 0, "registry_rollout_strategy": "Recreate", "registry_verify": True}
    status, output = play(("registry",), unready, **connected)
    assert status == 2, output
    assert "Config cluster reports Available False (NoReplicasAvailable" in " ".join(output.split())
    setups.serve(serving, {"replicas": 2, "rolloutStrategy": "RollingUpdate"})


def test_there_is_no_proof_in_a_play_in_check_mode(serving: Lab, connected: dict[str, str], tmp_path: Path) -> None:
    role = {"role": "okd.image_registry.registry", "check_mode": True}
    content = [{"hosts": "localhost", "gather_facts": False, "roles": [role]}]
    (tmp_path / "play.yml").write_text(json.dumps(content), encoding="utf-8")
    variables = json.dumps({"registry_replicas": 3, "registry_verify": True})
    status, output = attempt(tmp_path, "play.yml", "-e", variables, **connected)
    assert (status, _changed(output)) == (0, 1), output


def test_module_defaults_connect_the_roles(serving: Lab, play: Play, state: StateDirectory) -> None:
    mark = serving.log.mark()
    defaults = {"kubeconfig": str(state.kubeconfig), "context": "sandbox"}
    status, output = play(("registry", "registry_status"), {"registry_replicas": 2}, defaults=defaults)
    assert (status, _changed(output)) == (0, 0), output
    assert {request.user for request in serving.log.since(mark)} == {"admin"}


def test_variables_connect_the_roles_and_win(serving: Lab, play: Play, state: StateDirectory) -> None:
    mark = serving.log.mark()
    variables = {"registry_kubeconfig": str(state.kubeconfig), "registry_context": "sandbox-viewer"}
    defaults = {"kubeconfig": "/nowhere", "context": "nobody"}
    status, output = play(("registry", "registry_status"), {**variables, "registry_replicas": 2}, defaults=defaults)
    assert (status, _changed(output)) == (0, 0), output
    assert {request.user for request in serving.log.since(mark)} == {"viewer"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param(
            {"registry_replicas": "two", "registry_storage": {"pvc": {"claimName": "c"}}},
            ('replicas has the text "two"', "storage.pvc.claimName"),
            id="two at once",
        ),
        pytest.param(
            {"registry_credentials": {"s3": [setups.SECRET_KEY]}},
            ("credentials.s3 has a list", "a dictionary"),
            id="a list of keys",
        ),
        pytest.param(
            {"registry_routes": [DECLARED["registry_routes"]]}, ("routes[0] has a list",), id="a list in a list"
        ),
    ],
)
def test_what_is_wrong_near_a_secret_is_told_without_the_secret(
    serving: Lab, play: Play, connected: dict[str, str], wrong: dict[str, Any], told: tuple[str, ...]
) -> None:
    mark = serving.log.mark()
    status, output = play(("registry",), {}, "-vvvv", parameters={**DECLARED, **wrong}, **connected)
    assert status == 2, output
    *_, failure = re.findall(r'^    "msg": (".*")', output, re.MULTILINE)
    assert [text for text in told if text not in json.loads(failure)] == [], failure
    assert leaks(output, SECRETS) == []
    assert not serving.log.since(mark)


def test_status_is_printed_and_written_in_check_mode_too(
    serving: Lab, play: Play, connected: dict[str, str], tmp_path: Path
) -> None:
    reports = {"registry_status_json": "status.json", "registry_status_markdown": "status.md"}
    status, output = play(("registry_status",), reports, "--check", "--diff", **connected)
    assert (status, _changed(output)) == (0, 0), output
    assert "Claim registry: Bound, 100Gi, ReadWriteMany" in output
    written = json.loads((tmp_path / "status.json").read_text(encoding="utf-8"))
    assert written["registry"]["replicas"] == {"wanted": 2, "ready": 2}
    assert written["config"]["metadata"]["name"] == "cluster"
    page = (tmp_path / "status.md").read_text(encoding="utf-8")
    assert "| registry | Bound | 100Gi | 100Gi | ReadWriteMany |" in page
    assert "| Available | True | Ready | The registry is ready |" in page
    secret = serving.api.read(paths.CONFIG)["spec"]["httpSecret"]
    assert leaks(page + json.dumps(written), {"http secret": secret}) == []


SURVEY = {
    "registry_management_state": "Removed",
    # Questions that nobody answered.
    "registry_storage": "",
    "registry_replicas": "",
    "registry_rollout_strategy": None,
    "registry_default_route": "",
    "registry_routes": None,
    "registry_credentials": "",
    "registry_log_level": "",
    "registry_http_secret": "",
    "registry_proxies": "",
    "registry_tolerations": "",
    "registry_accept_data_loss": "",
    "registry_wait": None,
    "registry_wait_timeout": "",
    "registry_verify": "",
    "registry_status_json": "",
    "registry_status_markdown": None,
    "registry_name": "",
}


def test_what_a_survey_leaves_open_is_not_given(clean: Lab, play: Play, connected: dict[str, str]) -> None:
    status, output = play(("registry", *SMALL, "registry_status"), SURVEY, **connected)
    assert status == 0, output
    assert _changed(output) == 0


def test_text_in_json_or_yaml_is_a_dictionary_or_a_list(clean: Lab, play: Play, connected: dict[str, str]) -> None:
    given = {
        "registry_storage": json.dumps(STORAGE),
        "registry_routes": f"- name: public\n  hostname: {HOST}\n",
        "registry_replicas": "2",
        "registry_wait": "no",
    }
    status, output = play(("registry",), given, "--check", **connected)
    assert status == 0, output
    assert "spec.storage.pvc.claim" in output
    assert "spec.routes" in output


@pytest.mark.parametrize("role", ["registry", "registry_storage"])
def test_a_value_that_does_not_fit_is_told_in_few_words(play: Play, connected: dict[str, str], role: str) -> None:
    wrong = {"registry_storage": {"pvc": {"claim": "a", "sise": "1Gi"}, "management_state": 8}}
    status, output = play((role,), wrong, **connected)
    assert status == 2
    assert "storage.management_state has the number 8, but needs a text" in output
    assert max(map(len, output.splitlines())) < 2000
