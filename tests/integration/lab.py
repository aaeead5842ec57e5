# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a test of a module works with, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.knobs import IN_FORCE, fingerprint
from tests.integration import api as paths
from tests.integration.api import Api, Document
from tests.integration.audit import ModuleLog
from tests.integration.modules import Modules, RunningModule


@dataclass(frozen=True)
class Lab:
    """A sandbox in use.

    api: the view from outside; modules: what is tested; log: what the modules asked of the API server;
    s3_endpoint: URL of the object store.
    """

    api: Api
    modules: Modules
    log: ModuleLog
    s3_endpoint: str

    def run(self, name: str, args: Mapping[str, Any], **how: Any) -> dict[str, Any]:
        """Run a module and return its result, which must be a success."""
        result = self.modules.run(name, args, **how)
        assert not result.get("failed"), result["msg"]
        return result

    def refused(self, name: str, args: Mapping[str, Any], **how: Any) -> dict[str, Any]:
        """Run a module and return its result, which must be a failure without any write."""
        mark = self.log.mark()
        result = self.modules.run(name, args, **how)
        assert result.get("failed"), f"expected a failure: {result}"
        assert not self.log.writes_since(mark)
        assert not result.get("changed")
        return result

    def start(self, name: str, args: Mapping[str, Any], **how: Any) -> RunningModule:
        """Start a module."""
        return self.modules.start(name, args, **how)

    def config(self) -> dict[str, Any]:
        """Return the Config `cluster` as it is now."""
        return self.api.read(paths.CONFIG)

    def spec(self) -> dict[str, Any]:
        """Return the Config's spec as it is now."""
        spec: dict[str, Any] = self.config()["spec"]
        return spec

    def set_knobs(self, **settings: Any) -> None:
        """Set knobs of the stand-ins, in the ConfigMap's own names, and wait until they act by them.

        None brings a default back.
        """
        data = {name: None if value is None else _text(value) for name, value in settings.items()}
        self.api.patch(paths.KNOBS, {"data": data})
        self.api.wait_for(paths.KNOBS, _are_in_force)


def warnings(result: dict[str, Any]) -> list[str]:
    """Return the words of the warnings in a result, which ansible-core 2.19 wraps."""
    return [entry["event"]["msg"] if isinstance(entry, dict) else entry for entry in result.get("warnings", [])]


def _are_in_force(config_map: Document) -> bool:
    annotations = config_map["metadata"].get("annotations") or {}
    return bool(annotations.get(IN_FORCE) == fingerprint(config_map.get("data") or {}))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
