# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources: the fixed REST paths, and how objects are called in messages."""

from __future__ import annotations

import pytest
from ansible_collections.okd.image_registry.plugins.module_utils._objects import refs
from ansible_collections.okd.image_registry.plugins.module_utils._objects.refs import Ref

NAMESPACED = "/namespaces/openshift-image-registry"


@pytest.mark.parametrize(
    ("ref", "path", "words"),
    [
        (
            refs.CLUSTER_CONFIG,
            "/apis/imageregistry.operator.openshift.io/v1/configs/cluster",
            "Config cluster",
        ),
        (
            refs.USER_CREDENTIALS,
            f"/api/v1{NAMESPACED}/secrets/image-registry-private-configuration-user",
            "Secret openshift-image-registry/image-registry-private-configuration-user",
        ),
        (
            refs.REGISTRY_DEPLOYMENT,
            f"/apis/apps/v1{NAMESPACED}/deployments/image-registry",
            "Deployment openshift-image-registry/image-registry",
        ),
        (
            refs.ROUTE.all(),
            f"/apis/route.openshift.io/v1{NAMESPACED}/routes",
            "Route openshift-image-registry/*",
        ),
        (
            refs.TRUSTED_CA("ca"),
            "/api/v1/namespaces/openshift-config/configmaps/ca",
            "ConfigMap openshift-config/ca",
        ),
        (refs.STORAGE_CLASS.all(), "/apis/storage.k8s.io/v1/storageclasses", "StorageClass *"),
    ],
    ids=lambda value: value.split("/")[-1] if isinstance(value, str) else "",
)
def test_paths_and_words(ref: Ref, path: str, words: str) -> None:
    assert (ref.path, str(ref)) == (path, words)


def test_api_versions() -> None:
    assert refs.CONFIG.api_version == "imageregistry.operator.openshift.io/v1"
    assert refs.SECRET.api_version == "v1"


def test_refs_with_other_labels_are_other_refs() -> None:
    assert refs.POD.all("a=b") != refs.POD.all()
    assert refs.POD.all("a=b") == refs.POD.all("a=b")
