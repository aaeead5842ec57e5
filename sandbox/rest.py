# SPDX-License-Identifier: GPL-3.0-or-later
"""One request to the API server, JSON in and JSON out.

The stand-ins name paths instead of using the client's typed APIs: importing their models takes longer than everything
else that a stand-in does at its start.
"""

from __future__ import annotations

import json
from typing import Any

from kubernetes.client import ApiClient, ApiException

MERGE_PATCH = "application/merge-patch+json"


def send(
    client: ApiClient, method: str, path: str, body: dict[str, Any] | None = None, media: str = "application/json"
) -> dict[str, Any]:
    """The API server's answer; raises kubernetes.client.ApiException, with the answer as its body, for a refusal."""
    headers = {"Accept": "application/json", "Content-Type": media}
    request = client.param_serialize(method, path, header_params=headers, body=body, auth_settings=["BearerToken"])
    response = client.call_api(*request)
    data = response.read()
    if not 200 <= response.status <= 299:
        raise ApiException.from_response(http_resp=response, body=data.decode(), data=None)
    return dict(json.loads(data))
