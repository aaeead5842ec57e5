# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in any output of ansible-playbook, at the highest verbosity and with --diff, whatever happens."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.pem import self_signed
from sandbox.state import StateDirectory
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.fixtures import reset
from tests.integration.lab import Lab
from tests.integration.leaks import leaks
from tests.integration.playbook import attempt

HOST = "registry.example.com"
CERTIFICATE, KEY = self_signed(HOST)
NEW_CERTIFICATE, NEW_KEY = self_signed(HOST)
OTHER_KEY = self_signed("other.example.com")[1]
ACCESS_KEY, SECRET_KEY = 'AKIA"Q7é EXAMPLE&3', 'wJ\\alr/XUtn"FEMI+K7 MDENG=bPx%RfiCY<é>'
NEW_ACCESS_KEY, NEW_SECRET_KEY = "AKIAZ9EXAMPLE7QWERTY", "9sUbXn2+PpEXAMPLE/kd8Lq=TtRrEeWwQq1234567"
FAILED = 2
# What makes a program write down what it tells the system's log.
JOURNALING = Path(__file__).parent / "journal"


def _everything(lab: Lab, **more: Any) -> dict[str, Any]:
    options = {
        "management_state": "Managed",
        "storage": {"s3": setups.s3(lab)},
        "replicas": 2,
        "default_route": True,
        "routes": [{"name": "public", "hostname": HOST, "tls": {"certificate": CERTIFICATE, "key": KEY}}],
        "credentials": {"s3": {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}},
        "error_grace": 2,
    }
    return {**options, **more}


def _tls(key: str, certificate: str = CERTIFICATE) -> list[dict[str, Any]]:
    return [{"name": "public", "hostname": HOST, "tls": {"certificate": certificate, "key": key}}]


