# SPDX-License-Identifier: GPL-3.0-or-later
"""States of the cluster that tests start from, made from outside."""

import base64
import urllib.request
from typing import Any

from tests.integration import api as paths
from tests.integration.api import Document, condition
from tests.integration.lab import Lab

ACCESS_KEY, SECRET_KEY = "AKIAQ7EXAMPLE3LHP5TZ", "wJalr/XUtnFEMI+K7MDENG=bPxRfiCYzEXAMPLEKEY"
REGION = "us-east-1"
BUCKET = "registry-images"


def add_claim(
    lab: Lab, name: str, *, mode: str = "ReadWriteMany", size: str = "100Gi", storage_class: str = ""
) -> None:
    """Create a claim, of the default storage class unless one is named."""
    spec: Document = {"accessModes": [mode], "resources": {"requests": {"storage": size}}}
    if storage_class:
        spec["storageClassName"] = storage_class
    lab.api.create(paths.CLAIMS, {"metadata": {"name": name}, "spec": spec})


def wait_bound(lab: Lab, name: str) -> None:
    """Wait until a claim has its volume."""
    lab.api.wait_for(f"{paths.CLAIMS}/{name}", lambda claim: claim["status"].get("phase") == "Bound")


def add_secret(lab: Lab, name: str, data: dict[str, str], kind: str = "Opaque") -> None:
    """Create a Secret in the registry's namespace."""
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    lab.api.create(paths.SECRETS, {"metadata": {"name": name}, "type": kind, "data": encoded})


def add_credentials(lab: Lab, access_key: str = ACCESS_KEY, secret_key: str = SECRET_KEY) -> None:
    """Create the administrator's Secret with the keys of the object store."""
    keys = {"REGISTRY_STORAGE_S3_ACCESSKEY": access_key, "REGISTRY_STORAGE_S3_SECRETKEY": secret_key}
    add_secret(lab, paths.USER_SECRET.rsplit("/", 1)[1], keys)


def add_bucket(lab: Lab, name: str = BUCKET) -> None:
    """Create a bucket in the object store."""
    urllib.request.urlopen(urllib.request.Request(f"{lab.s3_endpoint}/{name}", method="PUT"), timeout=10).close()


def s3(lab: Lab, **more: Any) -> Document:
    """Return the option storage.s3 for the sandbox's object store."""
    return {"bucket": BUCKET, "region": REGION, "region_endpoint": lab.s3_endpoint, **more}


def serve_from_claim(lab: Lab, name: str = "registry", replicas: int = 2, **spec: Any) -> None:
    """Have the registry serve from a claim that pods share."""
    add_claim(lab, name)
    wait_bound(lab, name)
    storage = {"pvc": {"claim": name}, "managementState": "Unmanaged"}
    serve(lab, {"storage": storage, "replicas": replicas, **spec})


def serve_from_claim_of_one_pod(lab: Lab, name: str = "block") -> None:
    """Have the registry serve from a claim that only one pod can have."""
    add_claim(lab, name, mode="ReadWriteOnce")
    wait_bound(lab, name)
    storage = {"pvc": {"claim": name}, "managementState": "Unmanaged"}
    serve(lab, {"storage": storage, "replicas": 1, "rolloutStrategy": "Recreate"})


def serve_from_bucket(lab: Lab, replicas: int = 2, **spec: Any) -> None:
    """Have the registry serve from a bucket, with the administrator's keys."""
    add_bucket(lab)
    add_credentials(lab)
    bucket = {"bucket": BUCKET, "region": REGION, "regionEndpoint": lab.s3_endpoint}
    serve(lab, {"storage": {"s3": bucket, "managementState": "Unmanaged"}, "replicas": replicas, **spec})


def serve_from_disks(lab: Lab, **spec: Any) -> None:
    """Have the registry serve from the disk of its one pod."""
    serve(lab, {"storage": {"emptyDir": {}}, "replicas": 1, **spec})


def serve(lab: Lab, spec: Document) -> None:
    """Patch the Config and wait until the operator and the pods are through with it."""
    lab.api.patch(paths.CONFIG, {"spec": {"managementState": "Managed", **spec}})
    lab.api.wait_for(paths.CONFIG, lambda config: config["spec"].get("httpSecret"))
    wait_served(lab)


def wait_served(lab: Lab) -> None:
    """Wait until the pods run what the Config says and the operator has seen that they do."""
    lab.api.wait_for(paths.CONFIG, _is_observed)
    lab.api.wait_for(paths.DEPLOYMENT, _is_rolled_out)
    lab.api.wait_for(paths.CONFIG, lambda config: _is_observed(config) and says_ready(config))


def says_ready(config: Document) -> bool:
    """Whether the operator's conditions read as those of a registry that serves."""
    available, progressing = condition(config, "Available"), condition(config, "Progressing")
    return (available.get("reason"), progressing.get("reason")) == ("Ready", "Ready")


def _is_observed(config: Document) -> bool:
    return bool((config.get("status") or {}).get("observedGeneration") == config["metadata"]["generation"])


def _is_rolled_out(deployment: Document) -> bool:
    status, wanted = deployment.get("status") or {}, deployment["spec"]["replicas"]
    counts = {status.get(f"{name}Replicas", 0) for name in ("updated", "ready", "available")}
    observed: bool = status.get("observedGeneration") == deployment["metadata"]["generation"]
    return observed and counts | {status.get("replicas", 0)} == {wanted}
