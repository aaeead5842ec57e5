# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of every section as argument specs, composed into those of the modules."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.kubernetes.core.plugins.module_utils.args_common import AUTH_ARG_SPEC

_CLAIM = {
    "claim": {"type": "str"},
    "size": {"type": "str"},
    "access_mode": {"type": "str", "choices": ["ReadWriteMany", "ReadWriteOnce"]},
    "storage_class": {"type": "str"},
}

_CLOUD_FRONT = {
    "base_url": {"type": "str", "required": True},
    "keypair_id": {"type": "str", "required": True},
    "private_key": {
        "type": "dict",
        "required": True,
        # The name and key of a Secret, not its content.
        "no_log": False,
        "options": {
            "name": {"type": "str", "required": True},
            "key": {"type": "str", "required": True, "no_log": False},
        },
    },
    "duration": {"type": "str"},
}

_S3 = {
    "bucket": {"type": "str"},
    "region": {"type": "str"},
    "region_endpoint": {"type": "str"},
    "encrypt": {"type": "bool"},
    "key_id": {"type": "str", "no_log": False},
    "virtual_hosted_style": {"type": "bool"},
    "trusted_ca": {"type": "str"},
    "trusted_ca_certificates": {"type": "str"},
    "chunk_size_mib": {"type": "int"},
    "cloud_front": {"type": "dict", "options": _CLOUD_FRONT},
}

_GCS = {
    "bucket": {"type": "str"},
    "region": {"type": "str"},
    "project_id": {"type": "str"},
    "key_id": {"type": "str", "no_log": False},
}

_AZURE_INTERNAL = {
    "network_resource_group_name": {"type": "str"},
    "vnet_name": {"type": "str"},
    "subnet_name": {"type": "str"},
    "private_endpoint_name": {"type": "str"},
}

_AZURE = {
    "account_name": {"type": "str"},
    "container": {"type": "str"},
    "cloud_name": {"type": "str"},
    "network_access": {
        "type": "dict",
        "options": {
            "type": {"type": "str", "choices": ["External", "Internal"], "default": "External"},
            "internal": {"type": "dict", "options": _AZURE_INTERNAL},
        },
    },
}

_SWIFT = {
    "auth_url": {"type": "str"},
    "auth_version": {"type": "str"},
    "container": {"type": "str"},
    "domain": {"type": "str"},
    "domain_id": {"type": "str"},
    "tenant": {"type": "str"},
    "tenant_id": {"type": "str"},
    "region_name": {"type": "str"},
}

_IBMCOS = {
    "bucket": {"type": "str"},
    "location": {"type": "str"},
    "resource_group_name": {"type": "str"},
    "resource_key_crn": {"type": "str", "no_log": False},
    "service_instance_crn": {"type": "str"},
}

_OSS = {
    "bucket": {"type": "str"},
    "region": {"type": "str"},
    "endpoint_accessibility": {"type": "str", "choices": ["Internal", "Public"]},
    "encryption": {
        "type": "dict",
        "options": {
            "method": {"type": "str", "choices": ["AES256", "KMS"], "default": "AES256"},
            "kms_key_id": {"type": "str", "no_log": False},
        },
    },
}

_BACKENDS = {
    "empty_dir": {"type": "dict", "options": {}},
    "pvc": {"type": "dict", "options": _CLAIM},
    "s3": {"type": "dict", "options": _S3},
    "gcs": {"type": "dict", "options": _GCS},
    "azure": {"type": "dict", "options": _AZURE},
    "swift": {"type": "dict", "options": _SWIFT},
    "ibmcos": {"type": "dict", "options": _IBMCOS},
    "oss": {"type": "dict", "options": _OSS},
}


def _secrets(*required: str, kind: str = "str") -> dict[str, Any]:
    return {
        "type": "dict",
        "options": {name: {"type": kind, "required": True, "no_log": True} for name in required},
    }


_SWIFT_CREDENTIALS = {
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    # The identifier and the name of a credential are none; its secret is.
    "application_credential_id": {"type": "str", "no_log": False},
    "application_credential_name": {"type": "str", "no_log": False},
    "application_credential_secret": {"type": "str", "no_log": True},
    "token_id": {"type": "str", "no_log": True},
}