def _kubeconfig(lab: Lab, token: str) -> dict[str, Any]:
    authority = base64.b64encode(lab.api.authority.read_bytes()).decode()
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "here", "cluster": {"server": lab.api.server, "certificate-authority-data": authority}}],
        "users": [{"name": "me", "user": {"token": token}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
    }


@dataclass(frozen=True)
class Run:
    """One run of one task: its options, the arguments of ansible-playbook, how it ends, what its output must show.

    is_first: whether the cluster is fresh; else it has everything that is declared already.
    is_logged: whether a module writes its options to the system's log; Ansible refuses some before it has begun to.
    """

    id: str
    options: Callable[[Lab], dict[str, Any]]
    arguments: tuple[str, ...] = ()
    status: int = 0
    shows: tuple[str, ...] = ()
    knobs: dict[str, Any] = field(default_factory=dict)
    module: str = "registry"
    is_first: bool = False
    is_logged: bool = True


RUNS = [
    Run("check mode", _everything, ("--check",), shows=("changed=1", "<hidden: new value>"), is_first=True),
    Run("act", _everything, shows=("changed=1", "<hidden: new value>"), is_first=True),
    Run("nothing to do", _everything, shows=("changed=0",)),
    Run("nothing to do in check mode", _everything, ("--check",), shows=("changed=0",)),
    Run(
        "everything renewed",
        lambda lab: _everything(
            lab,
            routes=_tls(NEW_KEY, NEW_CERTIFICATE),
            credentials={"s3": {"access_key": NEW_ACCESS_KEY, "secret_key": NEW_SECRET_KEY}},
        ),
        shows=("changed=1", "<hidden: old value>", "<hidden: new value>"),
    ),
    Run(
        "key of another certificate",
        lambda lab: _everything(lab, routes=_tls(OTHER_KEY)),
        status=FAILED,
        shows=("the key of another certificate",),
    ),
    Run(
        "key in the place of the certificate",
        lambda lab: _everything(lab, routes=_tls(CERTIFICATE, KEY)),
        status=FAILED,
        shows=("no PEM certificate",),
    ),
    Run(
        "key with a line break",
        lambda lab: _everything(lab, credentials={"s3": {"access_key": ACCESS_KEY, "secret_key": f"{SECRET_KEY}\n"}}),
        status=FAILED,
        shows=("white space around it",),
    ),
    Run(
        "option misspelt beside a secret",
        lambda lab: _everything(lab, credentials={"s3": {"acces_key": ACCESS_KEY, "secret_key": SECRET_KEY}}),
        status=FAILED,
        shows=("missing required arguments",),
        is_logged=False,
    ),
    Run(
        "keys in one word",
        lambda lab: _everything(lab, credentials={"s3": f"{ACCESS_KEY}:{SECRET_KEY}"}),
        status=FAILED,
        shows=("dictionary",),
        is_logged=False,
    ),
    Run(
        "option of another module",
        lambda lab: _everything(lab),
        status=FAILED,
        shows=("Unsupported parameters",),
        module="registry_credentials",
        is_logged=False,
    ),
    Run(
        "pods that crash",
        lambda lab: _everything(lab, storage={"s3": setups.s3(lab, chunk_size_mib=32)}),
        status=FAILED,
        shows=("CrashLoopBackOff",),
        knobs={"podOutcome": "crash"},
    ),
    Run(
        "object store that refuses the keys",
        lambda lab: _everything(lab, storage={"s3": setups.s3(lab, chunk_size_mib=64)}),
        status=FAILED,
        shows=("InvalidAccessKeyId",),
        knobs={"storageCall": "InvalidAccessKeyId"},
    ),
    Run(
        "kubeconfig as a dictionary",
        lambda lab: _everything(lab, kubeconfig=_kubeconfig(lab, lab.api.token), wait=False),
        ("--check",),
    ),
    Run(
        "token that is wrong",
        lambda lab: _everything(lab, kubeconfig=_kubeconfig(lab, f"x{lab.api.token}")),
        status=FAILED,
        shows=("HTTP 401",),
    ),
    Run(
        "token as an option",
        lambda lab: _everything(lab, host=lab.api.server, ca_cert=str(lab.api.authority), api_key=lab.api.token),
        ("--check",),
    ),
    Run(
        "kubeconfig as text",
        lambda lab: _everything(lab, kubeconfig=json.dumps(_kubeconfig(lab, lab.api.token))),
        status=FAILED,
        shows=("from_yaml",),
    ),
    Run(
        "credentials deleted",
        lambda lab: {
            "storage": {"pvc": {"claim": "registry", "size": "1Gi"}},
            "credentials": {"state": "absent"},
            "accept_data_loss": True,
            "wait": False,
        },
        shows=("changed=1", "<hidden: old value>"),
    ),
]


@pytest.fixture
def cluster(state: StateDirectory, clean_module: Lab, run: Run) -> Lab:
    """A cluster as the run is to find it, whatever the one before has left."""
    lab = clean_module
    if run.is_first:
        reset(state, lab)
    setups.add_bucket(lab)
    if not run.is_first:
        # With a size that none of the runs declares, so that those which declare one change it.
        lab.run("registry", _everything(lab, storage={"s3": setups.s3(lab, chunk_size_mib=8)}, accept_data_loss=True))
    return lab


@pytest.mark.parametrize("as_module", ["0", "1"], ids=["in the worker", "as a module"])
@pytest.mark.parametrize("run", [pytest.param(run, id=run.id) for run in RUNS])
def test_no_secret_is_shown(cluster: Lab, as_module: str, knobs: Callable[..., None], tmp_path: Path, run: Run) -> None:
    knobs(**run.knobs)
    before = _secrets_of(cluster)
    options = run.options(cluster)
    task = {"name": "Try", f"okd.image_registry.{run.module}": options, "register": "result"}
    # The result may be shown by the task itself and by whoever looks at it later.
    shown = {"name": "Show", "ansible.builtin.debug": {"var": "result"}}
    rescued = {"block": [task], "always": [shown]}
    (tmp_path / "play.yml").write_text(
        json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [rescued]}]), encoding="utf-8"
    )
    environment = {
        "K8S_AUTH_HOST": cluster.api.server,
        "K8S_AUTH_API_KEY": cluster.api.token,
        "K8S_AUTH_SSL_CA_CERT": str(cluster.api.authority),
    }
    connects = {"host", "kubeconfig"} & options.keys()
    arguments = ("play.yml", "--diff", "-vvvv", *run.arguments)
    journal = tmp_path / "journal"
    logging = {"PYTHONPATH": str(JOURNALING), "JOURNAL": str(journal), "OKD_IMAGE_REGISTRY_RUN_AS_MODULE": as_module}
    status, output = attempt(tmp_path, *arguments, **logging, **({} if connects else environment))
    assert status == run.status, output[-4000:]
    missing = [part for part in run.shows if part not in output]
    assert not missing, f"{missing} not in: {output[-4000:]}"
    secrets = {**DECLARED, **before, **_secrets_of(cluster), "token": cluster.api.token}
    assert leaks(output, secrets) == []
    logged = journal.read_text(encoding="utf-8") if journal.exists() else ""
    assert ("Invoked with" in logged) == (as_module == "1" and run.is_logged)
    assert leaks(logged, secrets) == []


DECLARED = {
    "key of the route": KEY,
    "new key of the route": NEW_KEY,
    "key of another certificate": OTHER_KEY,
    "secret key": SECRET_KEY,
    "new secret key": NEW_SECRET_KEY,
}


def _secrets_of(lab: Lab) -> dict[str, str]:
    """Return what the cluster itself keeps secret."""
    found = {}
    if http_secret := lab.spec().get("httpSecret"):
        found["httpSecret"] = http_secret
    generated = lab.api.get(paths.GENERATED_SECRET) or {"data": {}}
    for name, value in (generated.get("data") or {}).items():
        found[f"generated {name}"] = base64.b64decode(value).decode()
    return found


def test_a_leak_would_be_found() -> None:
    key = base64.b64encode(SECRET_KEY.encode()).decode()
    for text in (
        SECRET_KEY,
        f"x{key}x",
        json.dumps({"secret": SECRET_KEY}),
        base64.b64encode(f"a {SECRET_KEY}".encode()),
    ):
        assert leaks(text if isinstance(text, str) else text.decode(), {"secret key": SECRET_KEY})
    assert leaks(KEY.splitlines()[1], {"key": KEY})
    assert not leaks(CERTIFICATE, {"key": KEY})
