# SPDX-License-Identifier: GPL-3.0-or-later
"""Print and set the knobs of the stand-ins from the command line."""

from collections.abc import Mapping, Sequence

from . import knobs
from .client import connect
from .errors import SandboxError
from .sandbox import kubeconfig
from .state import StateDirectory
from .steps import Report


def run(state: StateDirectory, settings: Sequence[str], report: Report) -> None:
    """Set each `NAME=VALUE`, an empty value meaning the default, then print the knobs that differ from it.

    Raises SandboxError, with nothing changed, when a name or a value is not one that the stand-ins take.
    """
    client = connect(state, kubeconfig(state))
    config_maps = client.resources.get(api_version="v1", kind="ConfigMap")
    body = config_maps.get(name=knobs.NAME, namespace=knobs.NAMESPACE).to_dict()
    data = body["data"] = changed(body.get("data", {}), settings)
    if settings:
        config_maps.replace(body=body, namespace=knobs.NAMESPACE)
    for name, value in sorted(data.items()):
        report(f"{name}={value}")
    if not data:
        report(f"all knobs have their defaults; there are {', '.join(knobs.FIELD_OF_KEY)}")


def changed(data: Mapping[str, str], settings: Sequence[str]) -> dict[str, str]:
    """Return the ConfigMap's data with the settings applied; SandboxError when they are not valid."""
    result = dict(data)
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator:
            raise SandboxError(f"'{setting}' is not of the form NAME=VALUE")
        if name not in knobs.FIELD_OF_KEY:
            raise SandboxError(f"unknown knob '{name}'; known are {', '.join(knobs.FIELD_OF_KEY)}")
        result.pop(name, None)
        if value:
            result[name] = value
    try:
        knobs.parse(result)
    except ValueError as error:
        raise SandboxError(str(error)) from error
    return result