_CREDENTIALS = {
    "s3": _secrets("access_key", "secret_key"),
    # A file that Ansible read as JSON is text again.
    "gcs": _secrets("keyfile", kind="json"),
    "azure": _secrets("account_key"),
    "swift": {"type": "dict", "options": _SWIFT_CREDENTIALS},
    "ibmcos": _secrets("iam_api_key"),
    "oss": _secrets("access_key_id", "access_key_secret"),
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

_TLS = {
    "certificate": {"type": "str", "required": True},
    "key": {"type": "str", "required": True, "no_log": True},
    "ca_certificate": {"type": "str"},
}

_LOG_LEVELS = ["Normal", "Debug", "Trace", "TraceAll"]

_QUEUE = {
    "max_running": {"type": "int"},
    "max_in_queue": {"type": "int"},
    "max_wait_in_queue": {"type": "str"},
}

_TOLERATION = {
    "key": {"type": "str", "no_log": False},
    "operator": {"type": "str", "choices": ["Exists", "Equal"]},
    "value": {"type": "str"},
    "effect": {"type": "str", "choices": ["NoSchedule", "PreferNoSchedule", "NoExecute"]},
    "toleration_seconds": {"type": "int"},
}

_SPREAD = {
    "max_skew": {"type": "int", "required": True},
    "topology_key": {"type": "str", "required": True, "no_log": False},
    "when_unsatisfiable": {"type": "str", "required": True, "choices": ["DoNotSchedule", "ScheduleAnyway"]},
    "label_selector": {"type": "dict"},
    "match_label_keys": {"type": "list", "elements": "str", "no_log": False},
    "min_domains": {"type": "int"},
    "node_affinity_policy": {"type": "str", "choices": ["Honor", "Ignore"]},
    "node_taints_policy": {"type": "str", "choices": ["Honor", "Ignore"]},
}

_WORKLOAD = {
    "log_level": {"type": "str", "choices": _LOG_LEVELS},
    "operator_log_level": {"type": "str", "choices": _LOG_LEVELS},
    "http_secret": {"type": "str", "no_log": True},
    "rotate_http_secret": {"type": "bool", "default": False, "no_log": False},
    "proxies": {
        "type": "dict",
        "options": {"http": {"type": "str"}, "https": {"type": "str"}, "no_proxy": {"type": "str"}},
    },
    "read_only": {"type": "bool"},
    "disable_redirect": {"type": "bool"},
    "requests": {
        "type": "dict",
        "options": {"read": {"type": "dict", "options": _QUEUE}, "write": {"type": "dict", "options": _QUEUE}},
    },
    "resources": {"type": "dict", "options": {"requests": {"type": "dict"}, "limits": {"type": "dict"}}},
    "node_selector": {"type": "dict"},
    "tolerations": {"type": "list", "elements": "dict", "options": _TOLERATION},
    "affinity": {"type": "dict"},
    "topology_spread_constraints": {"type": "list", "elements": "dict", "options": _SPREAD},
    "unsupported_config_overrides": {"type": "dict"},
}

_SECTIONS: dict[str, dict[str, Any]] = {
    "state": {"management_state": {"type": "str", "choices": ["Managed", "Unmanaged", "Removed"]}},
    "storage": {
        "storage": {
            "type": "dict",
            "mutually_exclusive": [tuple(_BACKENDS)],
            "options": {
                **_BACKENDS,
                "management_state": {"type": "str", "choices": ["Managed", "Unmanaged"]},
            },
        }
    },
    "replicas": {
        "replicas": {"type": "int"},
        "rollout_strategy": {"type": "str", "choices": ["RollingUpdate", "Recreate"]},
    },
    "routes": {
        "default_route": {"type": "bool"},
        "routes": {
            "type": "list",
            "elements": "dict",
            "mutually_exclusive": [("secret_name", "tls")],
            "options": {
                "name": {"type": "str", "required": True},
                "hostname": {"type": "str"},
                "secret_name": {"type": "str", "no_log": False},
                "tls": {"type": "dict", "options": _TLS},
            },
        },
    },
    "credentials": {
        "credentials": {
            "type": "dict",
            # Masked value by value below: the name of a state is no secret.
            "no_log": False,
            "options": _CREDENTIALS,
        }
    },
    "workload": _WORKLOAD,
}

# Sections whose changes can cost images.
_CONSENT_SECTIONS = frozenset({"state", "storage"})
_CONSENT = {"accept_data_loss": {"type": "bool", "default": False}}

_WAIT = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
    "error_grace": {"type": "int", "default": 60},
}


def connection() -> dict[str, Any]:
    """Return the connection options, those of kubernetes.core.k8s."""
    spec: dict[str, Any] = copy.deepcopy(AUTH_ARG_SPEC)
    # All of it until it is known which part is the password; the runner sees to that, as it does for kubeconfig.
    spec["proxy"]["no_log"] = True
    return spec


def writing(sections: tuple[str, ...]) -> dict[str, Any]:
    """Return the argument spec of a module that has the given sections."""
    spec: dict[str, Any] = {}
    for section in sections:
        spec.update(_SECTIONS[section])
    if _CONSENT_SECTIONS & set(sections):
        spec.update(_CONSENT)
    return {**spec, **_WAIT, **connection()}


def reading() -> dict[str, Any]:
    """Return the argument spec of the information module."""
    return {"name": {"type": "str", "default": "cluster"}, **connection()}
