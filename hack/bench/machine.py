# SPDX-License-Identifier: GPL-3.0-or-later
"""What the measurements were made on."""

import json
import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("ansible-core", "kubernetes", "urllib3", "cryptography")


def describe(kubectl: Path) -> dict[str, str]:
    """Return name and value of what matters for the figures."""
    processor = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    client = subprocess.run([kubectl, "version", "--client", "--output=json"], capture_output=True, check=True).stdout
    return {
        "processor": f"{processor[1] if processor else platform.machine()}, {os.cpu_count()} cores",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}",
        "load average": f"{os.getloadavg()[1]:.1f} (of the last 5 minutes, the measurements included)",
        "Python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
        "kubernetes.core": _collection_version(),
        "kubectl": json.loads(client)["clientVersion"]["gitVersion"],
    }


def _collection_version() -> str:
    import ansible_collections.kubernetes.core as collection

    manifest = Path(next(iter(collection.__path__))) / "MANIFEST.json"
    found: str = json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"]
    return found
