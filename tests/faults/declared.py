# SPDX-License-Identifier: GPL-3.0-or-later
"""Desired states of the registry, drawn from a seed, and what each of them means on the API: pure."""

import base64
import functools
import random
import string
from dataclasses import dataclass
from typing import Any

from sandbox.pem import self_signed
from tests.integration import api as paths
from tests.integration import setups
from tests.integration.api import Document

Fields = dict[tuple[str, ...], Any]
"""Values of one object by their paths; None stands for every way in which a value is not set."""

CLAIM_SIZES = ("10Gi", "20Gi")
_HOSTS = ("registry.example.com", "images.example.com", "mirror.example.org")
# All that JSON, URLs, shells, INI files or YAML treat in a way of their own, as far as keys may contain it.
_AWKWARD = string.ascii_letters + string.digits + "\"\\/+=%&<>'$#:;@!?*~^|`{}[](),.-_"


@dataclass(frozen=True)
class Declared:
    """One desired state.

    options: of the module registry. objects: what must be found on the API, by the path of the object.
    routes: name and host of each Route that must be admitted, host None if the router chooses it.
    credentials: what the Secret generated for the pods must hold, None if it need not. secrets: values that no output
    may show.
    """

    options: Document
    objects: dict[str, Fields]
    routes: dict[str, str | None]
    credentials: str | None
    secrets: frozenset[str]


def state(seed: int, s3_endpoint: str) -> Declared:
    """Return the desired state of a seed: one of ten has the registry removed, the others all sections."""
    chance = random.Random(f"state {seed}")
    if chance.random() < 0.1:
        return _removed()
    return serving(chance, s3_endpoint)


def serving(chance: random.Random, s3_endpoint: str, bucket: bool | None = None) -> Declared:
    """Return a desired state with a claim or bucket, credentials, routes with TLS, replicas and workload settings.

    bucket: whether the images are in a bucket, None to leave that to chance.
    """
    by_chance = chance.random() < 0.5
    from_bucket = by_chance if bucket is None else bucket
    keys = {"access_key": _text(chance, string.ascii_uppercase, 20), "secret_key": _text(chance, _AWKWARD, 40)}
    http_secret = _text(chance, _AWKWARD, 64)
    storage, objects = _bucket(s3_endpoint) if from_bucket else _claim(chance)
    names = chance.sample(("public", "internal"), chance.randint(0, 2))
    routes = dict(zip(names, chance.sample(_HOSTS, len(names)), strict=True))
    default_route, replicas, read_only = chance.random() < 0.5, chance.randint(1, 3), chance.random() < 0.3
    log_level, running = chance.choice(("Normal", "Debug", "Trace")), chance.randint(1, 50)
    wait, cpu = chance.choice(("30s", "1m0s", "1h30m0s")), chance.choice(("100m", "250m"))
    pairs = {name: _pair(host) for name, host in routes.items()}
    options = {
        "management_state": "Managed",
        "accept_data_loss": True,
        "storage": storage,
        "replicas": replicas,
        "default_route": default_route,
        "routes": [
            {"name": name, "hostname": host, "tls": {"certificate": pairs[name][0], "key": pairs[name][1]}}
            for name, host in routes.items()
        ],
        "credentials": {"s3": keys},
        "http_secret": http_secret,
        "log_level": log_level,
        "read_only": read_only,
        "requests": {"read": {"max_running": running, "max_wait_in_queue": wait}},
        "resources": {"requests": {"cpu": cpu, "memory": "256Mi"}},
    }
    objects[paths.CONFIG] |= {
        ("spec", "managementState"): "Managed",
        ("spec", "replicas"): replicas,
        ("spec", "defaultRoute"): default_route or None,
        ("spec", "routes"): [
            {"name": name, "hostname": host, "secretName": f"{name}-tls"} for name, host in routes.items()
        ]
        or None,
        ("spec", "httpSecret"): http_secret,
        ("spec", "logLevel"): log_level,
        ("spec", "readOnly"): read_only or None,
        ("spec", "requests", "read", "maxRunning"): running,
        ("spec", "requests", "read", "maxWaitInQueue"): wait,
        ("spec", "resources", "requests", "cpu"): cpu,
        ("spec", "resources", "requests", "memory"): "256Mi",
    }
    objects[paths.USER_SECRET] = _data(
        REGISTRY_STORAGE_S3_ACCESSKEY=keys["access_key"], REGISTRY_STORAGE_S3_SECRETKEY=keys["secret_key"]
    )
    for name, (certificate, key) in pairs.items():
        objects[f"{paths.SECRETS}/{name}-tls"] = _data(**{"tls.crt": certificate, "tls.key": key})
        objects[f"{paths.ROUTES}/{name}"] = {("spec", "tls", "certificate"): certificate}
    return Declared(
        options,
        objects,
        {**routes, **({"default-route": None} if default_route else {})},
        _credentials_file(keys) if from_bucket else None,
        frozenset({*keys.values(), http_secret, *(key for _certificate, key in pairs.values())}),
    )


def _removed() -> Declared:
    options = {"management_state": "Removed", "accept_data_loss": True}
    config: Fields = {("spec", "managementState"): "Removed"}
    return Declared(options, {paths.CONFIG: config}, {}, None, frozenset())


def _claim(chance: random.Random) -> tuple[Document, dict[str, Fields]]:
    size = chance.choice(CLAIM_SIZES)
    name = f"registry-{size.lower()}"
    config: Fields = {
        ("spec", "storage", "pvc", "claim"): name,
        ("spec", "storage", "s3"): None,
        ("spec", "storage", "managementState"): "Unmanaged",
    }
    claim: Fields = {("spec", "resources", "requests", "storage"): size, ("spec", "accessModes"): ["ReadWriteMany"]}
    return {"pvc": {"claim": name, "size": size}}, {paths.CONFIG: config, f"{paths.CLAIMS}/{name}": claim}


def _bucket(s3_endpoint: str) -> tuple[Document, dict[str, Fields]]:
    settings = {"bucket": setups.BUCKET, "region": setups.REGION, "region_endpoint": s3_endpoint}
    config: Fields = {
        ("spec", "storage", "s3", "bucket"): setups.BUCKET,
        ("spec", "storage", "s3", "region"): setups.REGION,
        ("spec", "storage", "s3", "regionEndpoint"): s3_endpoint,
        ("spec", "storage", "pvc"): None,
        ("spec", "storage", "managementState"): "Unmanaged",
    }
    return {"s3": settings}, {paths.CONFIG: config}


def _credentials_file(keys: dict[str, str]) -> str:
    """Return the file that the operator makes of the keys for the pods."""
    access, secret = keys["access_key"], keys["secret_key"]
    return f"[default]\naws_access_key_id = {access}\naws_secret_access_key = {secret}\n"


def _data(**values: str) -> Fields:
    return {("data", name): base64.b64encode(value.encode()).decode() for name, value in values.items()}


def _text(chance: random.Random, alphabet: str, length: int) -> str:
    return "".join(chance.choices(alphabet, k=length))


@functools.cache
def _pair(host: str) -> tuple[str, str]:
    return self_signed(host)
