# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxy really does what its faults say: else the storms would prove nothing."""

import contextlib
from collections.abc import Iterator

import pytest
import requests

from tests.faults.laboratory import Laboratory
from tests.faults.storm import PASSED, Fault, Kind, Outage, Script, Storm, calm
from tests.integration import api as paths
from tests.integration.api import Document

LIMIT_SECONDS = 30
VERSION = "/version"
SECRET = f"{paths.SECRETS}/written-without-an-answer"


def _only(fault: Fault) -> Script:
    """Let a fault strike the first request."""
    return lambda number, _method, _path: fault if number == 1 else PASSED


@pytest.fixture
def client(laboratory: Laboratory) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(laboratory.kubeconfig.with_name("trusted.crt"))
        session.headers["Authorization"] = f"Bearer {laboratory.lab.api.token}"
        yield session
    laboratory.begin(calm)


def _send(
    laboratory: Laboratory,
    client: requests.Session,
    path: str,
    verb: str = "GET",
    json: Document | None = None,
    stream: bool = False,
) -> requests.Response:
    return client.request(verb, laboratory.proxy.url + path, timeout=LIMIT_SECONDS, json=json, stream=stream)


def test_passes_on_what_is_said(laboratory: Laboratory, client: requests.Session) -> None:
    laboratory.begin(calm)
    assert _send(laboratory, client, VERSION).json() == laboratory.lab.api.read(VERSION)
    missing = _send(laboratory, client, f"{paths.SECRETS}/absent")
    assert (missing.status_code, missing.json()["reason"]) == (404, "NotFound")


def test_answers_late(laboratory: Laboratory, client: requests.Session) -> None:
    laboratory.begin(_only(Fault(Kind.DELAY, seconds=0.4)))
    late = _send(laboratory, client, VERSION)
    assert (late.status_code, late.elapsed.total_seconds() >= 0.4) == (200, True)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_refuses(laboratory: Laboratory, client: requests.Session, status: int) -> None:
    laboratory.begin(_only(Fault(Kind.REFUSE, status=status, retry_after=7 if status == 429 else None)))
    refused = _send(laboratory, client, VERSION)
    assert (refused.status_code, refused.headers.get("Retry-After")) == (status, "7" if status == 429 else None)


@pytest.mark.parametrize(("kind", "is_written"), [(Kind.RESET_BEFORE, False), (Kind.RESET_AFTER, True)])
def test_resets(laboratory: Laboratory, client: requests.Session, kind: Kind, is_written: bool) -> None:
    laboratory.begin(_only(Fault(kind)))
    with pytest.raises(requests.ConnectionError):
        _send(laboratory, client, paths.SECRETS, "POST", json={"metadata": {"name": SECRET.rsplit("/", 1)[1]}})
    assert bool(laboratory.lab.api.get(SECRET)) == is_written
    if is_written:
        laboratory.lab.api.delete(SECRET)


def test_resets_in_the_body(laboratory: Laboratory, client: requests.Session) -> None:
    laboratory.begin(_only(Fault(Kind.RESET_IN_BODY, part=0.5)))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        _send(laboratory, client, paths.CONFIG)


@pytest.mark.parametrize("reset", [True, False])
def test_cuts_a_watch_in_an_event(laboratory: Laboratory, client: requests.Session, reset: bool) -> None:
    laboratory.begin(_only(Fault(Kind.CUT_WATCH, part=1, reset=reset)))
    events = b""
    path = "/api/v1/namespaces?watch=true&timeoutSeconds=20"
    try:
        for chunk in _send(laboratory, client, path, stream=True).iter_content(None):
            events += chunk
        ended_well = True
    except requests.exceptions.ChunkedEncodingError:
        ended_well = False
    first, rest = events.split(b"\n")
    assert first.endswith(b"}") and rest and not rest.endswith(b"}")
    assert ended_well is not reset


@pytest.mark.parametrize(("kind", "is_trusted"), [(Kind.RENEWED, True), (Kind.UNTRUSTED, False)])
def test_changes_its_certificate(
    laboratory: Laboratory, client: requests.Session, kind: Kind, is_trusted: bool
) -> None:
    laboratory.begin(_only(Fault(kind)))
    with pytest.raises(requests.ConnectionError):
        _send(laboratory, client, VERSION)
    if is_trusted:
        assert _send(laboratory, client, VERSION).ok
    else:
        with pytest.raises(requests.exceptions.SSLError):
            _send(laboratory, client, VERSION)


@pytest.mark.parametrize("kind", [Kind.API_SERVER, Kind.ETCD])
def test_brings_processes_down_and_up_again(laboratory: Laboratory, client: requests.Session, kind: Kind) -> None:
    name = {Kind.API_SERVER: "kube-apiserver", Kind.ETCD: "etcd"}[kind]
    before = laboratory.state.load().processes[name]
    laboratory.begin(_only(Fault(kind)))
    # The request may or may not get its answer before the end.
    with contextlib.suppress(requests.ConnectionError):
        _send(laboratory, client, paths.CONFIG)
    laboratory.settle()
    assert laboratory.state.load().processes[name] != before
    assert _send(laboratory, client, paths.CONFIG).ok


def test_storms_repeat() -> None:
    sent = [("GET", path) for path in (paths.CONFIG, paths.DEPLOYMENT, f"{paths.ROUTES}?watch=true")] * 20
    weathers = [Storm(5), Storm(5), Storm(6)]
    once, again, other = ([storm(number, *request) for number, request in enumerate(sent)] for storm in weathers)
    assert once == again != other


def test_an_outage_comes_one_request_later_with_each_seed() -> None:
    struck = [
        [number for number in range(1, 31) if Outage(Kind.API_SERVER, seed)(number, "GET", paths.CONFIG) != PASSED]
        for seed in (1, 2, 30, 31)
    ]
    assert struck == [[1], [2], [30], [1]]
